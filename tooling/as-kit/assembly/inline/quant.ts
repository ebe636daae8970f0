/**
 * 127/peak, the factor from f32 to int8. Blocks whose peak is so small that the factor is no longer finite become zeros
 * (an error below 4e-37); so do those with ∞ or NaN, whose scale peak/127 then makes the products NaN.
 */
// @ts-ignore: decorator
@inline
export function quantFactor(peak: f32): f32 {
  const factor: f32 = 127 / peak;
  return factor < Infinity ? factor : 0;
}

/** Round to nearest (ties to even). |v·factor| ≤ 127·(1 + 2^-23), so −128 cannot come out. */
// @ts-ignore: decorator
@inline
export function quantize4(v: v128, factor: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v, factor)));
}
