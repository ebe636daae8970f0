import { hsum, loadPart, madd, storePart } from './inline/lanes';
import { dot, sum } from './reduce';

/**
 * y[i, j] = x[i, j]/√(Σ_j x²/n + eps)·weight[j] (arXiv:1910.07467, eq. 4), also in place.
 * x, y: (rows, n) f32 · weight: (n) f32, 0 = none
 */
export function rmsNorm(x: usize, weight: usize, y: usize, rows: i32, n: i32, eps: f32): void {
  const bytes = (<usize>n) << 2;
  for (let i = 0; i < rows; i++) {
    const factor: f32 = 1 / sqrt<f32>(dot(x, x, n) / <f32>n + eps);
    affine(x, factor, 0, weight, 0, y, n);
    x += bytes;
    y += bytes;
  }
}

/**
 * y = (x − mean)/√(variance + eps)·weight + bias within each of `groups` equal groups of a row (arXiv:1803.08494, eq. 1, 2, 6),
 * also in place; the variance divides by the size of the group.
 * x, y: (rows, n) f32, n a multiple of groups · weight, bias: (n) f32, 0 = none
 */
export function groupNorm(
  x: usize,
  weight: usize,
  bias: usize,
  y: usize,
  rows: i32,
  groups: i32,
  n: i32,
  eps: f32,
): void {
  const size = n / groups;
  const bytes = (<usize>size) << 2;
  for (let i = 0; i < rows; i++) {
    for (let g = 0; g < groups; g++) {
      const offset = bytes * g;
      const mean: f32 = sum(x, size) / <f32>size;
      const factor: f32 = 1 / sqrt<f32>(squares(x, mean, size) / <f32>size + eps);
      affine(x, factor, mean, weight ? weight + offset : 0, bias ? bias + offset : 0, y, size);
      x += bytes;
      y += bytes;
    }
  }
}

/** Σ (x[i] − mean)², in 8 partial sums. */
function squares(x: usize, mean: f32, n: i32): f32 {
  const m = f32x4.splat(mean);
  let a = f32x4.splat(0),
    b = a;
  const wide = x + ((<usize>(n & ~7)) << 2);
  for (; x < wide; x += 32) {
    const d = f32x4.sub(v128.load(x), m);
    const e = f32x4.sub(v128.load(x, 16), m);
    a = madd(d, d, a);
    b = madd(e, e, b);
  }
  if (n & 4) {
    const d = f32x4.sub(v128.load(x), m);
    a = madd(d, d, a);
    x += 16;
  }
  if (n & 3) {
    const d = f32x4.sub(loadPart(x, n & 3, mean), m);
    b = madd(d, d, b);
  }
  return hsum(f32x4.add(a, b));
}

/** y[i] = (x[i] − shift)·factor·weight[i] + bias[i]; a weight or bias of 0 is left out. */
function affine(x: usize, factor: f32, shift: f32, weight: usize, bias: usize, y: usize, n: i32): void {
  const f = f32x4.splat(factor);
  const s = f32x4.splat(shift);
  for (let left = n; left > 0; left -= 4) {
    const whole = left >= 4;
    let v = whole ? v128.load(x) : loadPart(x, left, 0);
    v = f32x4.mul(f32x4.sub(v, s), f);
    if (weight) {
      v = f32x4.mul(v, whole ? v128.load(weight) : loadPart(weight, left, 0));
      weight += 16;
    }
    if (bias) {
      v = f32x4.add(v, whole ? v128.load(bias) : loadPart(bias, left, 0));
      bias += 16;
    }
    if (whole) v128.store(y, v);
    else storePart(y, v, left);
    x += 16;
    y += 16;
  }
}
