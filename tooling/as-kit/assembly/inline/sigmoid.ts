import { exp4 } from './exp';
import { log1p4 } from './log';

/** 1/(1 + e^−v), as e^v/(1 + e^v) for negative v. Relative error ≤ 4e-7; 0 below −87.3. */
// @ts-ignore: decorator
@inline
export function sigmoid4(v: v128): v128 {
  return sigmoidOf(v, exp4(f32x4.neg(f32x4.abs(v))));
}

/** sigmoid4(v), given e^−|v|. */
// @ts-ignore: decorator
@inline
export function sigmoidOf(v: v128, e: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(v128.bitselect(e, one, f32x4.lt(v, f32x4.splat(0))), f32x4.add(one, e));
}

/** v·sigmoid(v) (SiLU). Relative error ≤ 5e-7; −0 below −87.3, and −∞ gives NaN as −∞·0 does. */
// @ts-ignore: decorator
@inline
export function swish4(v: v128): v128 {
  return f32x4.mul(v, sigmoid4(v));
}

/** log(sigmoid(v)) = min(v, 0) − log(1 + e^−|v|). Relative error ≤ 5e-7. */
// @ts-ignore: decorator
@inline
export function logSigmoid4(v: v128): v128 {
  return logSigmoidOf(v, exp4(f32x4.neg(f32x4.abs(v))));
}

/** logSigmoid4(v), given e^−|v|. */
// @ts-ignore: decorator
@inline
export function logSigmoidOf(v: v128, e: v128): v128 {
  return f32x4.sub(f32x4.min(v, f32x4.splat(0)), log1p4(e));
}
