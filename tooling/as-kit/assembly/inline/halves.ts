/**
 * 0xffff0000 in each lane, computed from any vector: V8 would rebuild a constant at every use inside a loop, a computed value
 * stays in its register.
 */
// @ts-ignore: decorator
@inline
export function highHalves(any: v128): v128 {
  return i32x4.shl(i32x4.eq(any, any), 16);
}

/** Four f16 bit patterns, zero-extended to 32 bits, as f32. Exact, subnormals, ∞ and NaN included. */
// @ts-ignore: decorator
@inline
export function decodeF16(bits: v128): v128 {
  const sign = i32x4.shl(v128.and(bits, i32x4.splat(0x8000)), 16);
  const magnitude = v128.and(bits, i32x4.splat(0x7fff));
  // Exponent + 224, times 2^-112: the bias changes from 15 to 127, and 31 becomes 255, so that ∞ and NaN stay what they are.
  const normal = f32x4.mul(i32x4.add(i32x4.shl(magnitude, 13), i32x4.splat(0x70000000)), f32x4.splat(1.9259299443872359e-34));
  // 0.5 + m·2^-24, minus 0.5: no denormal operand.
  const subnormal = f32x4.sub(v128.or(magnitude, i32x4.splat(0x3f000000)), f32x4.splat(0.5));
  return v128.or(sign, v128.bitselect(subnormal, normal, i32x4.lt_u(magnitude, i32x4.splat(0x400))));
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
