import { magnitudeMask, peak4, peakOf, quantFactor, quantize4, quantRounder, quantScale } from './inline/quant';
import { loadColumns } from './inline/source';
import { fourTokensDirect, fourTokensSplit, hasDirectDot, oneTokenDirect, oneTokenSplit } from './int8-relaxed';
import { oneTokenSimd, twoTokens } from './int8-simd';
import { paddedColumns, panelBytes } from './matrix';
import { BLOCK, F32, PANEL, Q8_ROW } from './types';

/*
 * Quantised activations, m tokens: first 2 bytes per padded column and token, then the f32 scales, one per token (Q8_ROW) or
 * one per token and 32 columns (Q8_32). Every 4 columns take 8 bytes:
 *   simd: four i16. relaxed: four bytes |q|, then four bytes 0 or −1, the mask that moves q's sign onto the weights, since
 *   the second operand of the relaxed dot may only be 0…127.
 * Sums are exact in i32: 2^17 columns of at most 127·127 stay below 2^31, and a pair of products, 2·127·127, below 2^15.
 */

/** Tokens that share the loads of a panel. */
const GROUP: i32 = ASC_FEATURE_RELAXED_SIMD ? 4 : 2;

/** Bytes of m quantised tokens of k columns. */
export function quantizedBytes(type: i32, m: i32, k: i32): usize {
  const columns = <usize>paddedColumns(k);
  const scales: usize = type == Q8_ROW ? 1 : columns / BLOCK;
  return <usize>m * (columns * 2 + scales * 4);
}

/** x: (m, k) f32 · q: quantizedBytes(type, m, k) */
export function quantizeTokens(x: usize, type: i32, m: i32, k: i32, q: usize): void {
  const columns = paddedColumns(k);
  const span = type == Q8_ROW ? columns : BLOCK;
  const rounder = quantRounder(k);
  const mask = magnitudeMask(k);
  let scale = q + <usize>m * (<usize>columns << 1);
  for (let i = 0; i < m; i++) {
    for (let c0 = 0; c0 < columns; c0 += span) {
      let peaks = i32x4.splat(0);
      for (let c = c0; c < c0 + span; c += 8) {
        peaks = peak4(peaks, loadColumns(x, F32, c, k), mask);
        peaks = peak4(peaks, loadColumns(x, F32, c + 4, k), mask);
      }
      const peak = peakOf(peaks);
      const factor = f32x4.splat(quantFactor(peak));
      for (let c = c0; c < c0 + span; c += 8) {
        const low = quantize4(loadColumns(x, F32, c, k), factor, rounder);
        const high = quantize4(loadColumns(x, F32, c + 4, k), factor, rounder);
        storeActivations(q, i16x8.narrow_i32x4_s(low, high));
        q += 16;
      }
      store<f32>(scale, quantScale(peak));
      scale += 4;
    }
    x += <usize>k << 2;
  }
}

/** Eight columns of a token. */
// @ts-ignore: decorator
@inline
function storeActivations(at: usize, words: v128): void {
  if (ASC_FEATURE_RELAXED_SIMD) {
    const magnitude = i8x16.narrow_i16x8_s(i16x8.abs(words), words);
    const sign = i8x16.narrow_i16x8_s(i16x8.shr_s(words, 15), words);
    v128.store(at, i32x4.shuffle(magnitude, sign, 0, 4, 1, 5));
  } else {
    v128.store(at, words);
  }
}

/**
 * y[i·ldy + r] (+)= Σ_c x[i, c]·w[r, c] for the rows of some panels.
 * w: packed panels of an int8 type · q: quantised tokens · y: (m, ≥ n)
 */
export function matmulInt8(
  w: usize,
  type: i32,
  q: usize,
  y: usize,
  m: i32,
  n: i32,
  k: i32,
  ldy: i32,
  panel0: i32,
  panels: i32,
  accumulate: bool,
): void {
  const columns = paddedColumns(k);
  const span = type == Q8_ROW ? columns : BLOCK;
  const bytes = panelBytes(type, k);
  const tokenBytes = <usize>columns << 1;
  const scaleBytes = <usize>(columns / span) << 2;
  const yStride = <usize>ldy << 2;
  let direct = false;
  if (ASC_FEATURE_RELAXED_SIMD) direct = hasDirectDot(columns);
  w += bytes * panel0;
  const last = w + bytes * panels - 1;
  for (let p = panel0; p < panel0 + panels; p++) {
    const lanes = min(PANEL, n - p * PANEL);
    let token = q;
    let scale = q + tokenBytes * m;
    let yp = y + (<usize>p << 5);
    let left = m;
    for (; left >= GROUP; left -= GROUP) {
      tokenGroup(direct, w, token, tokenBytes, scale, scaleBytes, yp, yStride, span, columns, lanes, accumulate);
      token += tokenBytes * GROUP;
      scale += scaleBytes * GROUP;
      yp += yStride * GROUP;
    }
    for (; left > 0; left--) {
      oneToken(direct, w, last, token, scale, yp, span, columns, lanes, accumulate);
      token += tokenBytes;
      scale += scaleBytes;
      yp += yStride;
    }
    w += bytes;
  }
}

function tokenGroup(
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
  if (ASC_FEATURE_RELAXED_SIMD) {
    if (direct) fourTokensDirect(w, q, tokenBytes, scale, scaleBytes, y, yStride, span, columns, lanes, accumulate);
    else fourTokensSplit(w, q, tokenBytes, scale, scaleBytes, y, yStride, span, columns, lanes, accumulate);
  } else {
    twoTokens(w, q, tokenBytes, scale, scaleBytes, y, yStride, span, columns, lanes, accumulate);
  }
}

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
  if (ASC_FEATURE_RELAXED_SIMD) {
    if (direct) oneTokenDirect(w, last, q, scale, y, span, columns, lanes, accumulate);
    else oneTokenSplit(w, last, q, scale, y, span, columns, lanes, accumulate);
  } else {
    oneTokenSimd(w, last, q, scale, y, span, columns, lanes, accumulate);
  }
}
