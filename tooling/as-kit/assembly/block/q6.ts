import { touchAhead } from '../inline/ahead';
import { held } from '../inline/held';
import { highTwice, lowTwice, putPanel, scaled } from '../inline/lanes';
import { SUPER } from '../types';
import { SUPER_ACTIVATION, SUPER_OFFSETS, SUPER_SCALE } from './activation';
import { STEP_BYTES, SUPER_BYTES, SUPER_COLUMNS, SUPER_D } from './q6-matrix';

/*
 * Products of one panel of Q6_K with 1…4 tokens. A vector holds 4 columns of 4 rows. Sums of 16 columns stand in i16 lanes, two per
 * row; they start from the −32·Σq of the token, so that a partial sum is one of 8 products of at most 32·127: 32512. Then they stay in
 * i32 over 256 columns: 256·32·127·128 < 2^27.
 */

/** Bytes of the words of 4 columns: one word in the relaxed build, two in the other. */
const STEP: usize = ASC_FEATURE_RELAXED_SIMD ? 4 : 8;
/** Where these words begin, and where the offsets stand behind them. */
const WORDS: usize = ASC_FEATURE_RELAXED_SIMD ? 0 : 512;
const OFFSETS: usize = SUPER_OFFSETS - WORDS;

/** sums + the products of 4 columns.   w: 0…63 in every byte · x, z: the words, z for the simd build alone */
// @ts-ignore: decorator
@inline
function columns4(w: v128, x: v128, z: v128, sums: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i16x8.add(sums, i16x8.relaxed_dot_i8x16_i7x16_s(x, w));
  return i16x8.add(i16x8.add(sums, i16x8.mul(x, w)), i16x8.mul(z, i16x8.shr_u(w, 8)));
}

/** One token.   w: one panel · last: the last byte of the panels · a: the token · y: 8 rows */
function gemv(w: usize, last: usize, a: usize, y: usize, k: i32, lanes: i32, accumulate: bool): void {
  const mask = held(0x3f3f3f3f, k);
  const none = f32x4.splat(0);
  let low = none, high = none;
  for (let c0 = 0; c0 < k; c0 += SUPER) {
    touchAhead(w, last);
    let p = none, q = none;
    let words = a + WORDS;
    let offsets = a;
    let scales = w;
    w += SUPER_COLUMNS;
    for (let left = SUPER; left > 0; left -= 16) {
      let s = v128.load32_splat(offsets, SUPER_OFFSETS);
      let t = s;
      let x = none, z = none;
      let b = v128.load(w);
      let c = v128.load(w, 16);
      let d = i16x8.shr_u(b, 6);
      let e = i16x8.shr_u(c, 6);
      x = v128.load32_splat(words, STEP * 0);
      if (!ASC_FEATURE_RELAXED_SIMD) z = v128.load32_splat(words, STEP * 0 + 4);
      s = columns4(v128.and(b, mask), x, z, s);
      t = columns4(v128.and(c, mask), x, z, t);
      b = v128.load(w, 32);
      c = v128.load(w, 48);
      d = v128.xor(d, i16x8.shr_u(b, 4));
      e = v128.xor(e, i16x8.shr_u(c, 4));
      x = v128.load32_splat(words, STEP * 1);
      if (!ASC_FEATURE_RELAXED_SIMD) z = v128.load32_splat(words, STEP * 1 + 4);
      s = columns4(v128.and(b, mask), x, z, s);
      t = columns4(v128.and(c, mask), x, z, t);
      b = v128.load(w, 64);
      c = v128.load(w, 80);
      d = v128.xor(d, i16x8.shr_u(b, 2));
      e = v128.xor(e, i16x8.shr_u(c, 2));
      x = v128.load32_splat(words, STEP * 2);
      if (!ASC_FEATURE_RELAXED_SIMD) z = v128.load32_splat(words, STEP * 2 + 4);
      s = columns4(v128.and(b, mask), x, z, s);
      t = columns4(v128.and(c, mask), x, z, t);
      x = v128.load32_splat(words, STEP * 3);
      if (!ASC_FEATURE_RELAXED_SIMD) z = v128.load32_splat(words, STEP * 3 + 4);
      s = columns4(v128.and(d, mask), x, z, s);
      t = columns4(v128.and(e, mask), x, z, t);
      const factor = v128.load8x8_s(scales);
      p = i32x4.add(p, i32x4.dot_i16x8_s(s, lowTwice(factor)));
      q = i32x4.add(q, i32x4.dot_i16x8_s(t, highTwice(factor)));
      w += STEP_BYTES;
      words += STEP * 4;
      offsets += 4;
      scales += 8;
    }
    const scale = v128.load32_splat(a, SUPER_SCALE);
    low = f32x4.add(low, scaled(p, v128.load(w), scale));
    high = f32x4.add(high, scaled(q, v128.load(w, 16), scale));
    w += SUPER_BYTES - SUPER_D;
    a += SUPER_ACTIVATION;
  }
  putPanel(y, low, high, lanes, accumulate);
}

/** w: one panel · a: `tokens` (a constant, 2…4) tokens, tokenBytes apart · y: as many rows, yStride bytes apart */
// @ts-ignore: decorator
@inline
function tile(
  tokens: i32,
  w: usize,
  a: usize,
  tokenBytes: usize,
  y: usize,
  yStride: usize,
  k: i32,
  lanes: i32,
  accumulate: bool,
): void {
  const mask = held(0x3f3f3f3f, k);
  const none = f32x4.splat(0);
  let low0 = none, high0 = none;
  let low1 = none, high1 = none;
  let low2 = none, high2 = none;
  let low3 = none, high3 = none;
  a += WORDS;
  let a1 = a + tokenBytes;
  let a2 = a1 + tokenBytes;
  let a3 = a2 + tokenBytes;
  for (let c0 = 0; c0 < k; c0 += SUPER) {
    let p0 = none, q0 = none;
    let p1 = none, q1 = none;
    let p2 = none, q2 = none;
    let p3 = none, q3 = none;
    let scales = w;
    w += SUPER_COLUMNS;
    let offsets = OFFSETS;
    for (let left = SUPER; left > 0; left -= 16) {
      let s0 = v128.load32_splat(a + offsets);
      let t0 = s0;
      let s1 = v128.load32_splat(a1 + offsets);
      let t1 = s1;
      let s2 = none;
      if (tokens > 2) s2 = v128.load32_splat(a2 + offsets);
      let t2 = s2;
      let s3 = none;
      if (tokens > 3) s3 = v128.load32_splat(a3 + offsets);
      let t3 = s3;
      let x = none, z = none;
      let b = v128.load(w);
      let c = v128.load(w, 16);
      let d = i16x8.shr_u(b, 6);
      let e = i16x8.shr_u(c, 6);
      b = v128.and(b, mask);
      c = v128.and(c, mask);
      x = v128.load32_splat(a, STEP * 0);
      if (!ASC_FEATURE_RELAXED_SIMD) z = v128.load32_splat(a, STEP * 0 + 4);
      s0 = columns4(b, x, z, s0);
      t0 = columns4(c, x, z, t0);
      x = v128.load32_splat(a1, STEP * 0);
      if (!ASC_FEATURE_RELAXED_SIMD) z = v128.load32_splat(a1, STEP * 0 + 4);
      s1 = columns4(b, x, z, s1);
      t1 = columns4(c, x, z, t1);
      if (tokens > 2) {
        x = v128.load32_splat(a2, STEP * 0);
        if (!ASC_FEATURE_RELAXED_SIMD) z = v128.load32_splat(a2, STEP * 0 + 4);
        s2 = columns4(b, x, z, s2);
        t2 = columns4(c, x, z, t2);
      }
      if (tokens > 3) {
        x = v128.load32_splat(a3, STEP * 0);
        if (!ASC_FEATURE_RELAXED_SIMD) z = v128.load32_splat(a3, STEP * 0 + 4);
        s3 = columns4(b, x, z, s3);
        t3 = columns4(c, x, z, t3);
      }
      b = v128.load(w, 32);
      c = v128.load(w, 48);
      d = v128.xor(d, i16x8.shr_u(b, 4));
      e = v128.xor(e, i16x8.shr_u(c, 4));
      b = v128.and(b, mask);
      c = v128.and(c, mask);
      x = v128.load32_splat(a, STEP * 1);
      if (!ASC_FEATURE_RELAXED_SIMD) z = v128.load32_splat(a, STEP * 1 + 4);
      s0 = columns4(b, x, z, s0);
      t0 = columns4(c, x, z, t0);
      x = v128.load32_splat(a1, STEP * 1);
      if (!ASC_FEATURE_RELAXED_SIMD) z = v128.load32_splat(a1, STEP * 1 + 4);
      s1 = columns4(b, x, z, s1);
      t1 = columns4(c, x, z, t1);
      if (tokens > 2) {
        x = v128.load32_splat(a2, STEP * 1);
        if (!ASC_FEATURE_RELAXED_SIMD) z = v128.load32_splat(a2, STEP * 1 + 4);
        s2 = columns4(b, x, z, s2);
        t2 = columns4(c, x, z, t2);
      }
      if (tokens > 3) {
        x = v128.load32_splat(a3, STEP * 1);
        if (!ASC_FEATURE_RELAXED_SIMD) z = v128.load32_splat(a3, STEP * 1 + 4);
        s3 = columns4(b, x, z, s3);
        t3 = columns4(c, x, z, t3);
      }
      b = v128.load(w, 64);
      c = v128.load(w, 80);
      d = v128.xor(d, i16x8.shr_u(b, 2));
      e = v128.xor(e, i16x8.shr_u(c, 2));
      b = v128.and(b, mask);
      c = v128.and(c, mask);
      x = v128.load32_splat(a, STEP * 2);
      if (!ASC_FEATURE_RELAXED_SIMD) z = v128.load32_splat(a, STEP * 2 + 4);
      s0 = columns4(b, x, z, s0);
      t0 = columns4(c, x, z, t0);
      x = v128.load32_splat(a1, STEP * 2);
      if (!ASC_FEATURE_RELAXED_SIMD) z = v128.load32_splat(a1, STEP * 2 + 4);
      s1 = columns4(b, x, z, s1);
      t1 = columns4(c, x, z, t1);
      if (tokens > 2) {
        x = v128.load32_splat(a2, STEP * 2);
        if (!ASC_FEATURE_RELAXED_SIMD) z = v128.load32_splat(a2, STEP * 2 + 4);
        s2 = columns4(b, x, z, s2);
        t2 = columns4(c, x, z, t2);
      }
      if (tokens > 3) {
        x = v128.load32_splat(a3, STEP * 2);
        if (!ASC_FEATURE_RELAXED_SIMD) z = v128.load32_splat(a3, STEP * 2 + 4);
        s3 = columns4(b, x, z, s3);
        t3 = columns4(c, x, z, t3);
      }
      d = v128.and(d, mask);
      e = v128.and(e, mask);
      x = v128.load32_splat(a, STEP * 3);
      if (!ASC_FEATURE_RELAXED_SIMD) z = v128.load32_splat(a, STEP * 3 + 4);
      s0 = columns4(d, x, z, s0);
      t0 = columns4(e, x, z, t0);
      x = v128.load32_splat(a1, STEP * 3);
      if (!ASC_FEATURE_RELAXED_SIMD) z = v128.load32_splat(a1, STEP * 3 + 4);
      s1 = columns4(d, x, z, s1);
      t1 = columns4(e, x, z, t1);
      if (tokens > 2) {
        x = v128.load32_splat(a2, STEP * 3);
        if (!ASC_FEATURE_RELAXED_SIMD) z = v128.load32_splat(a2, STEP * 3 + 4);
        s2 = columns4(d, x, z, s2);
        t2 = columns4(e, x, z, t2);
      }
      if (tokens > 3) {
        x = v128.load32_splat(a3, STEP * 3);
        if (!ASC_FEATURE_RELAXED_SIMD) z = v128.load32_splat(a3, STEP * 3 + 4);
        s3 = columns4(d, x, z, s3);
        t3 = columns4(e, x, z, t3);
      }
      const factor = v128.load8x8_s(scales);
      const f = lowTwice(factor);
      const g = highTwice(factor);
      p0 = i32x4.add(p0, i32x4.dot_i16x8_s(s0, f));
      q0 = i32x4.add(q0, i32x4.dot_i16x8_s(t0, g));
      p1 = i32x4.add(p1, i32x4.dot_i16x8_s(s1, f));
      q1 = i32x4.add(q1, i32x4.dot_i16x8_s(t1, g));
      if (tokens > 2) {
        p2 = i32x4.add(p2, i32x4.dot_i16x8_s(s2, f));
        q2 = i32x4.add(q2, i32x4.dot_i16x8_s(t2, g));
      }
      if (tokens > 3) {
        p3 = i32x4.add(p3, i32x4.dot_i16x8_s(s3, f));
        q3 = i32x4.add(q3, i32x4.dot_i16x8_s(t3, g));
      }
      w += STEP_BYTES;
      scales += 8;
      offsets += 4 - STEP * 4;
      a += STEP * 4;
      a1 += STEP * 4;
      if (tokens > 2) a2 += STEP * 4;
      if (tokens > 3) a3 += STEP * 4;
    }
    const d0 = v128.load(w);
    const d1 = v128.load(w, 16);
    w += SUPER_BYTES - SUPER_D;
    let scale = none;
    scale = v128.load32_splat(a, SUPER_SCALE - SUPER_OFFSETS);
    low0 = f32x4.add(low0, scaled(p0, d0, scale));
    high0 = f32x4.add(high0, scaled(q0, d1, scale));
    a += SUPER_ACTIVATION - STEP * 64;
    scale = v128.load32_splat(a1, SUPER_SCALE - SUPER_OFFSETS);
    low1 = f32x4.add(low1, scaled(p1, d0, scale));
    high1 = f32x4.add(high1, scaled(q1, d1, scale));
    a1 += SUPER_ACTIVATION - STEP * 64;
    if (tokens > 2) {
      scale = v128.load32_splat(a2, SUPER_SCALE - SUPER_OFFSETS);
      low2 = f32x4.add(low2, scaled(p2, d0, scale));
      high2 = f32x4.add(high2, scaled(q2, d1, scale));
      a2 += SUPER_ACTIVATION - STEP * 64;
    }
    if (tokens > 3) {
      scale = v128.load32_splat(a3, SUPER_SCALE - SUPER_OFFSETS);
      low3 = f32x4.add(low3, scaled(p3, d0, scale));
      high3 = f32x4.add(high3, scaled(q3, d1, scale));
      a3 += SUPER_ACTIVATION - STEP * 64;
    }
  }
  putPanel(y, low0, high0, lanes, accumulate);
  putPanel(y + yStride, low1, high1, lanes, accumulate);
  if (tokens > 2) putPanel(y + yStride * 2, low2, high2, lanes, accumulate);
  if (tokens > 3) putPanel(y + yStride * 3, low3, high3, lanes, accumulate);
}

/** w: one panel of Q6_K · last: the last byte of the panels · a: m tokens, tokenBytes apart · y: m rows, yStride bytes apart, of which `lanes` (1…8) columns exist */
export function panelQ6K(
  w: usize,
  last: usize,
  a: usize,
  tokenBytes: usize,
  y: usize,
  yStride: usize,
  m: i32,
  k: i32,
  lanes: i32,
  accumulate: bool,
): void {
  for (; m > 3; m -= 4) {
    tile(4, w, a, tokenBytes, y, yStride, k, lanes, accumulate);
    a += tokenBytes * 4;
    y += yStride * 4;
  }
  if (m == 3) tile(3, w, a, tokenBytes, y, yStride, k, lanes, accumulate);
  else if (m == 2) tile(2, w, a, tokenBytes, y, yStride, k, lanes, accumulate);
  else if (m == 1) gemv(w, last, a, y, k, lanes, accumulate);
}
