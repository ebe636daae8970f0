import { PANEL, Q4_0, Q4_K } from '../types';
import { blockTokenBytes } from './activation';
import { blockPanelBytes } from './matrix';
import { panelQ40 } from './q4-0';
import { panelQ4K } from './q4-k';
import { panelQ6K } from './q6';

/**
 * y[i·ldy + r] (+)= Σ_c x[i, c]·w[r, c] for the rows r of panels panel0 … panel0+panels−1, i < m.
 * w: packed (n, k) · a: what blockQuantize wrote of x (m, k) · y: (m, ≥ n) f32, rows ldy elements apart
 * Every build gives the same bits, however panels are split into calls, and a row of y does not depend on the others.
 */
export function blockMatmul(
  w: usize,
  type: i32,
  a: usize,
  y: usize,
  m: i32,
  n: i32,
  k: i32,
  ldy: i32,
  panel0: i32,
  panels: i32,
  accumulate: bool,
): void {
  const bytes = blockPanelBytes(type, k);
  const tokenBytes = blockTokenBytes(type, k);
  const yStride = <usize>ldy << 2;
  w += bytes * panel0;
  y += <usize>panel0 << 5;
  const last = w + bytes * panels - 1;
  for (let p = panel0; p < panel0 + panels; p++) {
    const lanes = min(PANEL, n - p * PANEL);
    if (type == Q4_0) panelQ40(w, a, tokenBytes, y, yStride, m, k, lanes, accumulate);
    else if (type == Q4_K) panelQ4K(w, a, tokenBytes, y, yStride, m, k, lanes, accumulate);
    else panelQ6K(w, last, a, tokenBytes, y, yStride, m, k, lanes, accumulate);
    w += bytes;
    y += 32;
  }
}
