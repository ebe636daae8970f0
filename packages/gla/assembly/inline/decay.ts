import { madd } from '@gossamer/as-kit/assembly/inline/lanes';

/** 2⁻⁷⁶ */
const FLOOR = 0x19800000;

/**
 * The third argument of `decay`, to be made once outside the loop. `anyCount` is a number ≥ 0 that the compiler does not know: V8
 * rebuilds a constant vector at each use, which costs more than the addition it is for.
 */
// @ts-ignore: decorator
@inline
export function floor(anyCount: i32): v128 {
  return i32x4.splat(FLOOR + (anyCount >> 31));
}

/**
 * a·s to 2⁻²³ relative or 2⁻¹⁰⁰ absolute: below the floor, values become multiples of 2⁻⁹⁹. A state that nothing feeds any more
 * would otherwise sink into denormals and stay there (their rounding has fixed points), where many processors need a hundred
 * cycles for a product; WebAssembly cannot ask for flush-to-zero. 0·s is exactly 0 for a finite s; NaN and ∞ stay visible,
 * since 0·∞ is NaN: a log gate of −∞ resets a finite state only.
 */
// @ts-ignore: decorator
@inline
export function decay(a: v128, s: v128, floor: v128): v128 {
  return f32x4.sub(madd(a, s, floor), floor);
}
