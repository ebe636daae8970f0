import { dot } from '@gossamer/new-package';

/** Whole numbers, so that every host gives the same bits. */
export async function scenario() {
  const x = Float32Array.from({ length: 19 }, (_, i) => i + 1);
  return { checks: [{ name: 'dot', got: dot(x, x), want: 2470 }] };
}
