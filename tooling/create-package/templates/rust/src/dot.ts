import { checkLength, show } from '@gossamer/kit/errors';
import { dot as crateDot } from '#wasm/simd';
import { fail } from './errors.ts';
import { inCrate } from './instance.ts';

/**
 * The dot product Σ x[i]·y[i], in f32; 0 for empty arrays.
 *
 * @throws {@link NewPackageError} `bad-length` when the lengths differ; `out-of-memory`, `unsupported`.
 *
 * @example
 * ```ts
 * dot(Float32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)); // 32
 * ```
 */
export function dot(x: Float32Array, y: Float32Array): number {
  checkArray('x', x);
  checkArray('y', y);
  checkLength('y', y, x.length, fail);
  return inCrate(() => crateDot(x, y));
}

function checkArray(name: string, value: unknown): void {
  if (!(value instanceof Float32Array)) throw new TypeError(`${name}: expected a Float32Array, got ${show(value)}`);
}
