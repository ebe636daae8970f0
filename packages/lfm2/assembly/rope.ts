import { dot } from '@gossamer/as-kit/assembly/reduce';
import { read, write } from './inline/part';

/*
 * Rotary position embedding (arXiv:2104.09864, eq. 34) in the form that rotates the halves of a head: elements j and D/2+j turn by
 * position·θ^(−2j/D).
 */

/** out: (m, D) f32, rows cos | sin of positions position … position+m−1 · frequencies: (D/2) f32 */
export function ropeTable(frequencies: usize, out: usize, position: i32, m: i32, headDim: i32): void {
  const half = headDim >> 1;
  for (let t = 0; t < m; t++) {
    for (let j = 0; j < half; j++) {
      turn(<f64>(position + t) * <f64>load<f32>(frequencies + (<usize>j << 2)), out + (<usize>j << 2), <usize>half << 2);
    }
    out += <usize>headDim << 2;
  }
}

// π/2 in three parts of 33, 33 and 53 bits: n times the first two is exact for n < 2^20.
const HALF_PI_1: f64 = 1.57079632673412561417e0;
const HALF_PI_2: f64 = 6.07710050630396597660e-11;
const HALF_PI_3: f64 = 2.02226624879595063154e-21;
const TWO_OVER_PI: f64 = 0.6366197723675814;

/** cos(angle) at `at`, sin(angle) `sine` bytes on; |angle| < 2^20. Reduced to |r| ≤ π/4, where the Taylor series is exact to 2^-53. */
function turn(angle: f64, at: usize, sine: usize): void {
  const n = nearest<f64>(angle * TWO_OVER_PI);
  const r = angle - n * HALF_PI_1 - n * HALF_PI_2 - n * HALF_PI_3;
  const z = r * r;
  let s: f64 = 1.0 / 355687428096000.0; // 1/17!
  s = -1.0 / 1307674368000.0 + z * s;
  s = 1.0 / 6227020800.0 + z * s;
  s = -1.0 / 39916800.0 + z * s;
  s = 1.0 / 362880.0 + z * s;
  s = -1.0 / 5040.0 + z * s;
  s = 1.0 / 120.0 + z * s;
  s = -1.0 / 6.0 + z * s;
  s = r + r * z * s;
  let c: f64 = -1.0 / 6402373705728000.0; // −1/18!
  c = 1.0 / 20922789888000.0 + z * c;
  c = -1.0 / 87178291200.0 + z * c;
  c = 1.0 / 479001600.0 + z * c;
  c = -1.0 / 3628800.0 + z * c;
  c = 1.0 / 40320.0 + z * c;
  c = -1.0 / 720.0 + z * c;
  c = 1.0 / 24.0 + z * c;
  c = -0.5 + z * c;
  c = 1.0 + z * c;
  const quarter = <i32>n & 3;
  const cosine = quarter & 1 ? s : c;
  const other = quarter & 1 ? c : s;
  store<f32>(at, <f32>((quarter + 1) & 2 ? -cosine : cosine));
  store<f32>(at + sine, <f32>(quarter & 2 ? -other : other));
}

/**
 * Per head: RMSNorm with one weight for all heads, then the rotation; in place.
 * x: (m, heads, D) f32 · weight: (D) · table: what ropeTable wrote for these tokens
 */
export function normRope(x: usize, weight: usize, table: usize, m: i32, heads: i32, headDim: i32, eps: f32): void {
  const bytes = <usize>headDim << 2;
  for (let t = 0; t < m; t++) {
    for (let h = 0; h < heads; h++) {
      scaleRotate(x, weight, table, headDim, 1 / sqrt<f32>(dot(x, x, headDim) / <f32>headDim + eps));
      x += bytes;
    }
    table += bytes;
  }
}

/** x = the rotation of factor·x⊙weight.   x, weight: (D) f32 · table: a row */
function scaleRotate(x: usize, weight: usize, table: usize, headDim: i32, factor: f32): void {
  const half = <usize>(headDim >> 1) << 2;
  const f = f32x4.splat(factor);
  for (let left = headDim >> 1; left > 0; left -= 4) {
    const a = f32x4.mul(f32x4.mul(read(x, left), f), read(weight, left));
    const b = f32x4.mul(f32x4.mul(read(x + half, left), f), read(weight + half, left));
    const c = read(table, left);
    const s = read(table + half, left);
    write(x, f32x4.sub(f32x4.mul(a, c), f32x4.mul(b, s)), left);
    write(x + half, f32x4.add(f32x4.mul(b, c), f32x4.mul(a, s)), left);
    x += 16;
    weight += 16;
    table += 16;
  }
}

/** Turns one head back by the angles of a row of the table.   x: (D) f32 */
export function turnBack(x: usize, table: usize, headDim: i32): void {
  const half = <usize>(headDim >> 1) << 2;
  for (let left = headDim >> 1; left > 0; left -= 4) {
    const a = read(x, left);
    const b = read(x + half, left);
    const c = read(table, left);
    const s = read(table + half, left);
    write(x, f32x4.add(f32x4.mul(a, c), f32x4.mul(b, s)), left);
    write(x + half, f32x4.sub(f32x4.mul(b, c), f32x4.mul(a, s)), left);
    x += 16;
    table += 16;
  }
}
