import { evenF16, oddF16, specialsF16 } from './inline/halves';
import { held } from './inline/held';
import { tile } from './inline/tile';
import { BF16, F32, K_BLOCK, PANEL } from './types';

/** Rows of x in one register tile: two sums each, beside the operands of a fused or a split multiply-add, in 15 registers. */
const TILE_ROWS: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 5;

/** Fewer rows are as fast, or faster, as products of single rows: their tile has too few sums to hide the latency. */
export const GEMM_ROWS: i32 = 4;

/**
 * y[i·ldy + r] (+)= Σ_c x[i, c]·w[r, c] for the rows of some panels and m ≥ GEMM_ROWS rows of x.
 * w: packed panels of a float type · x: (m, k) · y: (m, ≥ n) · block: K_BLOCK·8 f32, unused for F32
 */
export function gemmFloat(
  w: usize,
  type: i32,
  x: usize,
  y: usize,
  m: i32,
  n: i32,
  k: i32,
  ldy: i32,
  panel0: i32,
  panels: i32,
  accumulate: bool,
  block: usize,
): void {
  const columnBytes: usize = type == F32 ? 32 : 16;
  const xStride = <usize>k << 2;
  const yStride = <usize>ldy << 2;
  const passes = (m + TILE_ROWS - 1) / TILE_ROWS;
  const even = m / passes; // at least 3
  const longer = m % passes; // passes that take one row more
  for (let c0 = 0; c0 < k; c0 += K_BLOCK) {
    const columns = min(K_BLOCK, k - c0);
    const add = accumulate || c0 > 0;
    for (let p = panel0; p < panel0 + panels; p++) {
      let wp = w + (<usize>p * <usize>k + <usize>c0) * columnBytes;
      if (type != F32) {
        unpackColumns(wp, type, block, columns);
        wp = block;
      }
      const lanes = min(PANEL, n - p * PANEL);
      let xp = x + (<usize>c0 << 2);
      let yp = y + (<usize>p << 5);
      for (let pass = 0; pass < passes; pass++) {
        const rows = even + i32(pass < longer);
        if (rows == 6) tile6(wp, xp, xStride, yp, yStride, columns, lanes, add);
        else if (rows == 5) tile5(wp, xp, xStride, yp, yStride, columns, lanes, add);
        else if (rows == 4) tile4(wp, xp, xStride, yp, yStride, columns, lanes, add);
        else tile3(wp, xp, xStride, yp, yStride, columns, lanes, add);
        xp += xStride * rows;
        yp += yStride * rows;
      }
    }
  }
}

function tile3(w: usize, x: usize, xs: usize, y: usize, ys: usize, columns: i32, lanes: i32, add: bool): void {
  tile(3, w, x, xs, y, ys, columns, lanes, add);
}
function tile4(w: usize, x: usize, xs: usize, y: usize, ys: usize, columns: i32, lanes: i32, add: bool): void {
  tile(4, w, x, xs, y, ys, columns, lanes, add);
}
function tile5(w: usize, x: usize, xs: usize, y: usize, ys: usize, columns: i32, lanes: i32, add: bool): void {
  tile(5, w, x, xs, y, ys, columns, lanes, add);
}
function tile6(w: usize, x: usize, xs: usize, y: usize, ys: usize, columns: i32, lanes: i32, add: bool): void {
  tile(6, w, x, xs, y, ys, columns, lanes, add);
}

/** `columns` columns of a bf16 or f16 panel as f32. */
function unpackColumns(w: usize, type: i32, out: usize, columns: i32): void {
  const end = w + (<usize>columns << 4);
  if (type == BF16) {
    for (; w < end; w += 16) {
      v128.store(out, i32x4.shl(v128.load16x4_u(w), 16));
      v128.store(out, i32x4.shl(v128.load16x4_u(w, 8), 16), 16);
      out += 32;
    }
  } else {
    const upper = held(0xffff0000, columns);
    const mask = held(0x8fffe000, columns);
    const factor = held(0x77800000, columns); // 2^112
    const ones = held(0x7c007c00, columns);
    for (; w < end; w += 16) {
      const v = v128.load(w);
      const special = specialsF16(v, ones);
      const even = evenF16(v, special, mask, factor);
      const odd = oddF16(v, special, mask, factor, upper);
      v128.store(out, i32x4.shuffle(even, odd, 0, 4, 1, 5));
      v128.store(out, i32x4.shuffle(even, odd, 2, 6, 3, 7), 16);
      out += 32;
    }
  }
}
