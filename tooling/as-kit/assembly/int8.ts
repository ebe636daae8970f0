import { hmax, putPanel } from './inline/lanes';
import { quantFactor, quantize4 } from './inline/quant';
import { loadColumns } from './inline/source';
import { paddedColumns, panelBytes } from './matrix';
import { BLOCK, F32, PANEL, Q8_ROW } from './types';

/*
 * Quantised activations, m tokens: first 2 bytes per padded column and token, then the f32 scales, one per token (Q8_ROW) or
 * one per token and 32 columns (Q8_32). Every 4 columns take 8 bytes:
 *   simd: four i16. relaxed: four bytes |q|, then four bytes 0 or −1, the mask that moves q's sign onto the weights, since
 *   the second operand of the relaxed dot may only be 0…127.
 * Sums are exact in i32: 2^17 columns of at most 127·127 stay below 2^31, and a pair of products, 2·127·127, below 2^15.
 */

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
  let scale = q + <usize>m * (<usize>columns << 1);
  for (let i = 0; i < m; i++) {
    for (let c0 = 0; c0 < columns; c0 += span) {
      const end = min(k, c0 + span);
      let peaks = f32x4.splat(0);
      for (let c = c0; c < end; c += 4) peaks = f32x4.max(peaks, f32x4.abs(loadColumns(x, F32, c, k)));
      const peak = hmax(peaks);
      const factor = f32x4.splat(quantFactor(peak));
      for (let c = c0; c < c0 + span; c += 4) {
        const lanes = c < end ? quantize4(loadColumns(x, F32, c, k), factor) : i32x4.splat(0);
        storeActivation(q, lanes);
        q += 8;
      }
      store<f32>(scale, peak / 127);
      scale += 4;
    }
    x += <usize>k << 2;
  }
}

// @ts-ignore: decorator
@inline
function storeActivation(at: usize, lanes: v128): void {
  const words = i16x8.narrow_i32x4_s(lanes, lanes);
  if (ASC_FEATURE_RELAXED_SIMD) {
    const magnitude = i8x16.narrow_i16x8_s(i16x8.abs(words), words);
    const mask = i8x16.narrow_i16x8_s(i16x8.shr_s(words, 15), words);
    v128.store64_lane(at, i32x4.shuffle(magnitude, mask, 0, 4, 0, 4), 0);
  } else {
    v128.store64_lane(at, words, 0);
  }
}

/**
 * y[i·ldy + r] (+)= Σ_c x[i, c]·w[r, c] for the rows of some panels.
 * w: packed panels of an int8 type · q: quantised tokens · y: (m, ≥ ldy)
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
  const bytes = panelBytes(type, k);
  const tokenBytes = <usize>columns << 1;
  const scales = q + <usize>m * tokenBytes;
  const scaleBytes: usize = type == Q8_ROW ? 4 : (<usize>(columns / BLOCK)) << 2;
  for (let p = panel0; p < panel0 + panels; p++) {
    const lanes = min(PANEL, n - p * PANEL);
    for (let i = 0; i < m; i++) {
      const at = y + (<usize>i * <usize>ldy << 2) + (<usize>p << 5);
      const token = q + tokenBytes * i;
      const scale = scales + scaleBytes * i;
      panelDot(w + bytes * p, token, scale, at, type == Q8_ROW ? columns : BLOCK, columns, lanes, accumulate);
    }
  }
}

function panelDot(w: usize, q: usize, scale: usize, y: usize, span: i32, columns: i32, lanes: i32, accumulate: bool): void {
  let low = f32x4.splat(0);
  let high = f32x4.splat(0);
  for (let c0 = 0; c0 < columns; c0 += span) {
    let a0 = i32x4.splat(0), a1 = i32x4.splat(0), a2 = i32x4.splat(0), a3 = i32x4.splat(0);
    const end = q + (<usize>span << 1);
    for (; q < end; q += 8) {
      if (ASC_FEATURE_RELAXED_SIMD) {
        const v = v128.load32_splat(q);
        const mask = v128.load32_splat(q, 4);
        a0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(i8x16.sub(v128.xor(v128.load(w), mask), mask), v, a0);
        a1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(i8x16.sub(v128.xor(v128.load(w, 16), mask), mask), v, a1);
      } else {
        const v = v128.load64_splat(q);
        a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v128.load8x8_s(w), v));
        a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v128.load8x8_s(w, 8), v));
        a2 = i32x4.add(a2, i32x4.dot_i16x8_s(v128.load8x8_s(w, 16), v));
        a3 = i32x4.add(a3, i32x4.dot_i16x8_s(v128.load8x8_s(w, 24), v));
      }
      w += 32;
    }
    if (!ASC_FEATURE_RELAXED_SIMD) {
      a0 = i32x4.add(i32x4.shuffle(a0, a1, 0, 2, 4, 6), i32x4.shuffle(a0, a1, 1, 3, 5, 7));
      a1 = i32x4.add(i32x4.shuffle(a2, a3, 0, 2, 4, 6), i32x4.shuffle(a2, a3, 1, 3, 5, 7));
    }
    const s = v128.load32_splat(scale);
    low = f32x4.add(low, f32x4.mul(f32x4.convert_i32x4_s(a0), f32x4.mul(v128.load(w), s)));
    high = f32x4.add(high, f32x4.mul(f32x4.convert_i32x4_s(a1), f32x4.mul(v128.load(w, 16), s)));
    w += 32;
    scale += 4;
  }
  putPanel(y, low, high, lanes, accumulate);
}
