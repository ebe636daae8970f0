import { GEMM_ROWS, gemmFloat } from './gemm';
import { gemvFloat } from './gemv';
import { matmulInt8, quantizedBytes, quantizeTokens } from './int8';
import { F32, K_BLOCK, PANEL, Q8_32, Q8_ROW } from './types';

// @ts-ignore: decorator
@inline
function isInt8(type: i32): bool {
  return type == Q8_ROW || type == Q8_32;
}

/** Bytes of scratch that matmulPrepare and matmul need for m rows of k columns. */
export function matmulScratchBytes(type: i32, m: i32, k: i32): usize {
  if (isInt8(type)) return quantizedBytes(type, m, k);
  return type == F32 || m < GEMM_ROWS ? 0 : K_BLOCK * PANEL * 4;
}

/** Quantises x once for all calls of matmul with it; nothing to do for float weights.   x: (m, k) f32 */
export function matmulPrepare(x: usize, type: i32, m: i32, k: i32, scratch: usize): void {
  if (isInt8(type)) quantizeTokens(x, type, m, k, scratch);
}

/**
 * y[i·ldy + r] (+)= Σ_c x[i, c]·w[r, c] for the rows r of panels panel0 … panel0+panels−1, i < m.
 * w: packed (n, k) · x: (m, k) f32 · y: (m, ≥ n) f32, rows ldy elements apart · scratch: what matmulPrepare filled
 * Within one build the result does not depend on how panels are split into calls. With int8 weights a row of y does not depend
 * on the other rows, and every build gives the same bits; with float weights 1…3 rows and more rows sum in different orders.
 */
export function matmul(
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
  scratch: usize,
): void {
  if (isInt8(type)) matmulInt8(w, type, scratch, y, m, n, k, ldy, panel0, panels, accumulate);
  else if (m < GEMM_ROWS) gemvFloat(w, type, x, y, m, n, k, ldy, panel0, panels, accumulate);
  else gemmFloat(w, type, x, y, m, n, k, ldy, panel0, panels, accumulate, scratch);
}
