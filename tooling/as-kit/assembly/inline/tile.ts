import { madd, putPanel } from './lanes';

/**
 * y[i, 0…7] (+)= Σ_c x[i, c]·w[c, 0…7] for `rows` (a constant, 3…6) rows of x.
 * w: (columns, 8) f32 · x: rows, xStride bytes apart · y: rows, yStride bytes apart, of which `lanes` (1…8) columns exist
 *
 * Four columns per turn. The `break` between them takes the last ones, and keeps the optimiser from pulling the loads of several
 * columns together, which would need more than the 15 vector registers that V8 has.
 */
// @ts-ignore: decorator
@inline
export function tile(
  rows: i32,
  w: usize,
  x: usize,
  xStride: usize,
  y: usize,
  yStride: usize,
  columns: i32,
  lanes: i32,
  accumulate: bool,
): void {
  const zero = f32x4.splat(0);
  let a0 = zero, a1 = zero, a2 = zero, a3 = zero, a4 = zero, a5 = zero;
  let b0 = zero, b1 = zero, b2 = zero, b3 = zero, b4 = zero, b5 = zero;
  let x0 = x;
  let x1 = x0 + xStride;
  let x2 = x1 + xStride;
  let x3 = x2 + xStride;
  let x4 = x3 + xStride;
  let x5 = x4 + xStride;
  for (let left = columns; left > 0; left -= 4) {
    let low = v128.load(w);
    let high = v128.load(w, 16);
    let v = v128.load32_splat(x0);
    a0 = madd(v, low, a0);
    b0 = madd(v, high, b0);
    v = v128.load32_splat(x1);
    a1 = madd(v, low, a1);
    b1 = madd(v, high, b1);
    v = v128.load32_splat(x2);
    a2 = madd(v, low, a2);
    b2 = madd(v, high, b2);
    if (rows > 3) {
      v = v128.load32_splat(x3);
      a3 = madd(v, low, a3);
      b3 = madd(v, high, b3);
    }
    if (rows > 4) {
      v = v128.load32_splat(x4);
      a4 = madd(v, low, a4);
      b4 = madd(v, high, b4);
    }
    if (rows > 5) {
      v = v128.load32_splat(x5);
      a5 = madd(v, low, a5);
      b5 = madd(v, high, b5);
    }
    if (left == 1) break;
    low = v128.load(w, 32);
    high = v128.load(w, 48);
    v = v128.load32_splat(x0, 4);
    a0 = madd(v, low, a0);
    b0 = madd(v, high, b0);
    v = v128.load32_splat(x1, 4);
    a1 = madd(v, low, a1);
    b1 = madd(v, high, b1);
    v = v128.load32_splat(x2, 4);
    a2 = madd(v, low, a2);
    b2 = madd(v, high, b2);
    if (rows > 3) {
      v = v128.load32_splat(x3, 4);
      a3 = madd(v, low, a3);
      b3 = madd(v, high, b3);
    }
    if (rows > 4) {
      v = v128.load32_splat(x4, 4);
      a4 = madd(v, low, a4);
      b4 = madd(v, high, b4);
    }
    if (rows > 5) {
      v = v128.load32_splat(x5, 4);
      a5 = madd(v, low, a5);
      b5 = madd(v, high, b5);
    }
    if (left == 2) break;
    low = v128.load(w, 64);
    high = v128.load(w, 80);
    v = v128.load32_splat(x0, 8);
    a0 = madd(v, low, a0);
    b0 = madd(v, high, b0);
    v = v128.load32_splat(x1, 8);
    a1 = madd(v, low, a1);
    b1 = madd(v, high, b1);
    v = v128.load32_splat(x2, 8);
    a2 = madd(v, low, a2);
    b2 = madd(v, high, b2);
    if (rows > 3) {
      v = v128.load32_splat(x3, 8);
      a3 = madd(v, low, a3);
      b3 = madd(v, high, b3);
    }
    if (rows > 4) {
      v = v128.load32_splat(x4, 8);
      a4 = madd(v, low, a4);
      b4 = madd(v, high, b4);
    }
    if (rows > 5) {
      v = v128.load32_splat(x5, 8);
      a5 = madd(v, low, a5);
      b5 = madd(v, high, b5);
    }
    if (left == 3) break;
    low = v128.load(w, 96);
    high = v128.load(w, 112);
    v = v128.load32_splat(x0, 12);
    a0 = madd(v, low, a0);
    b0 = madd(v, high, b0);
    v = v128.load32_splat(x1, 12);
    a1 = madd(v, low, a1);
    b1 = madd(v, high, b1);
    v = v128.load32_splat(x2, 12);
    a2 = madd(v, low, a2);
    b2 = madd(v, high, b2);
    if (rows > 3) {
      v = v128.load32_splat(x3, 12);
      a3 = madd(v, low, a3);
      b3 = madd(v, high, b3);
    }
    if (rows > 4) {
      v = v128.load32_splat(x4, 12);
      a4 = madd(v, low, a4);
      b4 = madd(v, high, b4);
    }
    if (rows > 5) {
      v = v128.load32_splat(x5, 12);
      a5 = madd(v, low, a5);
      b5 = madd(v, high, b5);
    }
    w += 128;
    x0 += 16;
    x1 += 16;
    x2 += 16;
    if (rows > 3) x3 += 16;
    if (rows > 4) x4 += 16;
    if (rows > 5) x5 += 16;
  }
  putPanel(y, a0, b0, lanes, accumulate);
  putPanel(y + yStride, a1, b1, lanes, accumulate);
  putPanel(y + yStride * 2, a2, b2, lanes, accumulate);
  if (rows > 3) putPanel(y + yStride * 3, a3, b3, lanes, accumulate);
  if (rows > 4) putPanel(y + yStride * 4, a4, b4, lanes, accumulate);
  if (rows > 5) putPanel(y + yStride * 5, a5, b5, lanes, accumulate);
}
