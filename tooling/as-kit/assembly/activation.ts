import {
  EXP_BIAS,
  EXP_BOTTOM,
  EXP_Q0,
  EXP_Q1,
  EXP_Q2,
  EXP_Q3,
  EXP_Q4,
  EXP_TOP,
  expWith,
  LN2_HIGH,
  LN2_LOW,
  LOG2_E,
} from './inline/exp';
import { heldF32 } from './inline/held';
import { hsum, loadPart, storePart } from './inline/lanes';
import { log4 } from './inline/log';
import { logSigmoidOf, sigmoidOf } from './inline/sigmoid';
import { maxOf } from './reduce';

/* Every function may work in place. Error bounds and special values are those of the helpers in inline/. */

/** y[i] = e^x[i].   x, y: (n) f32 */
export function exp(x: usize, y: usize, n: i32): void {
  map(EXP, x, 0, y, n, 0);
}

/** y[i] = 1/(1 + e^−x[i]).   x, y: (n) f32 */
export function sigmoid(x: usize, y: usize, n: i32): void {
  map(SIGMOID, x, 0, y, n, 0);
}

/** y[i] = log(1/(1 + e^−x[i])).   x, y: (n) f32 */
export function logSigmoid(x: usize, y: usize, n: i32): void {
  map(LOG_SIGMOID, x, 0, y, n, 0);
}

/** y[i] = x[i]/(1 + e^−x[i]).   x, y: (n) f32 */
export function swish(x: usize, y: usize, n: i32): void {
  map(SWISH, x, 0, y, n, 0);
}

/** y[i] = swish(gate[i])·up[i].   gate, up, y: (n) f32 */
export function swishMul(gate: usize, up: usize, y: usize, n: i32): void {
  map(SWISH_MUL, gate, up, y, n, 0);
}

/**
 * y[i, j] = e^(x[i, j] − max)/Σ.   x, y: (rows, n) f32
 * A row with NaN or +∞, or of −∞ only, becomes NaN.
 */
export function softmax(x: usize, y: usize, rows: i32, n: i32): void {
  const bytes = (<usize>n) << 2;
  for (let i = 0; i < rows; i++) {
    const factor = f32x4.splat(1 / expSum(x, y, n, maxOf(x, n)));
    const end = y + (bytes & ~15);
    let at = y;
    for (; at < end; at += 16) v128.store(at, f32x4.mul(v128.load(at), factor));
    if (n & 3) storePart(at, f32x4.mul(loadPart(at, n & 3, 0), factor), n & 3);
    x += bytes;
    y += bytes;
  }
}

/** log Σ e^x[i], n ≥ 1. All −∞ gives −∞, a +∞ gives +∞, NaN gives NaN.   x: (n) f32 */
export function logSumExp(x: usize, n: i32): f32 {
  const peak = maxOf(x, n);
  if (!(abs<f32>(peak) < Infinity)) return peak;
  return peak + f32x4.extract_lane(log4(f32x4.splat(expSum(x, 0, n, peak))), 0);
}

/** Σ e^(x[i] − peak), the terms to y unless it is 0. */
function expSum(x: usize, y: usize, n: i32, peak: f32): f32 {
  return map(EXP_SUM, x, 0, y, n, peak);
}

const EXP: i32 = 0;
const EXP_SUM: i32 = 1;
const SIGMOID: i32 = 2;
const LOG_SIGMOID: i32 = 3;
const SWISH: i32 = 4;
const SWISH_MUL: i32 = 5;

/** The one loop of all the functions above, each with its constant `kind`; the sum for EXP_SUM. */
// @ts-ignore: decorator
@inline
function map(kind: i32, x: usize, up: usize, y: usize, n: i32, peak: f32): f32 {
  const top = heldF32(EXP_TOP, n);
  const bottom = heldF32(EXP_BOTTOM, n);
  const log2e = heldF32(LOG2_E, n);
  const high = heldF32(LN2_HIGH, n);
  const low = heldF32(LN2_LOW, n);
  const q4 = heldF32(EXP_Q4, n);
  const q3 = heldF32(EXP_Q3, n);
  const q2 = heldF32(EXP_Q2, n);
  const q1 = heldF32(EXP_Q1, n);
  const q0 = heldF32(EXP_Q0, n);
  const one = heldF32(1, n);
  const bias = heldF32(EXP_BIAS, n);
  const shift = f32x4.splat(peak);
  let sum = f32x4.splat(0);
  for (let left = n; left > 0; left -= 4) {
    let v = left >= 4 ? v128.load(x) : loadPart(x, left, kind == EXP_SUM ? -Infinity : 0);
    if (kind == EXP_SUM) v = f32x4.sub(v, shift);
    const power = kind <= EXP_SUM ? v : f32x4.neg(f32x4.abs(v));
    let out = expWith(power, top, bottom, log2e, high, low, q4, q3, q2, q1, q0, one, bias);
    if (kind == LOG_SIGMOID) out = logSigmoidOf(v, out);
    else if (kind > EXP_SUM) out = sigmoidOf(v, out);
    if (kind >= SWISH) out = f32x4.mul(v, out);
    if (kind == SWISH_MUL) {
      out = f32x4.mul(out, left >= 4 ? v128.load(up) : loadPart(up, left, 0));
      up += 16;
    }
    if (kind == EXP_SUM) sum = f32x4.add(sum, out);
    if (kind != EXP_SUM || y) {
      if (left >= 4) v128.store(y, out);
      else storePart(y, out, left);
      y += 16;
    }
    x += 16;
  }
  return kind == EXP_SUM ? hsum(sum) : 0;
}
