/** Sign, exponent and mantissa of the f16 in the high half of each lane, at their places in an f32. mask: 0x8fffe000 */
// @ts-ignore: decorator
@inline
export function spreadF16(v: v128, mask: v128): v128 {
  return v128.and(i32x4.shr_s(v, 3), mask);
}

/** The exponent of ones where one of eight f16 is ∞ or NaN, else 0. ones: 0x7c00 eight times */
// @ts-ignore: decorator
@inline
export function specialsF16(v: v128, ones: v128): v128 {
  return v128.and(i16x8.eq(v128.and(v, ones), ones), ones);
}

/**
 * The f16 in the low halves of four lanes as f32. mask: 0x8fffe000 · factor: 2^112, which changes the bias from 15 to 127; an
 * exponent of ones is 143 after the product; its own bits make it 255 again.
 */
// @ts-ignore: decorator
@inline
export function evenF16(v: v128, special: v128, mask: v128, factor: v128): v128 {
  return v128.or(f32x4.mul(spreadF16(i32x4.shl(v, 16), mask), factor), i32x4.shl(special, 16));
}

/** The f16 in the high halves. upper: 0xffff0000 */
// @ts-ignore: decorator
@inline
export function oddF16(v: v128, special: v128, mask: v128, factor: v128, upper: v128): v128 {
  return v128.or(f32x4.mul(spreadF16(v, mask), factor), v128.and(special, upper));
}

/** Four f16 bit patterns, zero-extended to 32 bits, as f32. Exact, subnormals, ∞ and NaN included. */
// @ts-ignore: decorator
@inline
export function decodeF16(bits: v128): v128 {
  const spread = spreadF16(i32x4.shl(bits, 16), i32x4.splat(0x8fffe000));
  // The bias changes from 15 to 127; an f16 subnormal is one as f32 too before the product.
  const value = f32x4.mul(spread, f32x4.splat(5.192296858534828e33)); // 2^112
  const special = i32x4.ge_u(v128.and(bits, i32x4.splat(0x7fff)), i32x4.splat(0x7c00));
  return v128.or(value, v128.and(special, i32x4.splat(0x7f800000)));
}

/** Four f32 as bf16 bit patterns in the low half of each lane: round to nearest even; NaN stays a quiet NaN. */
// @ts-ignore: decorator
@inline
export function encodeBf16(v: v128): v128 {
  const odd = v128.and(i32x4.shr_u(v, 16), i32x4.splat(1));
  const rounded = i32x4.shr_u(i32x4.add(i32x4.add(v, i32x4.splat(0x7fff)), odd), 16);
  const quiet = v128.or(i32x4.shr_u(v, 16), i32x4.splat(0x40));
  return v128.bitselect(rounded, quiet, f32x4.eq(v, v));
}

/** Four f32 as f16 bit patterns in the low half of each lane: round to nearest even, overflow to ∞; NaN stays a quiet NaN. */
// @ts-ignore: decorator
@inline
export function encodeF16(v: v128): v128 {
  const sign = v128.and(i32x4.shr_u(v, 16), i32x4.splat(0x8000));
  const magnitude = f32x4.abs(v);
  const odd = v128.and(i32x4.shr_u(magnitude, 13), i32x4.splat(1));
  // Bias 127 to 15 (−112 · 2^23), plus just under half a unit; the carry of a mantissa of ones raises the exponent, up to ∞.
  const normal = i32x4.shr_u(i32x4.add(i32x4.add(magnitude, i32x4.splat(0xc8000fff)), odd), 13);
  // Below 2^-14: adding 0.5 rounds to multiples of 2^-24.
  const subnormal = i32x4.sub(f32x4.add(magnitude, f32x4.splat(0.5)), i32x4.splat(0x3f000000));
  let bits = v128.bitselect(subnormal, normal, f32x4.lt(magnitude, f32x4.splat(0.00006103515625)));
  bits = v128.bitselect(i32x4.splat(0x7c00), bits, f32x4.ge(magnitude, f32x4.splat(65536)));
  bits = v128.bitselect(bits, i32x4.splat(0x7e00), f32x4.eq(v, v));
  return v128.or(bits, sign);
}
