import { TOUCH_MASK, touchAhead } from './inline/ahead';
import { held } from './inline/held';
import { putPanel, scaled } from './inline/lanes';

/*
 * Products of one int8 panel with tokens, relaxed build. `span` columns share the scales behind them.
 *
 * i32x4.relaxed_dot_i8x16_i7x16_add is one instruction on ARM and with AVX-VNNI, but five without: there three instructions of
 * our own give the same sums. `direct`, a constant in every copy of the loop, chooses.
 */

/**
 * Whether the four-product dot is one instruction. Elsewhere it saturates pairs of products to 16 bits, which operands outside
 * of its contract reveal: 2·32767 instead of 4·127·255 (unsigned) or −4·127 (signed). Both forms are exact for our operands.
 */
export function hasDirectDot(columns: i32): bool {
  const most = i8x16.splat(127 ^ <i8>(columns >> 31)); // not visible as a constant
  const sums = i32x4.relaxed_dot_i8x16_i7x16_add_s(most, i8x16.splat(-1), i32x4.splat(0));
  return i32x4.extract_lane(sums, 0) != 65534;
}

/** sums + Σ of four products per lane.   w: int8 · v: 0…127 · ones: eight int16 of 1 */
// @ts-ignore: decorator
@inline
function dotAdd(direct: bool, w: v128, v: v128, ones: v128, sums: v128): v128 {
  if (direct) return i32x4.relaxed_dot_i8x16_i7x16_add_s(w, v, sums);
  return i32x4.add(sums, i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(w, v), ones));
}

/** w where the mask `sign` is 0, −w where it is −1: xor and subtract are the two's complement. */
// @ts-ignore: decorator
@inline
function signed(w: v128, sign: v128): v128 {
  return i8x16.sub(v128.xor(w, sign), sign);
}

/** w: one panel · q, scale: four tokens, tokenBytes and scaleBytes apart · y: four rows */
// @ts-ignore: decorator
@inline
function fourTokens(
  direct: bool,
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
  const ones = held(0x00010001, columns);
  let low0 = f32x4.splat(0), high0 = f32x4.splat(0);
  let low1 = f32x4.splat(0), high1 = f32x4.splat(0);
  let low2 = f32x4.splat(0), high2 = f32x4.splat(0);
  let low3 = f32x4.splat(0), high3 = f32x4.splat(0);
  let q1 = q + tokenBytes;
  let q2 = q1 + tokenBytes;
  let q3 = q2 + tokenBytes;
  for (let c0 = 0; c0 < columns; c0 += span) {
    const zero = i32x4.splat(0);
    let a0 = zero, b0 = zero;
    let a1 = zero, b1 = zero;
    let a2 = zero, b2 = zero;
    let a3 = zero, b3 = zero;
    for (let left = span; left > 0; left -= 4) {
      const w0 = v128.load(w);
      const w1 = v128.load(w, 16);
      let v = v128.load32_splat(q);
      let sign = v128.load32_splat(q, 4);
      a0 = dotAdd(direct, signed(w0, sign), v, ones, a0);
      b0 = dotAdd(direct, signed(w1, sign), v, ones, b0);
      v = v128.load32_splat(q1);
      sign = v128.load32_splat(q1, 4);
      a1 = dotAdd(direct, signed(w0, sign), v, ones, a1);
      b1 = dotAdd(direct, signed(w1, sign), v, ones, b1);
      v = v128.load32_splat(q2);
      sign = v128.load32_splat(q2, 4);
      a2 = dotAdd(direct, signed(w0, sign), v, ones, a2);
      b2 = dotAdd(direct, signed(w1, sign), v, ones, b2);
      v = v128.load32_splat(q3);
      sign = v128.load32_splat(q3, 4);
      a3 = dotAdd(direct, signed(w0, sign), v, ones, a3);
      b3 = dotAdd(direct, signed(w1, sign), v, ones, b3);
      w += 32;
      q += 8;
      q1 += 8;
      q2 += 8;
      q3 += 8;
    }
    let s = v128.load32_splat(scale);
    low0 = f32x4.add(low0, scaled(a0, v128.load(w), s));
    high0 = f32x4.add(high0, scaled(b0, v128.load(w, 16), s));
    s = v128.load32_splat(scale + scaleBytes);
    low1 = f32x4.add(low1, scaled(a1, v128.load(w), s));
    high1 = f32x4.add(high1, scaled(b1, v128.load(w, 16), s));
    s = v128.load32_splat(scale + scaleBytes * 2);
    low2 = f32x4.add(low2, scaled(a2, v128.load(w), s));
    high2 = f32x4.add(high2, scaled(b2, v128.load(w, 16), s));
    s = v128.load32_splat(scale + scaleBytes * 3);
    low3 = f32x4.add(low3, scaled(a3, v128.load(w), s));
    high3 = f32x4.add(high3, scaled(b3, v128.load(w, 16), s));
    w += 32;
    scale += 4;
  }
  putPanel(y, low0, high0, lanes, accumulate);
  putPanel(y + yStride, low1, high1, lanes, accumulate);
  putPanel(y + yStride * 2, low2, high2, lanes, accumulate);
  putPanel(y + yStride * 3, low3, high3, lanes, accumulate);
}

/** w: one panel · last: the last byte of the panels · q, scale: one token · y: one row */
// @ts-ignore: decorator
@inline
function oneToken(
  direct: bool,
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
  const ones = held(0x00010001, columns);
  let low = f32x4.splat(0), high = f32x4.splat(0);
  for (let c0 = 0; c0 < columns; c0 += span) {
    if ((c0 & TOUCH_MASK) == 0) touchAhead(w, last);
    const zero = i32x4.splat(0);
    let a = zero, b = zero;
    for (let left = span; left > 0; left -= 4) {
      const w0 = v128.load(w);
      const w1 = v128.load(w, 16);
      const v = v128.load32_splat(q);
      const sign = v128.load32_splat(q, 4);
      a = dotAdd(direct, signed(w0, sign), v, ones, a);
      b = dotAdd(direct, signed(w1, sign), v, ones, b);
      w += 32;
      q += 8;
    }
    const s = v128.load32_splat(scale);
    low = f32x4.add(low, scaled(a, v128.load(w), s));
    high = f32x4.add(high, scaled(b, v128.load(w, 16), s));
    w += 32;
    scale += 4;
  }
  putPanel(y, low, high, lanes, accumulate);
}

export function fourTokensDirect(
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
  fourTokens(true, w, q, tokenBytes, scale, scaleBytes, y, yStride, span, columns, lanes, accumulate);
}

export function fourTokensSplit(
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
  fourTokens(false, w, q, tokenBytes, scale, scaleBytes, y, yStride, span, columns, lanes, accumulate);
}

export function oneTokenDirect(
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
  oneToken(true, w, last, q, scale, y, span, columns, lanes, accumulate);
}

export function oneTokenSplit(
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
  oneToken(false, w, last, q, scale, y, span, columns, lanes, accumulate);
}
