import { dot } from '@gossamer/as-kit/assembly/reduce';

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
      const factor: f32 = 1 / sqrt<f32>(dot(x, x, headDim) / <f32>headDim + eps);
      for (let i: usize = 0; i < bytes; i += 4) store<f32>(x + i, load<f32>(x + i) * factor * load<f32>(weight + i));
      rotate(x, table, headDim, 1);
      x += bytes;
    }
    table += bytes;
  }
}

/** Turns one head by the angles of a row of the table, or back with direction −1.   x: (D) f32 */
export function rotate(x: usize, table: usize, headDim: i32, direction: f32): void {
  const half = <usize>(headDim >> 1) << 2;
  for (let i: usize = 0; i < half; i += 4) {
    const a = load<f32>(x + i);
    const b = load<f32>(x + half + i);
    const c = load<f32>(table + i);
    const s = load<f32>(table + half + i) * direction;
    store<f32>(x + i, a * c - b * s);
    store<f32>(x + half + i, b * c + a * s);
  }
}
