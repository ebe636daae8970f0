import { hmax } from '@gossamer/as-kit/assembly/inline/lanes';
import { PAGE } from './cache';
import { PAGE_BYTES, weighRow } from './scores';

/*
 * int8 pages multiplied as they are: queries and weights become i16, so that sums of products are whole numbers, the same in every
 * build. |q| ≤ 32767 and |k| ≤ 127 over D ≤ 512 columns stay below 2^31, as do weights ≤ 32767 over 64 tokens.
 */

/**
 * One page for the queries of up to a few tokens.
 * queries: (rows, dim) f32, rows = m·group · keys, values: of the page, scales behind the values · scores: (64) f32 of scratch
 * sums, state: as in `weigh` · visible: as in `weigh` · words: dim·2 + 128 bytes of scratch
 */
export function attendInt8(
  queries: usize,
  keys: usize,
  values: usize,
  scores: usize,
  sums: usize,
  state: usize,
  m: i32,
  group: i32,
  dim: i32,
  visible: i32,
  words: usize,
): void {
  const scales = values + <usize>(PAGE * dim);
  const bytes = <usize>dim << 2;
  for (let t = 0; t < m; t++) {
    const seen = min(visible + t + 1, PAGE);
    for (let g = 0; g < group; g++) {
      if (seen > 0) {
        const scale = toWords(queries, words, dim);
        scoreTokens(keys, words, scores, scales, scale, dim, seen);
        weighRow(scores, sums, state, dim, seen);
        const factor = weightsToWords(scores, scales + PAGE * 4, words);
        addValues(values, words, sums, factor, dim, seen);
      }
      queries += bytes;
      sums += bytes;
      state += 12;
    }
  }
}

/** A query as i16; returns what one unit is worth.   x: (n) f32, n a multiple of 8 · out: (n) i16 */
function toWords(x: usize, out: usize, n: i32): f32 {
  let most = f32x4.splat(0);
  for (let i = 0; i < n; i += 4) most = f32x4.max(most, f32x4.abs(v128.load(x + (<usize>i << 2))));
  const peak = hmax(most);
  const inverse: f32 = 32767 / peak;
  const factor = f32x4.splat(inverse < Infinity ? inverse : 0);
  for (let i = 0; i < n; i += 8) {
    const low = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(x), factor)));
    const high = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(x, 16), factor)));
    v128.store(out, i16x8.narrow_i32x4_s(low, high));
    x += 32;
    out += 16;
  }
  return peak / 32767;
}

/** scores[t] = q·k[t] for the first `seen` tokens, and some behind them. */
function scoreTokens(keys: usize, q: usize, scores: usize, scales: usize, scale: f32, dim: i32, seen: i32): void {
  const factor = f32x4.splat(scale);
  const pairs = dim >> 1;
  for (let t = 0; t < seen; t += 8) {
    let a = i32x4.splat(0), b = a, c = a, d = a;
    let at = q;
    for (let left = pairs; left > 0; left -= 4) {
      let pair = v128.load32_splat(at);
      a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load8x8_s(keys), pair));
      b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load8x8_s(keys, 8), pair));
      pair = v128.load32_splat(at, 4);
      c = i32x4.add(c, i32x4.dot_i16x8_s(v128.load8x8_s(keys, 16), pair));
      d = i32x4.add(d, i32x4.dot_i16x8_s(v128.load8x8_s(keys, 24), pair));
      pair = v128.load32_splat(at, 8);
      a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load8x8_s(keys, 32), pair));
      b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load8x8_s(keys, 40), pair));
      pair = v128.load32_splat(at, 12);
      c = i32x4.add(c, i32x4.dot_i16x8_s(v128.load8x8_s(keys, 48), pair));
      d = i32x4.add(d, i32x4.dot_i16x8_s(v128.load8x8_s(keys, 56), pair));
      keys += 64;
      at += 16;
    }
    const low = f32x4.convert_i32x4_s(i32x4.add(a, c));
    const high = f32x4.convert_i32x4_s(i32x4.add(b, d));
    v128.store(scores, f32x4.mul(low, f32x4.mul(v128.load(scales), factor)));
    v128.store(scores, f32x4.mul(high, f32x4.mul(v128.load(scales, 16), factor)), 16);
    scores += 32;
    scales += 32;
  }
}

/** Weights times the scales of the values as i16; returns what one unit is worth.   weights, scales: (64) f32 · out: (64) i16 */
function weightsToWords(weights: usize, scales: usize, out: usize): f32 {
  for (let at: usize = 0; at < PAGE_BYTES; at += 16) {
    v128.store(weights + at, f32x4.mul(v128.load(weights + at), v128.load(scales + at)));
  }
  return toWords(weights, out, PAGE);
}

/** sums += factor·Σ_t w[t]·v[t] */
function addValues(values: usize, w: usize, sums: usize, factor: f32, dim: i32, seen: i32): void {
  const unit = f32x4.splat(factor);
  const stride = <usize>dim << 1;
  const pairs = (seen + 1) >> 1;
  for (let c = 0; c < dim; c += 8) {
    let a = i32x4.splat(0), b = a;
    let at = values;
    let weight = w;
    for (let left = pairs; left > 0; left--) {
      const pair = v128.load32_splat(weight);
      a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load8x8_s(at), pair));
      b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load8x8_s(at, 8), pair));
      at += stride;
      weight += 4;
    }
    v128.store(sums, f32x4.add(v128.load(sums), f32x4.mul(f32x4.convert_i32x4_s(a), unit)));
    v128.store(sums, f32x4.add(v128.load(sums, 16), f32x4.mul(f32x4.convert_i32x4_s(b), unit)), 16);
    values += 16;
    sums += 32;
  }
}
