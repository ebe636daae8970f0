import { madd } from './lanes';

/**
 * e^v, relative error ≤ 2e-7 wherever the result is a normal f32. Results below 2^-126 are 0, from 88.72284 on they are ∞;
 * −∞ gives 0, NaN stays NaN.
 *
 * v = n·ln 2 + r with n = ⌊v/ln 2⌋, e^v = 2^n·(1 + r + r²·q(r)); q is the minimax polynomial for the relative error (3e-9) on
 * [0, ln 2]. With n rounded down, 2^n covers all normal results, n = −127 gives the factor 0 and n = 128 the factor ∞.
 */
// @ts-ignore: decorator
@inline
export function exp4(v: v128): v128 {
  v = f32x4.pmax(f32x4.pmin(v, f32x4.splat(89)), f32x4.splat(-88)); // a NaN in the first operand stays
  const n = f32x4.floor(f32x4.mul(v, f32x4.splat(1.44269504))); // log2(e)
  let r = madd(n, f32x4.splat(-0.693359375), v); // ln 2 in two parts: n times the first is exact
  r = madd(n, f32x4.splat(0.000212194440), r);
  let q = madd(f32x4.splat(0.0019124951), r, f32x4.splat(0.0078684129));
  q = madd(q, r, f32x4.splat(0.0418549888));
  q = madd(q, r, f32x4.splat(0.1666319072));
  q = madd(q, r, f32x4.splat(0.500002265));
  const mantissa = f32x4.add(madd(f32x4.mul(r, r), q, r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(mantissa, power);
}
