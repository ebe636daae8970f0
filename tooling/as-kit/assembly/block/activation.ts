import { WORD_STEP } from '../inline/nibbles';
import {
  magnitudeMask,
  nearHalf,
  peak4,
  peakOf,
  quantFactor,
  quantize4,
  quantizeAway4,
  quantRounder,
  quantScale,
  signMask,
} from '../inline/quant';
import { BLOCK, Q4_0, SUPER } from '../types';

/*
 * Quantised activations x (m, k), one token after the other; q are the int8 columns of a token, −127…127.
 *
 * Q4_0, per 32 columns (relaxed 40 bytes, simd 72), scale = max|x|/127, q rounded half away from zero as ggml's Q8_0:
 *   words  · f32 scale · two i16: −8·Σ of the q that meet the even i16 lanes of the kernels (columns c with c % 4 < 2), −8·Σ of the others
 * Q4_K and Q6_K, per 256 columns (relaxed 340 bytes, simd 1108), q rounded half to even as ggml's Q8_K, but the scale positive:
 *   words · per 16 columns two i16: −32·Σ of the q with c % 4 < 2, −32·Σ of the others · per 32 columns one i16: Σ q · f32 scale
 *
 * words, relaxed: the q as bytes, in order: 4 bytes, splat, meet 4 columns of every row.
 * words, simd: i16 that are multiplied modulo 2^16 with weights as they lie in an i16 lane, so that weights need shifts but no
 *   masks. Each pair (two i16, splat) meets two columns of every row; the columns below count from a multiple of 8 or 4.
 *   4-bit words, 4 pairs per 8 columns: lane = n0 + 16·n1 + 256·n2 + 4096·n3 holds columns 0, 4, 1, 5 (or 2, 6, 3, 7), and
 *     n0·x0 + n1·x1 + n2·x2 + n3·x3 = lane·x0 + (lane >> 4)·(x1 − 16·x0) + (lane >> 8)·(x2 − 16·x1) + (lane >> 12)·(x3 − 16·x2):
 *     pairs (q0, q2), (q4, q6) − 16·(q0, q2), (q1, q3) − 16·(q4, q6), (q5, q7) − 16·(q1, q3).
 *   8-bit words, 2 pairs per 4 columns: lane = b0 + 256·b1 holds columns 0, 1 (or 2, 3): pairs (q0, q2), (q1, q3) − 256·(q0, q2).
 *   Q4_0 has the 4-bit words, 64 bytes; the K types have the 4-bit words, 512 bytes, then the 8-bit words, 512 bytes.
 *   A sum is right when it fits into i16 at the end, whatever its partial sums did.
 *
 * A NaN or an infinity makes the scale NaN, which shows in every product.
 */

/** Bytes of the words of 32 columns (Q4_0). */
const WORDS: usize = WORD_STEP * 4;
/** Bytes of the words of 256 columns (K types). */
const SUPER_WORDS: usize = ASC_FEATURE_RELAXED_SIMD ? 256 : 1024;

/** Bytes of 32 quantised columns for Q4_0. */
export const BLOCK_ACTIVATION: usize = WORDS + 8;
/** Where the offsets of Q6_K, the sums of Q4_K and the scale stand in 256 quantised columns for the K types. */
export const SUPER_OFFSETS: usize = SUPER_WORDS;
export const SUPER_SUMS: usize = SUPER_OFFSETS + 64;
export const SUPER_SCALE: usize = SUPER_SUMS + 16;
export const SUPER_ACTIVATION: usize = SUPER_SCALE + 4;

/** Bytes of one quantised token. */
export function blockTokenBytes(type: i32, k: i32): usize {
  return type == Q4_0 ? <usize>(k / BLOCK) * BLOCK_ACTIVATION : <usize>(k / SUPER) * SUPER_ACTIVATION;
}

/** Bytes of m quantised tokens of k columns. */
export function blockActivationBytes(type: i32, m: i32, k: i32): usize {
  return <usize>m * blockTokenBytes(type, k);
}

/** x: (m, k) f32 · out: blockActivationBytes(type, m, k) */
export function blockQuantize(x: usize, type: i32, m: i32, k: i32, out: usize): void {
  if (type == Q4_0) quantizeBlocks(x, m * (k / BLOCK), out);
  else quantizeSupers(x, m * (k / SUPER), out);
}

function quantizeBlocks(x: usize, blocks: i32, out: usize): void {
  const mask = magnitudeMask(blocks);
  const sign = signMask(blocks);
  const half = nearHalf(blocks);
  const rounder = quantRounder(blocks);
  for (; blocks > 0; blocks--) {
    const scale = quantScale(peakOf(peaks32(x, mask)));
    const inverse: f32 = 1 / scale;
    const factor = f32x4.splat(inverse < Infinity ? inverse : 0);
    let even = i16x8.splat(0);
    for (let c: usize = 0; c < 32; c += 8) {
      const low = quantizeAway4(v128.load(x), factor, sign, half, rounder);
      const high = quantizeAway4(v128.load(x, 16), factor, sign, half, rounder);
      const q = i16x8.narrow_i32x4_s(low, high);
      even = i16x8.add(even, q);
      storeNibbleWords(out, q);
      x += 32;
      out += WORD_STEP;
    }
    store<f32>(out, scale);
    store<i32>(out, pairOf(even, -8), 4);
    out += 8;
  }
}

function quantizeSupers(x: usize, supers: i32, out: usize): void {
  const mask = magnitudeMask(supers);
  const rounder = quantRounder(supers);
  for (; supers > 0; supers--) {
    let peaks = i32x4.splat(0);
    for (let c: usize = 0; c < 256; c += 32) peaks = i32x4.max_s(peaks, peaks32(x + (c << 2), mask));
    const peak = peakOf(peaks);
    const factor = f32x4.splat(quantFactor(peak));
    let words = out;
    let offsets = out + SUPER_OFFSETS;
    let last = 0;
    for (let c = 0; c < SUPER; c += 16) {
      let sums = i16x8.splat(0);
      for (let half = 0; half < 2; half++) {
        const low = quantize4(v128.load(x), factor, rounder);
        const high = quantize4(v128.load(x, 16), factor, rounder);
        const q = i16x8.narrow_i32x4_s(low, high);
        sums = i16x8.add(sums, q);
        storeNibbleWords(words, q);
        if (!ASC_FEATURE_RELAXED_SIMD) storeByteWords(words + 512, q);
        x += 32;
        words += WORD_STEP;
      }
      store<i32>(offsets, pairOf(sums, -32));
      const total = i32x4.dot_i16x8_s(sums, i16x8.splat(1));
      const sum = i32x4.extract_lane(total, 0) + i32x4.extract_lane(total, 1) + i32x4.extract_lane(total, 2) +
        i32x4.extract_lane(total, 3);
      if (c & 16) store<i16>(out + <usize>(c >> 5 << 1), last + sum, SUPER_SUMS);
      last = sum;
      offsets += 4;
    }
    store<f32>(out, quantScale(peak), SUPER_SCALE);
    out += SUPER_ACTIVATION;
  }
}

/** The largest magnitudes of 32 columns in four lanes. */
// @ts-ignore: decorator
@inline
function peaks32(x: usize, mask: v128): v128 {
  let peaks = i32x4.splat(0);
  for (let at: usize = 0; at < 128; at += 32) {
    peaks = peak4(peaks, v128.load(x + at), mask);
    peaks = peak4(peaks, v128.load(x + at, 16), mask);
  }
  return peaks;
}

/** factor·(v0 + v1 + v4 + v5), factor·(v2 + v3 + v6 + v7) as two i16. */
// @ts-ignore: decorator
@inline
function pairOf(v: v128, factor: i16): i32 {
  const sums = i32x4.dot_i16x8_s(v, i16x8.splat(factor));
  const both = i32x4.add(sums, i32x4.shuffle(sums, sums, 2, 3, 0, 1));
  return (i32x4.extract_lane(both, 0) & 0xffff) | (i32x4.extract_lane(both, 1) << 16);
}

/** The words of 8 columns for 4-bit weights. */
// @ts-ignore: decorator
@inline
function storeNibbleWords(at: usize, q: v128): void {
  if (ASC_FEATURE_RELAXED_SIMD) {
    v128.store64_lane(at, i8x16.narrow_i16x8_s(q, q), 0);
  } else {
    const pairs = i16x8.shuffle(q, q, 0, 2, 4, 6, 1, 3, 5, 7);
    const before = i32x4.shuffle(i32x4.splat(0), pairs, 0, 4, 5, 6);
    v128.store(at, i16x8.sub(pairs, i16x8.shl(before, 4)));
  }
}

/** The words of 8 columns for weights of a byte. */
// @ts-ignore: decorator
@inline
function storeByteWords(at: usize, q: v128): void {
  const pairs = i16x8.shuffle(q, q, 0, 2, 1, 3, 4, 6, 5, 7);
  const before = i32x4.shuffle(i32x4.splat(0), pairs, 0, 4, 0, 6);
  v128.store(at, i16x8.sub(pairs, i16x8.shl(before, 8)));
}
