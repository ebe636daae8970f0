import { dot } from '@gossamer/lfm2';

/** Whole numbers, so that every build gives the same bits. */
export async function scenario() {
  const x = Float32Array.from({ length: 19 }, (_, i) => i + 1);
  return { variant: best(x), checks: [{ name: 'dot', got: dot(x, x), want: 2470 }] };
}

/** The build that `auto` takes: the relaxed one, unless this host refuses it. */
function best(x) {
  try {
    dot(x, x, { variant: 'relaxed' });
    return 'relaxed';
  } catch (error) {
    if (error.code !== 'unsupported') throw error;
    return 'simd';
  }
}
