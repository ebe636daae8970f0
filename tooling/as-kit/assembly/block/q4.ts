import { held } from '../inline/held';
import { highTwice, lowTwice, putPanel, scaled } from '../inline/lanes';
import { BLOCK, Q4_0, Q4_K, SUPER } from '../types';
import { SUPER_ACTIVATION, SUPER_SUMS } from './activation';

/*
 * Products of one panel of 4-bit weights with 1…4 tokens. A vector holds 8 columns of 4 rows. Sums of 32 columns stand in i16
 * lanes, two per row: 16 products of at most 15·127 are 30480 (Q4_0 starts from −8·Σq, so that no partial sum passes 16256).
 * Q4_K stays in integers over 256 columns: 256·15·127·63 < 2^25, with the minima 256·127·63 < 2^21.
 */

/** Bytes of the words of 8 columns. */
const STEP: usize = ASC_FEATURE_RELAXED_SIMD ? 8 : 16;
/** Bytes of the words of 256 columns. */
const SUPER_WORDS: usize = STEP * 32;

/** The j-th operand in a vector of weights, to be multiplied with the j-th word. mask: 0x0f in every byte */
// @ts-ignore: decorator
@inline
function part(v: v128, j: i32, mask: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.and(j == 0 ? v : i16x8.shr_u(v, 4), mask);
  return j == 0 ? v : i16x8.shr_u(v, j << 2);
}

// @ts-ignore: decorator
@inline
function mulAdd(x: v128, w: v128, sums: v128): v128 {
  return i16x8.add(sums, ASC_FEATURE_RELAXED_SIMD ? i16x8.relaxed_dot_i8x16_i7x16_s(x, w) : i16x8.mul(x, w));
}

/** sums + the products of 8 columns.   x0 … x3: their words, of which the relaxed build has two */
// @ts-ignore: decorator
@inline
function columns8(v: v128, x0: v128, x1: v128, x2: v128, x3: v128, mask: v128, sums: v128): v128 {
  sums = mulAdd(x1, part(v, 1, mask), mulAdd(x0, part(v, 0, mask), sums));
  if (ASC_FEATURE_RELAXED_SIMD) return sums;
  return mulAdd(x3, part(v, 3, mask), mulAdd(x2, part(v, 2, mask), sums));
}

/** One token.   w: one panel · a: the token · y: 8 rows */
// @ts-ignore: decorator
@inline
function gemv(type: i32, w: usize, a: usize, y: usize, k: i32, lanes: i32, accumulate: bool): void {
  const mask = held(0x0f0f0f0f, k);
  const none = f32x4.splat(0);
  let low = none, high = none;
  const span = type == Q4_0 ? BLOCK : SUPER;
  for (let c0 = 0; c0 < k; c0 += span) {
    let p = none, q = none;
    let factors = w;
    for (let c = 0; c < span; c += BLOCK) {
      let s = none, t = none;
      if (type == Q4_0) s = t = v128.load32_splat(a, STEP * 4 + 4);
      let x0 = none, x1 = none, x2 = none, x3 = none;
      x0 = v128.load32_splat(a, STEP * 0);
      x1 = v128.load32_splat(a, STEP * 0 + 4);
      if (!ASC_FEATURE_RELAXED_SIMD) {
        x2 = v128.load32_splat(a, STEP * 0 + 8);
        x3 = v128.load32_splat(a, STEP * 0 + 12);
      }
      s = columns8(v128.load(w, 0), x0, x1, x2, x3, mask, s);
      t = columns8(v128.load(w, 16), x0, x1, x2, x3, mask, t);
      x0 = v128.load32_splat(a, STEP * 1);
      x1 = v128.load32_splat(a, STEP * 1 + 4);
      if (!ASC_FEATURE_RELAXED_SIMD) {
        x2 = v128.load32_splat(a, STEP * 1 + 8);
        x3 = v128.load32_splat(a, STEP * 1 + 12);
      }
      s = columns8(v128.load(w, 32), x0, x1, x2, x3, mask, s);
      t = columns8(v128.load(w, 48), x0, x1, x2, x3, mask, t);
      x0 = v128.load32_splat(a, STEP * 2);
      x1 = v128.load32_splat(a, STEP * 2 + 4);
      if (!ASC_FEATURE_RELAXED_SIMD) {
        x2 = v128.load32_splat(a, STEP * 2 + 8);
        x3 = v128.load32_splat(a, STEP * 2 + 12);
      }
      s = columns8(v128.load(w, 64), x0, x1, x2, x3, mask, s);
      t = columns8(v128.load(w, 80), x0, x1, x2, x3, mask, t);
      x0 = v128.load32_splat(a, STEP * 3);
      x1 = v128.load32_splat(a, STEP * 3 + 4);
      if (!ASC_FEATURE_RELAXED_SIMD) {
        x2 = v128.load32_splat(a, STEP * 3 + 8);
        x3 = v128.load32_splat(a, STEP * 3 + 12);
      }
      s = columns8(v128.load(w, 96), x0, x1, x2, x3, mask, s);
      t = columns8(v128.load(w, 112), x0, x1, x2, x3, mask, t);
      if (type == Q4_0) {
        const scale = v128.load32_splat(a, STEP * 4);
        low = f32x4.add(low, scaled(i32x4.extadd_pairwise_i16x8_s(s), v128.load(w, 128), scale));
        high = f32x4.add(high, scaled(i32x4.extadd_pairwise_i16x8_s(t), v128.load(w, 144), scale));
        w += 160;
        a += STEP * 4 + 8;
      } else {
        const factor = v128.load8x8_u(factors, 1024);
        p = i32x4.add(p, i32x4.dot_i16x8_s(s, lowTwice(factor)));
        q = i32x4.add(q, i32x4.dot_i16x8_s(t, highTwice(factor)));
        factors += 8;
        w += 128;
        a += STEP * 4;
      }
    }
    if (type == Q4_K) {
      a += SUPER_SUMS - SUPER_WORDS;
      low = f32x4.add(low, superSum(w, a, p, 0));
      high = f32x4.add(high, superSum(w, a, q, 8));
      w += 192;
      a += SUPER_ACTIVATION - SUPER_SUMS;
    }
  }
  putPanel(y, low, high, lanes, accumulate);
}

/** d·dx·sums − dmin·dx·Σ minima·Σq for 4 rows.   w: behind the 1024 bytes of columns · a: a token at the sums · half: 0, or 8 for rows 4…7 */
// @ts-ignore: decorator
@inline
function superSum(w: usize, a: usize, sums: v128, half: usize): v128 {
  const least0 = i32x4.dot_i16x8_s(v128.load8x8_u(w + half, 64), v128.load32_splat(a));
  const least1 = i32x4.dot_i16x8_s(v128.load8x8_u(w + half, 80), v128.load32_splat(a, 4));
  const least2 = i32x4.dot_i16x8_s(v128.load8x8_u(w + half, 96), v128.load32_splat(a, 8));
  const least3 = i32x4.dot_i16x8_s(v128.load8x8_u(w + half, 112), v128.load32_splat(a, 12));
  const least = i32x4.add(i32x4.add(least0, least1), i32x4.add(least2, least3));
  const scale = v128.load32_splat(a, 16);
  const at = w + half * 2;
  return f32x4.sub(scaled(sums, v128.load(at, 128), scale), scaled(least, v128.load(at, 160), scale));
}

/** w: one panel · a: `tokens` (a constant, 2…4) tokens, tokenBytes apart · y: as many rows, yStride bytes apart */
// @ts-ignore: decorator
@inline
function tile(
  type: i32,
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
  const span = type == Q4_0 ? BLOCK : SUPER;
  for (let c0 = 0; c0 < k; c0 += span) {
    let i0 = none, j0 = none;
    let i1 = none, j1 = none;
    let i2 = none, j2 = none;
    let i3 = none, j3 = none;
    let factors = w;
    for (let c = 0; c < span; c += BLOCK) {
      let s0 = none, t0 = none;
      let s1 = none, t1 = none;
      let s2 = none, t2 = none;
      let s3 = none, t3 = none;
      if (type == Q4_0) {
        s0 = t0 = v128.load32_splat(a, STEP * 4 + 4);
        s1 = t1 = v128.load32_splat(a1, STEP * 4 + 4);
        if (tokens > 2) s2 = t2 = v128.load32_splat(a2, STEP * 4 + 4);
        if (tokens > 3) s3 = t3 = v128.load32_splat(a3, STEP * 4 + 4);
      }
      for (let left = 4; left > 0; left--) {
        const v = v128.load(w);
        const u = v128.load(w, 16);
        let p = none, q = none, x = none;
        p = part(v, 0, mask);
        q = part(u, 0, mask);
        x = v128.load32_splat(a, 0);
        s0 = mulAdd(x, p, s0);
        t0 = mulAdd(x, q, t0);
        x = v128.load32_splat(a1, 0);
        s1 = mulAdd(x, p, s1);
        t1 = mulAdd(x, q, t1);
        if (tokens > 2) {
          x = v128.load32_splat(a2, 0);
          s2 = mulAdd(x, p, s2);
          t2 = mulAdd(x, q, t2);
        }
        if (tokens > 3) {
          x = v128.load32_splat(a3, 0);
          s3 = mulAdd(x, p, s3);
          t3 = mulAdd(x, q, t3);
        }
        p = part(v, 1, mask);
        q = part(u, 1, mask);
        x = v128.load32_splat(a, 4);
        s0 = mulAdd(x, p, s0);
        t0 = mulAdd(x, q, t0);
        x = v128.load32_splat(a1, 4);
        s1 = mulAdd(x, p, s1);
        t1 = mulAdd(x, q, t1);
        if (tokens > 2) {
          x = v128.load32_splat(a2, 4);
          s2 = mulAdd(x, p, s2);
          t2 = mulAdd(x, q, t2);
        }
        if (tokens > 3) {
          x = v128.load32_splat(a3, 4);
          s3 = mulAdd(x, p, s3);
          t3 = mulAdd(x, q, t3);
        }
        if (!ASC_FEATURE_RELAXED_SIMD) {
          p = part(v, 2, mask);
          q = part(u, 2, mask);
          x = v128.load32_splat(a, 8);
          s0 = mulAdd(x, p, s0);
          t0 = mulAdd(x, q, t0);
          x = v128.load32_splat(a1, 8);
          s1 = mulAdd(x, p, s1);
          t1 = mulAdd(x, q, t1);
          if (tokens > 2) {
            x = v128.load32_splat(a2, 8);
            s2 = mulAdd(x, p, s2);
            t2 = mulAdd(x, q, t2);
          }
          if (tokens > 3) {
            x = v128.load32_splat(a3, 8);
            s3 = mulAdd(x, p, s3);
            t3 = mulAdd(x, q, t3);
          }
          p = part(v, 3, mask);
          q = part(u, 3, mask);
          x = v128.load32_splat(a, 12);
          s0 = mulAdd(x, p, s0);
          t0 = mulAdd(x, q, t0);
          x = v128.load32_splat(a1, 12);
          s1 = mulAdd(x, p, s1);
          t1 = mulAdd(x, q, t1);
          if (tokens > 2) {
            x = v128.load32_splat(a2, 12);
            s2 = mulAdd(x, p, s2);
            t2 = mulAdd(x, q, t2);
          }
          if (tokens > 3) {
            x = v128.load32_splat(a3, 12);
            s3 = mulAdd(x, p, s3);
            t3 = mulAdd(x, q, t3);
          }
        }
        w += 32;
        a += STEP;
        a1 += STEP;
        if (tokens > 2) a2 += STEP;
        if (tokens > 3) a3 += STEP;
      }
      if (type == Q4_0) {
        const low = v128.load(w);
        const high = v128.load(w, 16);
        let scale = none;
        scale = v128.load32_splat(a);
        low0 = f32x4.add(low0, scaled(i32x4.extadd_pairwise_i16x8_s(s0), low, scale));
        high0 = f32x4.add(high0, scaled(i32x4.extadd_pairwise_i16x8_s(t0), high, scale));
        a += 8;
        scale = v128.load32_splat(a1);
        low1 = f32x4.add(low1, scaled(i32x4.extadd_pairwise_i16x8_s(s1), low, scale));
        high1 = f32x4.add(high1, scaled(i32x4.extadd_pairwise_i16x8_s(t1), high, scale));
        a1 += 8;
        if (tokens > 2) {
          scale = v128.load32_splat(a2);
          low2 = f32x4.add(low2, scaled(i32x4.extadd_pairwise_i16x8_s(s2), low, scale));
          high2 = f32x4.add(high2, scaled(i32x4.extadd_pairwise_i16x8_s(t2), high, scale));
          a2 += 8;
        }
        if (tokens > 3) {
          scale = v128.load32_splat(a3);
          low3 = f32x4.add(low3, scaled(i32x4.extadd_pairwise_i16x8_s(s3), low, scale));
          high3 = f32x4.add(high3, scaled(i32x4.extadd_pairwise_i16x8_s(t3), high, scale));
          a3 += 8;
        }
        w += 32;
      } else {
        const factor = v128.load8x8_u(factors, 1024);
        const low = lowTwice(factor);
        const high = highTwice(factor);
        i0 = i32x4.add(i0, i32x4.dot_i16x8_s(s0, low));
        j0 = i32x4.add(j0, i32x4.dot_i16x8_s(t0, high));
        i1 = i32x4.add(i1, i32x4.dot_i16x8_s(s1, low));
        j1 = i32x4.add(j1, i32x4.dot_i16x8_s(t1, high));
        if (tokens > 2) {
          i2 = i32x4.add(i2, i32x4.dot_i16x8_s(s2, low));
          j2 = i32x4.add(j2, i32x4.dot_i16x8_s(t2, high));
        }
        if (tokens > 3) {
          i3 = i32x4.add(i3, i32x4.dot_i16x8_s(s3, low));
          j3 = i32x4.add(j3, i32x4.dot_i16x8_s(t3, high));
        }
        factors += 8;
      }
    }
    if (type == Q4_K) {
      a += SUPER_SUMS - SUPER_WORDS;
      low0 = f32x4.add(low0, superSum(w, a, i0, 0));
      high0 = f32x4.add(high0, superSum(w, a, j0, 8));
      a += SUPER_ACTIVATION - SUPER_SUMS;
      a1 += SUPER_SUMS - SUPER_WORDS;
      low1 = f32x4.add(low1, superSum(w, a1, i1, 0));
      high1 = f32x4.add(high1, superSum(w, a1, j1, 8));
      a1 += SUPER_ACTIVATION - SUPER_SUMS;
      if (tokens > 2) {
        a2 += SUPER_SUMS - SUPER_WORDS;
        low2 = f32x4.add(low2, superSum(w, a2, i2, 0));
        high2 = f32x4.add(high2, superSum(w, a2, j2, 8));
        a2 += SUPER_ACTIVATION - SUPER_SUMS;
      }
      if (tokens > 3) {
        a3 += SUPER_SUMS - SUPER_WORDS;
        low3 = f32x4.add(low3, superSum(w, a3, i3, 0));
        high3 = f32x4.add(high3, superSum(w, a3, j3, 8));
        a3 += SUPER_ACTIVATION - SUPER_SUMS;
      }
      w += 192;
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
    tile(Q4_0, 4, w, a, tokenBytes, y, yStride, k, lanes, accumulate);
    a += tokenBytes * 4;
    y += yStride * 4;
  }
  if (m == 3) tile(Q4_0, 3, w, a, tokenBytes, y, yStride, k, lanes, accumulate);
  else if (m == 2) tile(Q4_0, 2, w, a, tokenBytes, y, yStride, k, lanes, accumulate);
  else if (m == 1) gemv(Q4_0, w, a, y, k, lanes, accumulate);
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
    tile(Q4_K, 4, w, a, tokenBytes, y, yStride, k, lanes, accumulate);
    a += tokenBytes * 4;
    y += yStride * 4;
  }
  if (m == 3) tile(Q4_K, 3, w, a, tokenBytes, y, yStride, k, lanes, accumulate);
  else if (m == 2) tile(Q4_K, 2, w, a, tokenBytes, y, yStride, k, lanes, accumulate);
  else if (m == 1) gemv(Q4_K, w, a, y, k, lanes, accumulate);
}
