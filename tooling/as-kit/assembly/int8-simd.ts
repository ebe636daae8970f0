import { TOUCH_MASK, touchAhead } from './inline/ahead';
import { putPanel, scaled } from './inline/lanes';

/*
 * Products of one int8 panel with tokens, simd build: weights and activations as int16, two products and their sum per lane, so
 * that the sums of a row stand in two neighbouring lanes. `span` columns share the scales behind them.
 */

/** a0+a1, a2+a3, b0+b1, b2+b3. */
// @ts-ignore: decorator
@inline
function pairSums(a: v128, b: v128): v128 {
  return i32x4.add(i32x4.shuffle(a, b, 0, 2, 4, 6), i32x4.shuffle(a, b, 1, 3, 5, 7));
}

/** w: one panel · q, scale: two tokens, tokenBytes and scaleBytes apart · y: two rows */
export function twoTokens(
  w: usize,
  q: usize,
  tokenBytes: usize,
  scale: usize,
  scaleBytes: usize,
  y: usize,
  yStride: usize,
  span: i32,
  columns: i32,
  lanes: i32,
  accumulate: bool,
): void {
  let low0 = f32x4.splat(0), high0 = f32x4.splat(0);
  let low1 = f32x4.splat(0), high1 = f32x4.splat(0);
  let r = q + tokenBytes;
  for (let c0 = 0; c0 < columns; c0 += span) {
    const zero = i32x4.splat(0);
    let a0 = zero, b0 = zero, e0 = zero, f0 = zero;
    let a1 = zero, b1 = zero, e1 = zero, f1 = zero;
    for (let left = span; left > 0; left -= 4) {
      const w0 = v128.load8x8_s(w);
      const w1 = v128.load8x8_s(w, 8);
      const w2 = v128.load8x8_s(w, 16);
      const w3 = v128.load8x8_s(w, 24);
      let v = v128.load64_splat(q);
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(w0, v));
      b0 = i32x4.add(b0, i32x4.dot_i16x8_s(w1, v));
      e0 = i32x4.add(e0, i32x4.dot_i16x8_s(w2, v));
      f0 = i32x4.add(f0, i32x4.dot_i16x8_s(w3, v));
      v = v128.load64_splat(r);
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(w0, v));
      b1 = i32x4.add(b1, i32x4.dot_i16x8_s(w1, v));
      e1 = i32x4.add(e1, i32x4.dot_i16x8_s(w2, v));
      f1 = i32x4.add(f1, i32x4.dot_i16x8_s(w3, v));
      w += 32;
      q += 8;
      r += 8;
    }
    let s = v128.load32_splat(scale);
    low0 = f32x4.add(low0, scaled(pairSums(a0, b0), v128.load(w), s));
    high0 = f32x4.add(high0, scaled(pairSums(e0, f0), v128.load(w, 16), s));
    s = v128.load32_splat(scale + scaleBytes);
    low1 = f32x4.add(low1, scaled(pairSums(a1, b1), v128.load(w), s));
    high1 = f32x4.add(high1, scaled(pairSums(e1, f1), v128.load(w, 16), s));
    w += 32;
    scale += 4;
  }
  putPanel(y, low0, high0, lanes, accumulate);
  putPanel(y + yStride, low1, high1, lanes, accumulate);
}

/** w: one panel · last: the last byte of the panels · q, scale: one token · y: one row */
export function oneTokenSimd(
  w: usize,
  last: usize,
  q: usize,
  scale: usize,
  y: usize,
  span: i32,
  columns: i32,
  lanes: i32,
  accumulate: bool,
): void {
  let low = f32x4.splat(0), high = f32x4.splat(0);
  for (let c0 = 0; c0 < columns; c0 += span) {
    if ((c0 & TOUCH_MASK) == 0) touchAhead(w, last);
    const zero = i32x4.splat(0);
    let a = zero, b = zero, e = zero, f = zero;
    for (let left = span; left > 0; left -= 4) {
      const w0 = v128.load8x8_s(w);
      const w1 = v128.load8x8_s(w, 8);
      const w2 = v128.load8x8_s(w, 16);
      const w3 = v128.load8x8_s(w, 24);
      const v = v128.load64_splat(q);
      a = i32x4.add(a, i32x4.dot_i16x8_s(w0, v));
      b = i32x4.add(b, i32x4.dot_i16x8_s(w1, v));
      e = i32x4.add(e, i32x4.dot_i16x8_s(w2, v));
      f = i32x4.add(f, i32x4.dot_i16x8_s(w3, v));
      w += 32;
      q += 8;
    }
    const s = v128.load32_splat(scale);
    low = f32x4.add(low, scaled(pairSums(a, b), v128.load(w), s));
    high = f32x4.add(high, scaled(pairSums(e, f), v128.load(w, 16), s));
    w += 32;
    scale += 4;
  }
  putPanel(y, low, high, lanes, accumulate);
}
