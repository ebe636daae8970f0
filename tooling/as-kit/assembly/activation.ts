import { exp4 } from './inline/exp';
import { hmax, hsum, loadPart, storePart } from './inline/lanes';
import { log4 } from './inline/log';
import { logSigmoid4, sigmoid4, swish4 } from './inline/sigmoid';
import { maxOf } from './reduce';

/* Every function may work in place. Error bounds and special values are those of the helpers in inline/. */

/** y[i] = e^x[i].   x, y: (n) f32 */
export function exp(x: usize, y: usize, n: i32): void {
  const end = x + ((<usize>(n & ~3)) << 2);
  for (; x < end; x += 16, y += 16) v128.store(y, exp4(v128.load(x)));
  if (n & 3) storePart(y, exp4(loadPart(x, n & 3, 0)), n & 3);
}

/** y[i] = 1/(1 + e^−x[i]).   x, y: (n) f32 */
export function sigmoid(x: usize, y: usize, n: i32): void {
  const end = x + ((<usize>(n & ~3)) << 2);
  for (; x < end; x += 16, y += 16) v128.store(y, sigmoid4(v128.load(x)));
  if (n & 3) storePart(y, sigmoid4(loadPart(x, n & 3, 0)), n & 3);
}

/** y[i] = log(1/(1 + e^−x[i])).   x, y: (n) f32 */
export function logSigmoid(x: usize, y: usize, n: i32): void {
  const end = x + ((<usize>(n & ~3)) << 2);
  for (; x < end; x += 16, y += 16) v128.store(y, logSigmoid4(v128.load(x)));
  if (n & 3) storePart(y, logSigmoid4(loadPart(x, n & 3, 0)), n & 3);
}

/** y[i] = x[i]/(1 + e^−x[i]).   x, y: (n) f32 */
export function swish(x: usize, y: usize, n: i32): void {
  const end = x + ((<usize>(n & ~3)) << 2);
  for (; x < end; x += 16, y += 16) v128.store(y, swish4(v128.load(x)));
  if (n & 3) storePart(y, swish4(loadPart(x, n & 3, 0)), n & 3);
}

/** y[i] = swish(gate[i])·up[i].   gate, up, y: (n) f32 */
export function swishMul(gate: usize, up: usize, y: usize, n: i32): void {
  const end = gate + ((<usize>(n & ~3)) << 2);
  for (; gate < end; gate += 16, up += 16, y += 16) {
    v128.store(y, f32x4.mul(swish4(v128.load(gate)), v128.load(up)));
  }
  const tail = n & 3;
  if (tail) storePart(y, f32x4.mul(swish4(loadPart(gate, tail, 0)), loadPart(up, tail, 0)), tail);
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
  const shift = f32x4.splat(peak);
  let sum = f32x4.splat(0);
  const end = x + ((<usize>(n & ~3)) << 2);
  for (; x < end; x += 16) {
    const e = exp4(f32x4.sub(v128.load(x), shift));
    if (y) {
      v128.store(y, e);
      y += 16;
    }
    sum = f32x4.add(sum, e);
  }
  const tail = n & 3;
  if (tail) {
    const e = exp4(f32x4.sub(loadPart(x, tail, -Infinity), shift));
    if (y) storePart(y, e, tail);
    sum = f32x4.add(sum, e);
  }
  return hsum(sum);
}
