import { PANEL, Q4_0, Q4_K } from '../types';
import { packPanelQ40, packPanelQ4K, panelBytesQ40, panelBytesQ4K, unpackRowQ40, unpackRowQ4K } from './q4-matrix';
import { packPanelQ6K, panelBytesQ6K, unpackRowQ6K } from './q6-matrix';

/*
 * Packed matrices in the block types of GGUF, kept exactly: n rows as panels of 8, the last one padded with zero rows; k a multiple
 * of 32 (Q4_0) or 256 (Q4_K, Q6_K). The files of a type describe its panels, whose bytes are a multiple of 32: a matrix at a
 * multiple of 64 has no vector that crosses a cache line.
 * Panels are laid out as they are read, from front to back: hardware prefetchers follow one stream. Scales behind 1 kB of columns
 * cost 15 % of the rate from memory, a stream of their own two thirds of it.
 */

/** Bytes of one panel of 8 rows. */
export function blockPanelBytes(type: i32, k: i32): usize {
  if (type == Q4_0) return panelBytesQ40(k);
  return type == Q4_K ? panelBytesQ4K(k) : panelBytesQ6K(k);
}

/** Bytes of one row as GGUF stores it. */
export function blockRowBytes(type: i32, k: i32): usize {
  if (type == Q4_0) return <usize>(k / 32) * 18;
  return <usize>(k / 256) * (type == Q4_K ? 144 : 210);
}

/** Bytes of a packed matrix of n rows and k columns. */
export function blockMatrixBytes(type: i32, n: i32, k: i32): usize {
  return <usize>((n + PANEL - 1) / PANEL) * blockPanelBytes(type, k);
}

/**
 * Rows row0 … row0+rows−1 of a row-major matrix into its packed form.
 * src: (rows, k) in GGUF's blocks of `type` · dst: blockMatrixBytes(type, n, k) · row0 a multiple of 8, rows too unless they are the last
 */
export function blockPackRows(src: usize, dst: usize, type: i32, row0: i32, rows: i32, n: i32, k: i32): void {
  const panel = blockPanelBytes(type, k);
  const rowBytes = blockRowBytes(type, k);
  dst += <usize>(row0 / PANEL) * panel;
  for (let r = 0; r < rows; r += PANEL) {
    const count = min(PANEL, rows - r);
    if (count < PANEL) memory.fill(dst, 0, panel);
    if (type == Q4_0) packPanelQ40(src, rowBytes, dst, count, k);
    else if (type == Q4_K) packPanelQ4K(src, rowBytes, dst, count, k);
    else packPanelQ6K(src, rowBytes, dst, count, k);
    src += rowBytes * PANEL;
    dst += panel;
  }
}

/** One row of a packed matrix as f32, rounded as GGUF's reference does.   w: packed (n, k) · out: (k) f32 */
export function blockUnpackRow(w: usize, type: i32, n: i32, k: i32, row: i32, out: usize): void {
  w += <usize>(row / PANEL) * blockPanelBytes(type, k);
  const lane = <usize>(row % PANEL);
  if (type == Q4_0) unpackRowQ40(w, lane, k, out);
  else if (type == Q4_K) unpackRowQ4K(w, lane, k, out);
  else unpackRowQ6K(w, lane, k, out);
}
