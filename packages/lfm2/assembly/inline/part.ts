import { loadPart, storePart } from '@gossamer/as-kit/assembly/inline/lanes';

/** Four f32, or as many as are left (≥ 1) and zeros. */
// @ts-ignore: decorator
@inline
export function read(at: usize, left: i32): v128 {
  return left >= 4 ? v128.load(at) : loadPart(at, left, 0);
}

/** Four f32, or as many as are left (≥ 1). */
// @ts-ignore: decorator
@inline
export function write(at: usize, v: v128, left: i32): void {
  if (left >= 4) v128.store(at, v);
  else storePart(at, v, left);
}
