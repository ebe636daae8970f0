import { held } from '../inline/held';
import { putPanel, scaled } from '../inline/lanes';
import { evenTimesAdd, nibbles, oddTimes, oddTimesAdd, timesAdd, WORD_STEP } from '../inline/nibbles';
import { BLOCK } from '../types';

/*
 * Products of one panel of Q4_0 with tokens. 32 columns are summed in i16 lanes, 16 products in each: they start from −8·Σq, which
 * makes the weights −8…7, so that no sum passes 16·8·127. The loops are as short as they are for V8: a loop around the block that
 * runs once cost 16 % of a tile, more than 8 columns per turn of a tile 8 % and more.
 */

/** Where the scale and the first sums stand behind the words of 32 columns. */
const SCALE: usize = WORD_STEP * 4;
const OFFSETS: usize = SCALE + 4;

/** One token.   w: one panel · a: the token · y: 8 rows. Two sums for each group of rows, since one waits for its last product. */
// @ts-ignore: decorator
@inline
function gemv(w: usize, a: usize, y: usize, k: i32, lanes: i32, accumulate: bool): void {
  const mask = held(0x0f0f0f0f, k);
  const ones = held(0x00010001, k);
  const none = f32x4.splat(0);
  let low = none, high = none;
  for (let left = k; left > 0; left -= BLOCK) {
    let x0 = none, x1 = none, x2 = none, x3 = none;
    let v = none, t0 = none, t1 = none;
    let s0 = v128.load32_splat(a, OFFSETS);
    let s1 = s0;
    x0 = v128.load32_splat(a);
    x1 = v128.load32_splat(a, 4);
    if (!ASC_FEATURE_RELAXED_SIMD) {
      x2 = v128.load32_splat(a, 8);
      x3 = v128.load32_splat(a, 12);
    }
    v = v128.load(w);
    s0 = evenTimesAdd(v, x0, x2, mask, s0);
    t0 = oddTimes(v, x1, x3, mask);
    v = v128.load(w, 16);
    s1 = evenTimesAdd(v, x0, x2, mask, s1);
    t1 = oddTimes(v, x1, x3, mask);
    x0 = v128.load32_splat(a, WORD_STEP);
    x1 = v128.load32_splat(a, WORD_STEP + 4);
    if (!ASC_FEATURE_RELAXED_SIMD) {
      x2 = v128.load32_splat(a, WORD_STEP + 8);
      x3 = v128.load32_splat(a, WORD_STEP + 12);
    }
    v = v128.load(w, 32);
    s0 = evenTimesAdd(v, x0, x2, mask, s0);
    t0 = oddTimesAdd(v, x1, x3, mask, t0);
    v = v128.load(w, 48);
    s1 = evenTimesAdd(v, x0, x2, mask, s1);
    t1 = oddTimesAdd(v, x1, x3, mask, t1);
    x0 = v128.load32_splat(a, WORD_STEP * 2);
    x1 = v128.load32_splat(a, WORD_STEP * 2 + 4);
    if (!ASC_FEATURE_RELAXED_SIMD) {
      x2 = v128.load32_splat(a, WORD_STEP * 2 + 8);
      x3 = v128.load32_splat(a, WORD_STEP * 2 + 12);
    }
    v = v128.load(w, 64);
    s0 = evenTimesAdd(v, x0, x2, mask, s0);
    t0 = oddTimesAdd(v, x1, x3, mask, t0);
    v = v128.load(w, 80);
    s1 = evenTimesAdd(v, x0, x2, mask, s1);
    t1 = oddTimesAdd(v, x1, x3, mask, t1);
    x0 = v128.load32_splat(a, WORD_STEP * 3);
    x1 = v128.load32_splat(a, WORD_STEP * 3 + 4);
    if (!ASC_FEATURE_RELAXED_SIMD) {
      x2 = v128.load32_splat(a, WORD_STEP * 3 + 8);
      x3 = v128.load32_splat(a, WORD_STEP * 3 + 12);
    }
    v = v128.load(w, 96);
    s0 = evenTimesAdd(v, x0, x2, mask, s0);
    t0 = oddTimesAdd(v, x1, x3, mask, t0);
    v = v128.load(w, 112);
    s1 = evenTimesAdd(v, x0, x2, mask, s1);
    t1 = oddTimesAdd(v, x1, x3, mask, t1);
    const scale = v128.load32_splat(a, SCALE);
    low = f32x4.add(low, scaled(i32x4.dot_i16x8_s(i16x8.add(s0, t0), ones), v128.load(w, 128), scale));
    high = f32x4.add(high, scaled(i32x4.dot_i16x8_s(i16x8.add(s1, t1), ones), v128.load(w, 144), scale));
    w += 160;
    a += OFFSETS + 4;
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
  const mask = held(0x0f0f0f0f, k);
  const none = f32x4.splat(0);
  let low0 = none, high0 = none;
  let low1 = none, high1 = none;
  let low2 = none, high2 = none;
  let low3 = none, high3 = none;
  let a1 = a + tokenBytes;
  let a2 = a1 + tokenBytes;
  let a3 = a2 + tokenBytes;
  for (let left = k; left > 0; left -= BLOCK) {
    let s0 = v128.load32_splat(a, OFFSETS), t0 = s0;
    let s1 = v128.load32_splat(a1, OFFSETS), t1 = s1;
    let s2 = none, t2 = none;
    let s3 = none, t3 = none;
    if (tokens > 2) s2 = t2 = v128.load32_splat(a2, OFFSETS);
    if (tokens > 3) s3 = t3 = v128.load32_splat(a3, OFFSETS);
    let p = none, q = none, x = none;
    for (let step = 4; step > 0; step--) {
      const v = v128.load(w);
      const u = v128.load(w, 16);
      p = nibbles(v, 0, mask);
      q = nibbles(u, 0, mask);
      x = v128.load32_splat(a);
      s0 = timesAdd(x, p, s0);
      t0 = timesAdd(x, q, t0);
      x = v128.load32_splat(a1);
      s1 = timesAdd(x, p, s1);
      t1 = timesAdd(x, q, t1);
      if (tokens > 2) {
        x = v128.load32_splat(a2);
        s2 = timesAdd(x, p, s2);
        t2 = timesAdd(x, q, t2);
      }
      if (tokens > 3) {
        x = v128.load32_splat(a3);
        s3 = timesAdd(x, p, s3);
        t3 = timesAdd(x, q, t3);
      }
      p = nibbles(v, 1, mask);
      q = nibbles(u, 1, mask);
      x = v128.load32_splat(a, 4);
      s0 = timesAdd(x, p, s0);
      t0 = timesAdd(x, q, t0);
      x = v128.load32_splat(a1, 4);
      s1 = timesAdd(x, p, s1);
      t1 = timesAdd(x, q, t1);
      if (tokens > 2) {
        x = v128.load32_splat(a2, 4);
        s2 = timesAdd(x, p, s2);
        t2 = timesAdd(x, q, t2);
      }
      if (tokens > 3) {
        x = v128.load32_splat(a3, 4);
        s3 = timesAdd(x, p, s3);
        t3 = timesAdd(x, q, t3);
      }
      if (!ASC_FEATURE_RELAXED_SIMD) {
        p = nibbles(v, 2, mask);
        q = nibbles(u, 2, mask);
        x = v128.load32_splat(a, 8);
        s0 = timesAdd(x, p, s0);
        t0 = timesAdd(x, q, t0);
        x = v128.load32_splat(a1, 8);
        s1 = timesAdd(x, p, s1);
        t1 = timesAdd(x, q, t1);
        if (tokens > 2) {
          x = v128.load32_splat(a2, 8);
          s2 = timesAdd(x, p, s2);
          t2 = timesAdd(x, q, t2);
        }
        if (tokens > 3) {
          x = v128.load32_splat(a3, 8);
          s3 = timesAdd(x, p, s3);
          t3 = timesAdd(x, q, t3);
        }
        p = nibbles(v, 3, mask);
        q = nibbles(u, 3, mask);
        x = v128.load32_splat(a, 12);
        s0 = timesAdd(x, p, s0);
        t0 = timesAdd(x, q, t0);
        x = v128.load32_splat(a1, 12);
        s1 = timesAdd(x, p, s1);
        t1 = timesAdd(x, q, t1);
        if (tokens > 2) {
          x = v128.load32_splat(a2, 12);
          s2 = timesAdd(x, p, s2);
          t2 = timesAdd(x, q, t2);
        }
        if (tokens > 3) {
          x = v128.load32_splat(a3, 12);
          s3 = timesAdd(x, p, s3);
          t3 = timesAdd(x, q, t3);
        }
      }
      w += 32;
      a += WORD_STEP;
      a1 += WORD_STEP;
      if (tokens > 2) a2 += WORD_STEP;
      if (tokens > 3) a3 += WORD_STEP;
    }
    const low = v128.load(w);
    const high = v128.load(w, 16);
    x = v128.load32_splat(a);
    low0 = f32x4.add(low0, scaled(i32x4.extadd_pairwise_i16x8_s(s0), low, x));
    high0 = f32x4.add(high0, scaled(i32x4.extadd_pairwise_i16x8_s(t0), high, x));
    a += 8;
    x = v128.load32_splat(a1);
    low1 = f32x4.add(low1, scaled(i32x4.extadd_pairwise_i16x8_s(s1), low, x));
    high1 = f32x4.add(high1, scaled(i32x4.extadd_pairwise_i16x8_s(t1), high, x));
    a1 += 8;
    if (tokens > 2) {
      x = v128.load32_splat(a2);
      low2 = f32x4.add(low2, scaled(i32x4.extadd_pairwise_i16x8_s(s2), low, x));
      high2 = f32x4.add(high2, scaled(i32x4.extadd_pairwise_i16x8_s(t2), high, x));
      a2 += 8;
    }
    if (tokens > 3) {
      x = v128.load32_splat(a3);
      low3 = f32x4.add(low3, scaled(i32x4.extadd_pairwise_i16x8_s(s3), low, x));
      high3 = f32x4.add(high3, scaled(i32x4.extadd_pairwise_i16x8_s(t3), high, x));
      a3 += 8;
    }
    w += 32;
  }
  putPanel(y, low0, high0, lanes, accumulate);
  putPanel(y + yStride, low1, high1, lanes, accumulate);
  if (tokens > 2) {
    putPanel(y + yStride * 2, low2, high2, lanes, accumulate);
  }
  if (tokens > 3) {
    putPanel(y + yStride * 3, low3, high3, lanes, accumulate);
  }
}

/** w: one panel of Q4_0 · a: m tokens, tokenBytes apart · y: m rows, yStride bytes apart, of which `lanes` (1…8) columns exist */
export function panelQ40(
  w: usize,
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
  else if (m == 1) gemv(w, a, y, k, lanes, accumulate);
}
