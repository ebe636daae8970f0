import { checkLength, show } from '@gossamer/kit/errors';
import { fail } from './errors.ts';
import { type VariantOption, withKernel } from './instance.ts';

/** How {@link dot} runs. */
export interface DotOptions {
  /** The build of the kernel; `auto`, the default, takes the fastest that this host runs right. */
  readonly variant?: VariantOption;
}

/**
 * The dot product Σ x[i]·y[i], in f32; 0 for empty arrays.
 *
 * @throws {@link NewPackageError} `bad-length` when the lengths differ; `bad-option`, `unsupported`, `out-of-memory`.
 *
 * @example
 * ```ts
 * dot(Float32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)); // 32
 * ```
 */
export function dot(x: Float32Array, y: Float32Array, { variant = 'auto' }: DotOptions = {}): number {
  checkArray('x', x);
  checkArray('y', y);
  checkLength('y', y, x.length, fail);
  return withKernel(variant, (kernel, arena) => {
    const [atX, atY] = [arena.alloc(x.byteLength), arena.alloc(y.byteLength)];
    arena.f32(atX, x.length).set(x); // only after the last alloc()
    arena.f32(atY, y.length).set(y);
    return kernel.dot(atX, atY, x.length);
  });
}

function checkArray(name: string, value: unknown): void {
  if (!(value instanceof Float32Array)) throw new TypeError(`${name}: expected a Float32Array, got ${show(value)}`);
}
