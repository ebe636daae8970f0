import { madd } from './lanes';

/**
 * e^v, relative error ≤ 2e-7 wherever the result is a normal f32. Results below 2^-126 are 0, from 88.72284 on they are ∞;
 * −∞ gives 0, NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function exp4(v: v128): v128 {
  return expWith(
    v,
    f32x4.splat(EXP_TOP),
    f32x4.splat(EXP_BOTTOM),
    f32x4.splat(LOG2_E),
    f32x4.splat(LN2_HIGH),
    f32x4.splat(LN2_LOW),
    f32x4.splat(EXP_Q4),
    f32x4.splat(EXP_Q3),
    f32x4.splat(EXP_Q2),
    f32x4.splat(EXP_Q1),
    f32x4.splat(EXP_Q0),
    f32x4.splat(1),
    f32x4.splat(EXP_BIAS),
  );
}

export const EXP_TOP: f32 = 89;
export const EXP_BOTTOM: f32 = -88;
export const LOG2_E: f32 = 1.44269504;
// −ln 2 in two parts: n times the first is exact.
export const LN2_HIGH: f32 = -0.693359375;
export const LN2_LOW: f32 = 0.00021219444;
// Minimax polynomial of (e^r − 1 − r)/r² on [0, ln 2] for the relative error of e^r, 3e-9.
export const EXP_Q4: f32 = 0.0019124951;
export const EXP_Q3: f32 = 0.0078684129;
export const EXP_Q2: f32 = 0.0418549888;
export const EXP_Q1: f32 = 0.1666319072;
export const EXP_Q0: f32 = 0.500002265;
// 1.5·2^23 + 127: added to a whole number n, it leaves n + 127 in the lowest bits.
export const EXP_BIAS: f32 = 12583039;

/**
 * exp4 with its constants as arguments, for loops that hold them (see `held`): twice as fast.
 *
 * v = n·ln 2 + r with n = ⌊v/ln 2⌋, e^v = 2^n·(1 + r + r²·q(r)). With n rounded down, 2^n covers all normal results, n = −127
 * gives the factor 0 and n = 128 the factor ∞.
 */
// @ts-ignore: decorator
@inline
export function expWith(
  v: v128,
  top: v128,
  bottom: v128,
  log2e: v128,
  ln2High: v128,
  ln2Low: v128,
  q4: v128,
  q3: v128,
  q2: v128,
  q1: v128,
  q0: v128,
  one: v128,
  bias: v128,
): v128 {
  v = f32x4.pmax(f32x4.pmin(v, top), bottom); // a NaN in the first operand stays
  const n = f32x4.floor(f32x4.mul(v, log2e));
  const r = madd(n, ln2Low, madd(n, ln2High, v));
  const q = madd(madd(madd(madd(q4, r, q3), r, q2), r, q1), r, q0);
  const mantissa = f32x4.add(madd(f32x4.mul(r, r), q, r), one);
  return f32x4.mul(mantissa, i32x4.shl(f32x4.add(n, bias), 23));
}
