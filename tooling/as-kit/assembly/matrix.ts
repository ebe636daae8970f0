import { decodeF16, encodeBf16, encodeF16 } from './inline/halves';
import { magnitudeMask, peak4, peakOf, quantFactor, quantize4, quantRounder, quantScale } from './inline/quant';
import { floatShift, loadColumns } from './inline/source';
import { BF16, BLOCK, F16, F32, PANEL, Q8_32, Q8_ROW } from './types';

/*
 * A packed matrix w (n, k) is a sequence of panels of 8 rows, the last one padded with zero rows.
 * Float types: element (r, c) at index ((r/8)·k + c)·8 + r%8.
 * int8: columns padded to a multiple of 32. Every 4 columns take 32 bytes, row r%8 the 4 bytes from 4·(r%8) on.
 *   Q8_ROW: the 8 f32 scales of a panel follow its last columns. Q8_32: 8 f32 scales follow every 32 columns.
 */

/** k padded to whole blocks of 32 columns. */
// @ts-ignore: decorator
@inline
export function paddedColumns(k: i32): i32 {
  return (k + BLOCK - 1) & -BLOCK;
}

/** Bytes of one panel of 8 rows. */
export function panelBytes(type: i32, k: i32): usize {
  const columns = <usize>paddedColumns(k);
  if (type == Q8_ROW) return columns * 8 + 32;
  if (type == Q8_32) return columns * 9;
  return <usize>k << (3 + floatShift(type));
}

/** Bytes of a packed matrix of n rows and k columns. */
export function matrixBytes(type: i32, n: i32, k: i32): usize {
  return <usize>((n + PANEL - 1) / PANEL) * panelBytes(type, k);
}

/**
 * Rows row0 … row0+rows−1 of a row-major matrix into its packed form.
 * src: (rows, k) of F32, BF16 or F16 · dst: matrixBytes(dstType, n, k) · row0 a multiple of 8, rows too unless they are the last
 */
export function packRows(src: usize, srcType: i32, dst: usize, dstType: i32, row0: i32, rows: i32, n: i32, k: i32): void {
  const panel = panelBytes(dstType, k);
  const rowBytes = <usize>k << floatShift(srcType);
  dst += <usize>(row0 / PANEL) * panel;
  for (let r = 0; r < rows; r += PANEL) {
    const count = min(PANEL, rows - r);
    if (dstType == Q8_ROW || dstType == Q8_32) packPanelInt8(src, srcType, rowBytes, dst, dstType, count, k);
    else packPanelFloat(src, srcType, rowBytes, dst, dstType, count, k);
    src += rowBytes * PANEL;
    dst += panel;
  }
}

function packPanelFloat(src: usize, srcType: i32, rowBytes: usize, dst: usize, dstType: i32, count: i32, k: i32): void {
  const half = (<usize>4) << floatShift(dstType); // bytes of 4 rows of one column
  for (let c = 0; c < k; c += 4) {
    for (let part = 0; part < 2; part++) {
      const row = src + rowBytes * (part << 2);
      const left = count - (part << 2);
      const zero = f32x4.splat(0);
      const a = left > 0 ? loadColumns(row, srcType, c, k) : zero;
      const b = left > 1 ? loadColumns(row + rowBytes, srcType, c, k) : zero;
      const d = left > 2 ? loadColumns(row + rowBytes * 2, srcType, c, k) : zero;
      const e = left > 3 ? loadColumns(row + rowBytes * 3, srcType, c, k) : zero;
      const ab0 = i32x4.shuffle(a, b, 0, 4, 1, 5);
      const ab2 = i32x4.shuffle(a, b, 2, 6, 3, 7);
      const de0 = i32x4.shuffle(d, e, 0, 4, 1, 5);
      const de2 = i32x4.shuffle(d, e, 2, 6, 3, 7);
      const at = dst + half * part;
      storeColumn(at, dstType, i64x2.shuffle(ab0, de0, 0, 2));
      if (c + 1 < k) storeColumn(at + half * 2, dstType, i64x2.shuffle(ab0, de0, 1, 3));
      if (c + 2 < k) storeColumn(at + half * 4, dstType, i64x2.shuffle(ab2, de2, 0, 2));
      if (c + 3 < k) storeColumn(at + half * 6, dstType, i64x2.shuffle(ab2, de2, 1, 3));
    }
    dst += half * 8;
  }
}

// @ts-ignore: decorator
@inline
function storeColumn(at: usize, type: i32, rows: v128): void {
  if (type == F32) {
    v128.store(at, rows);
    return;
  }
  const bits = type == BF16 ? encodeBf16(rows) : encodeF16(rows);
  v128.store64_lane(at, i16x8.narrow_i32x4_u(bits, bits), 0);
}

function packPanelInt8(src: usize, srcType: i32, rowBytes: usize, dst: usize, dstType: i32, count: i32, k: i32): void {
  const columns = paddedColumns(k);
  const span = dstType == Q8_ROW ? columns : BLOCK; // columns that share a scale
  const spanBytes = <usize>span * 8 + 32;
  const rounder = quantRounder(k);
  const mask = magnitudeMask(k);
  for (let r = 0; r < PANEL; r++) {
    let out = dst + (<usize>r << 2);
    for (let c0 = 0; c0 < columns; c0 += span) {
      const end = r < count ? min(k, c0 + span) : c0;
      let peaks = i32x4.splat(0);
      for (let c = c0; c < end; c += 4) peaks = peak4(peaks, loadColumns(src, srcType, c, k), mask);
      const peak = peakOf(peaks);
      const factor = f32x4.splat(quantFactor(peak));
      let at = out;
      for (let c = c0; c < c0 + span; c += 4) {
        store<i32>(at, c < end ? int8x4(quantize4(loadColumns(src, srcType, c, k), factor, rounder)) : 0);
        at += 32;
      }
      store<f32>(at, quantScale(peak));
      out += spanBytes;
    }
    src += rowBytes;
  }
}

/** Four i32 lanes in −127…127 as four bytes. */
// @ts-ignore: decorator
@inline
function int8x4(v: v128): i32 {
  const words = i16x8.narrow_i32x4_s(v, v);
  return i32x4.extract_lane(i8x16.narrow_i16x8_s(words, words), 0);
}

/** One row of a packed matrix as f32 (an embedding's look-up).   w: packed (n, k) · out: (k) f32 */
export function unpackRow(w: usize, type: i32, n: i32, k: i32, row: i32, out: usize): void {
  w += <usize>(row / PANEL) * panelBytes(type, k);
  const lane = <usize>(row % PANEL);
  if (type == Q8_ROW || type == Q8_32) {
    const span = type == Q8_ROW ? paddedColumns(k) : BLOCK;
    for (let c0 = 0; c0 < k; c0 += span) {
      const scale = load<f32>(w + <usize>span * 8 + (lane << 2));
      const end = min(k, c0 + span);
      for (let c = c0; c < end; c++) {
        const at = w + (<usize>((c - c0) >> 2) << 5) + (lane << 2) + <usize>(c & 3);
        store<f32>(out + (<usize>c << 2), <f32>load<i8>(at) * scale);
      }
      w += <usize>span * 8 + 32;
    }
    return;
  }
  const shift = floatShift(type);
  w += lane << shift;
  for (let c = 0; c < k; c++) {
    const at = w + (<usize>c << (3 + shift));
    let value: v128;
    if (type == F32) value = v128.load32_zero(at);
    else if (type == BF16) value = i32x4.splat(<i32>load<u16>(at) << 16);
    else value = decodeF16(i32x4.splat(load<u16>(at)));
    v128.store32_lane(out + (<usize>c << 2), value, 0);
  }
}
