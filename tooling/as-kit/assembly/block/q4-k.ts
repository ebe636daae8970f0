import { held } from '../inline/held';
import { highTwice, lowTwice, putPanel, scaled } from '../inline/lanes';
import { evenTimes, evenTimesAdd, nibbles, oddTimes, oddTimesAdd, timesAdd, WORD_STEP } from '../inline/nibbles';
import { BLOCK, SUPER } from '../types';
import { SUPER_ACTIVATION, SUPER_SUMS } from './activation';
import { HEAD_BYTES } from './q4-matrix';

/*
 * Products of one panel of Q4_K with tokens, in integers over 256 columns: 32 columns are summed in i16 lanes, 16 products of at most
 * 15·127 in each; times their scale (below 64), and over 256 columns, that stays below 2^25, and the minima times Σq below 2^21.
 */

/** From the last words that are read here to the sums. */
const TO_SUMS: usize = SUPER_SUMS - WORD_STEP * 32;

/** d·dx·sums − dmin·dx·Σ minima·Σq for 4 rows.   w: a head behind its scales · a: a token at its sums · half: 0, or 8 for rows 4…7 */
// @ts-ignore: decorator
@inline
function superSum(w: usize, a: usize, sums: v128, half: usize): v128 {
  const least0 = i32x4.dot_i16x8_s(v128.load8x8_u(w + half), v128.load32_splat(a));
  const least1 = i32x4.dot_i16x8_s(v128.load8x8_u(w + half, 16), v128.load32_splat(a, 4));
  const least2 = i32x4.dot_i16x8_s(v128.load8x8_u(w + half, 32), v128.load32_splat(a, 8));
  const least3 = i32x4.dot_i16x8_s(v128.load8x8_u(w + half, 48), v128.load32_splat(a, 12));
  const least = i32x4.add(i32x4.add(least0, least1), i32x4.add(least2, least3));
  const scale = v128.load32_splat(a, 16);
  const at = w + half * 2;
  return f32x4.sub(scaled(sums, v128.load(at, 64), scale), scaled(least, v128.load(at, 96), scale));
}

/** One token.   w: one panel · a: the token · y: 8 rows. Two sums for each group of rows, since one waits for its last product. */
// @ts-ignore: decorator
@inline
function gemv(w: usize, a: usize, y: usize, k: i32, lanes: i32, accumulate: bool): void {
  const mask = held(0x0f0f0f0f, k);
  const none = f32x4.splat(0);
  let low = none, high = none;
  for (let left = k; left > 0; left -= SUPER) {
    let sums0 = none, sums1 = none;
    let factors = w;
    w += HEAD_BYTES;
    for (let c = 0; c < SUPER; c += BLOCK) {
      let x0 = none, x1 = none, x2 = none, x3 = none;
      let v = none, s0 = none, s1 = none, t0 = none, t1 = none;
      x0 = v128.load32_splat(a);
      x1 = v128.load32_splat(a, 4);
      if (!ASC_FEATURE_RELAXED_SIMD) {
        x2 = v128.load32_splat(a, 8);
        x3 = v128.load32_splat(a, 12);
      }
      v = v128.load(w);
      s0 = evenTimes(v, x0, x2, mask);
      t0 = oddTimes(v, x1, x3, mask);
      v = v128.load(w, 16);
      s1 = evenTimes(v, x0, x2, mask);
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
      v = v128.load8x8_u(factors);
      sums0 = i32x4.add(sums0, i32x4.dot_i16x8_s(i16x8.add(s0, t0), lowTwice(v)));
      sums1 = i32x4.add(sums1, i32x4.dot_i16x8_s(i16x8.add(s1, t1), highTwice(v)));
      factors += 8;
      w += 128;
      a += WORD_STEP * 4;
    }
    a += TO_SUMS;
    low = f32x4.add(low, superSum(factors, a, sums0, 0));
    high = f32x4.add(high, superSum(factors, a, sums1, 8));
    a += SUPER_ACTIVATION - SUPER_SUMS;
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
  for (let left = k; left > 0; left -= SUPER) {
    let i0 = none, j0 = none;
    let i1 = none, j1 = none;
    let i2 = none, j2 = none;
    let i3 = none, j3 = none;
    let factors = w;
    w += HEAD_BYTES;
    for (let c = 0; c < SUPER; c += BLOCK) {
      let s0 = none, t0 = none;
      let s1 = none, t1 = none;
      let s2 = none, t2 = none;
      let s3 = none, t3 = none;
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
      x = v128.load8x8_u(factors);
      p = lowTwice(x);
      q = highTwice(x);
      i0 = i32x4.add(i0, i32x4.dot_i16x8_s(s0, p));
      j0 = i32x4.add(j0, i32x4.dot_i16x8_s(t0, q));
      i1 = i32x4.add(i1, i32x4.dot_i16x8_s(s1, p));
      j1 = i32x4.add(j1, i32x4.dot_i16x8_s(t1, q));
      if (tokens > 2) {
        i2 = i32x4.add(i2, i32x4.dot_i16x8_s(s2, p));
        j2 = i32x4.add(j2, i32x4.dot_i16x8_s(t2, q));
      }
      if (tokens > 3) {
        i3 = i32x4.add(i3, i32x4.dot_i16x8_s(s3, p));
        j3 = i32x4.add(j3, i32x4.dot_i16x8_s(t3, q));
      }
      factors += 8;
    }
    a += TO_SUMS;
    low0 = f32x4.add(low0, superSum(factors, a, i0, 0));
    high0 = f32x4.add(high0, superSum(factors, a, j0, 8));
    a += SUPER_ACTIVATION - SUPER_SUMS;
    a1 += TO_SUMS;
    low1 = f32x4.add(low1, superSum(factors, a1, i1, 0));
    high1 = f32x4.add(high1, superSum(factors, a1, j1, 8));
    a1 += SUPER_ACTIVATION - SUPER_SUMS;
    if (tokens > 2) {
      a2 += TO_SUMS;
      low2 = f32x4.add(low2, superSum(factors, a2, i2, 0));
      high2 = f32x4.add(high2, superSum(factors, a2, j2, 8));
      a2 += SUPER_ACTIVATION - SUPER_SUMS;
    }
    if (tokens > 3) {
      a3 += TO_SUMS;
      low3 = f32x4.add(low3, superSum(factors, a3, i3, 0));
      high3 = f32x4.add(high3, superSum(factors, a3, j3, 8));
      a3 += SUPER_ACTIVATION - SUPER_SUMS;
    }
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

/** w: one panel of Q4_K · a: m tokens, tokenBytes apart · y: m rows, yStride bytes apart, of which `lanes` (1…8) columns exist */
export function panelQ4K(
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
