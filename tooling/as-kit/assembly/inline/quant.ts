import { held, heldF32 } from './held';

/** 127/peak, the factor from f32 to int8. Where it is not finite, the peak below 4e-37, the block becomes zeros. */
// @ts-ignore: decorator
@inline
export function quantFactor(peak: f32): f32 {
  const factor: f32 = 127 / peak;
  return factor < Infinity ? factor : 0;
}

/** The factor from int8 to f32. NaN for a peak of ∞ or NaN, so that it shows in every product. */
// @ts-ignore: decorator
@inline
export function quantScale(peak: f32): f32 {
  return peak < Infinity ? peak / 127 : NaN;
}

/** 1.5·2^23: adding it rounds to a whole number (ties to even), which its bits then count from. */
const ROUNDER: f32 = 12582912;

/** Held by loops around quantize4. */
// @ts-ignore: decorator
@inline
export function quantRounder(count: i32): v128 {
  return heldF32(ROUNDER, count);
}

/**
 * v·factor to the nearest whole number. |v·factor| ≤ 127·(1 + 2^-23), so −128 cannot come out. Split into product and addition
 * in every build, so that every build gives the same bits; a NaN gives any number, which its scale makes NaN again.
 */
// @ts-ignore: decorator
@inline
export function quantize4(v: v128, factor: v128, rounder: v128): v128 {
  return i32x4.sub(f32x4.add(f32x4.mul(v, factor), rounder), rounder);
}

/** Held by loops around quantizeAway4: the sign bits, and the largest f32 below ½. */
// @ts-ignore: decorator
@inline
export function signMask(count: i32): v128 {
  return held(0x80000000, count);
}

// @ts-ignore: decorator
@inline
export function nearHalf(count: i32): v128 {
  return held(0x3effffff, count);
}

/**
 * v·factor to the nearest whole number, halves away from zero: what comes just below ½ and is added before the fraction goes takes a
 * half to the next number, and nothing below a half. Otherwise as quantize4.
 */
// @ts-ignore: decorator
@inline
export function quantizeAway4(v: v128, factor: v128, sign: v128, half: v128, rounder: v128): v128 {
  const scaled = f32x4.mul(v, factor);
  const whole = f32x4.trunc(f32x4.add(scaled, v128.or(v128.and(scaled, sign), half)));
  return i32x4.sub(f32x4.add(whole, rounder), rounder);
}

/** Held by loops around peak4. */
// @ts-ignore: decorator
@inline
export function magnitudeMask(count: i32): v128 {
  return held(0x7fffffff, count);
}

/** The larger magnitudes of four lanes: bits of magnitudes compare like the numbers, and NaN is larger than all. */
// @ts-ignore: decorator
@inline
export function peak4(peaks: v128, v: v128, mask: v128): v128 {
  return i32x4.max_s(peaks, v128.and(v, mask));
}

/** The largest of four magnitudes. */
// @ts-ignore: decorator
@inline
export function peakOf(peaks: v128): f32 {
  const pairs = i32x4.max_s(peaks, i32x4.shuffle(peaks, peaks, 2, 3, 0, 1));
  return reinterpret<f32>(max<i32>(i32x4.extract_lane(pairs, 0), i32x4.extract_lane(pairs, 1)));
}
