import { BF16, F32, K_BLOCK, PANEL } from './types';
import { gemvBf16 } from './gemv-bf16';
import { gemvF16 } from './gemv-f16';
import { firstRows, lastRows, madd, putPanel } from './inline/lanes';

/**
 * y[i·ldy + r] (+)= Σ_c x[i, c]·w[r, c] for the rows of some panels and a few rows of x, which share a panel while it is in
 * the cache.   w: packed panels of a float type · x: (m, k) · y: (m, ≥ n)
 */
export function gemvFloat(
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
): void {
  const bytes = <usize>k << (type == F32 ? 5 : 4);
  w += bytes * panel0;
  y += <usize>panel0 << 5;
  let rows = n - panel0 * PANEL;
  for (let left = panels; left > 0; left--) {
    let xp = x;
    let yp = y;
    for (let i = 0; i < m; i++) {
      if (type == F32) gemvF32(w, xp, yp, rows, k, accumulate);
      else if (type == BF16) gemvBf16(w, xp, yp, rows, k, accumulate);
      else gemvF16(w, xp, yp, rows, k, accumulate);
      xp += <usize>k << 2;
      yp += <usize>ldy << 2;
    }
    w += bytes;
    y += 32;
    rows -= PANEL;
  }
}

/*
 * One panel at a time: its bytes are one stream, which prefetchers follow better than several. Columns c, c+1, c+2 and c+3 go to
 * sums of their own, so that eight multiply-adds are in flight. The breaks take the columns behind the last four.
 */

/** y[r] (+)= Σ_c x[c]·w[r, c] for one panel.   w: (k, 8) f32 · x: (k) · y: `rows` rows, at most 8 of which are written */
export function gemvF32(w: usize, x: usize, y: usize, rows: i32, k: i32, accumulate: bool): void {
  let a = firstRows(y, rows, accumulate);
  let b = lastRows(y, rows, accumulate);
  for (let c0 = 0; c0 < k; c0 += K_BLOCK) {
    const zero = f32x4.splat(0);
    let a0 = zero, a1 = zero, a2 = zero, a3 = zero;
    let b0 = zero, b1 = zero, b2 = zero, b3 = zero;
    for (let left = min(K_BLOCK, k - c0); left > 0; left -= 4) {
      const v0 = v128.load32_splat(x);
      a0 = madd(v0, v128.load(w), a0);
      b0 = madd(v0, v128.load(w, 16), b0);
      if (left == 1) break;
      const v1 = v128.load32_splat(x, 4);
      a1 = madd(v1, v128.load(w, 32), a1);
      b1 = madd(v1, v128.load(w, 48), b1);
      if (left == 2) break;
      const v2 = v128.load32_splat(x, 8);
      a2 = madd(v2, v128.load(w, 64), a2);
      b2 = madd(v2, v128.load(w, 80), b2);
      if (left == 3) break;
      const v3 = v128.load32_splat(x, 12);
      a3 = madd(v3, v128.load(w, 96), a3);
      b3 = madd(v3, v128.load(w, 112), b3);
      x += 16;
      w += 128;
    }
    a = f32x4.add(f32x4.add(f32x4.add(f32x4.add(a, a0), a1), a2), a3);
    b = f32x4.add(f32x4.add(f32x4.add(f32x4.add(b, b0), b1), b2), b3);
  }
  putPanel(y, a, b, rows, false);
}
