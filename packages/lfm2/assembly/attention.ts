import { gemmFloat, GEMM_ROWS } from '@gossamer/as-kit/assembly/gemm';
import { gemvFloat } from '@gossamer/as-kit/assembly/gemv';
import { F32, K_BLOCK, PANEL } from '@gossamer/as-kit/assembly/types';
import { attendInt8 } from './attention-int8';
import { headBytes, PAGE, paddedDim, pageOf, Q8, sideBytes } from './cache';
import { weigh } from './scores';
import { unpackPage } from './unpack';

/** Up to so many tokens the int8 pages are multiplied as they are; more share pages unpacked to f32. */
const INT8_TOKENS: i32 = 8;

/*
 * Scratch of one key-value head, for R = m·heads/kvHeads queries: queries (R, D), scores (R, 64), sums (R, D), then largest
 * score, total and rescaling of each query, then an unpacked page of keys and of values and a block for f16 panels.
 */

/** Bytes of scratch for m tokens. */
export function attendScratchBytes(m: i32, heads: i32, kvHeads: i32, headDim: i32): usize {
  const rows = <usize>(m * (heads / kvHeads));
  const dim = <usize>paddedDim(headDim);
  return (rows * (dim * 2 + PAGE + 3) + dim * PAGE * 2 + K_BLOCK * PANEL) * 4 + 64;
}

/**
 * Causal attention (arXiv:1706.03762, eq. 1) of tokens position0 … position0+m−1, whose keys and values are in the pages, for
 * key-value heads head0 … head0+count−1. Query head h reads key-value head h / (heads/kvHeads).
 * q, out: (m, heads, D) f32 · pages, offset, type: as in cacheWrite · scratch: attendScratchBytes
 */
export function attend(
  q: usize,
  pages: usize,
  offset: usize,
  type: i32,
  out: usize,
  m: i32,
  position0: i32,
  heads: i32,
  kvHeads: i32,
  headDim: i32,
  head0: i32,
  count: i32,
  scratch: usize,
): void {
  const group = heads / kvHeads;
  const rows = m * group;
  const dim = paddedDim(headDim);
  const queries = (scratch + 15) & ~15;
  const scores = queries + (<usize>(rows * dim) << 2);
  const sums = scores + (<usize>(rows * PAGE) << 2);
  const state = sums + (<usize>(rows * dim) << 2);
  const page = (state + (<usize>(rows * 3) << 2) + 15) & ~15;
  const perHead = headBytes(type, headDim);
  const total = position0 + m;
  for (let h = head0; h < head0 + count; h++) {
    gather(q + (<usize>(h * group * headDim) << 2), queries, m, group, heads, headDim);
    begin(sums, state, rows, dim);
    for (let first = 0; first < total; first += PAGE) {
      const keys = pageOf(pages, offset, first) + perHead * h;
      const values = keys + sideBytes(type, headDim);
      if (type == Q8 && m <= INT8_TOKENS) {
        attendInt8(queries, keys, values, scores, sums, state, m, group, dim, position0 - first, page);
        continue;
      }
      let k = keys;
      let v = values;
      let form = type;
      if (type == Q8) {
        unpackPage(keys, values, page, headDim);
        k = page;
        v = page + (<usize>(dim * PAGE) << 2);
        form = F32;
      }
      const block = page + (<usize>(dim * PAGE) << 3);
      product(k, form, queries, scores, rows, PAGE, dim, false, block);
      weigh(scores, sums, state, rows, group, dim, position0 - first);
      product(v, form, scores, sums, rows, dim, PAGE, true, block);
    }
    scatter(sums, state, out + (<usize>(h * group * headDim) << 2), m, group, heads, headDim);
  }
}

/** y (rows, n) (+)= x (rows, k) · wᵀ, w packed. */
function product(w: usize, type: i32, x: usize, y: usize, rows: i32, n: i32, k: i32, add: bool, block: usize): void {
  if (rows < GEMM_ROWS) gemvFloat(w, type, x, y, rows, n, k, n, 0, n / PANEL, add);
  else gemmFloat(w, type, x, y, rows, n, k, n, 0, n / PANEL, add, block);
}

/** Queries of one key-value head, times 1/√D, as rows (token, query head) of padded length. */
function gather(q: usize, to: usize, m: i32, group: i32, heads: i32, headDim: i32): void {
  const factor: f32 = 1 / sqrt<f32>(<f32>headDim);
  const dim = paddedDim(headDim);
  for (let t = 0; t < m; t++) {
    for (let g = 0; g < group; g++) {
      const row = q + (<usize>((t * heads + g) * headDim) << 2);
      for (let c = 0; c < dim; c++) {
        const at = <usize>c << 2;
        store<f32>(to + at, c < headDim ? load<f32>(row + at) * factor : 0);
      }
      to += <usize>dim << 2;
    }
  }
}

function begin(sums: usize, state: usize, rows: i32, dim: i32): void {
  memory.fill(sums, 0, <usize>(rows * dim) << 2);
  for (let r = 0; r < rows; r++) {
    const at = state + <usize>r * 12;
    store<f32>(at, -Infinity);
    store<f32>(at, 0, 4);
  }
}

/** Sums over totals, to where the heads of each token are. */
function scatter(sums: usize, state: usize, out: usize, m: i32, group: i32, heads: i32, headDim: i32): void {
  const dim = paddedDim(headDim);
  for (let t = 0; t < m; t++) {
    for (let g = 0; g < group; g++) {
      const row = t * group + g;
      const factor: f32 = 1 / load<f32>(state + <usize>row * 12, 4);
      const from = sums + (<usize>(row * dim) << 2);
      const to = out + (<usize>((t * heads + g) * headDim) << 2);
      for (let c = 0; c < headDim; c++) {
        const at = <usize>c << 2;
        store<f32>(to + at, load<f32>(from + at) * factor);
      }
    }
  }
}
