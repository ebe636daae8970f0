import { gemmFloat, GEMM_ROWS } from '@gossamer/as-kit/assembly/gemm';
import { gemvFloat } from '@gossamer/as-kit/assembly/gemv';
import { scale } from '@gossamer/as-kit/assembly/reduce';
import { F32, K_BLOCK, PANEL } from '@gossamer/as-kit/assembly/types';
import { attendFew, FEW_SCRATCH } from './attention-few';
import { headBytes, PAGE, paddedDim, pageOf, Q8, sideBytes } from './page';
import { PAGE_BYTES, STATE, weigh } from './scores';
import { unpackPage } from './unpack';

/**
 * Up to so many tokens, a draft of 16 and the one before, int8 and f16 pages are multiplied as they are, and each token gets the
 * bits that it would get alone. More share pages unpacked to f32.
 */
const FEW_TOKENS: i32 = 17;

/*
 * Scratch of R = m·heads/kvHeads queries of a head: queries (R, D), sums (R, D), the states of the queries. For a few tokens these
 * are of all heads, FEW_SCRATCH behind them; for more they are of one head at a time, with scores (R, 64), an unpacked page of keys
 * and of values and a block for f16 panels behind them.
 */

/** Bytes of scratch for m tokens. */
export function attendScratchBytes(m: i32, heads: i32, kvHeads: i32, headDim: i32): usize {
  const rows = <usize>(m * (heads / kvHeads));
  const dim = <usize>paddedDim(headDim);
  const perRow = dim * 8 + STATE;
  const many = rows * (perRow + PAGE_BYTES) + (dim * PAGE * 2 + K_BLOCK * PANEL) * 4;
  const few = m <= FEW_TOKENS ? rows * kvHeads * perRow + FEW_SCRATCH : 0;
  return max(many, few) + 32;
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
  const dim = paddedDim(headDim);
  const few = type != F32 && m <= FEW_TOKENS;
  const step = few ? count : 1;
  const rows = m * group * step;
  const queries = (scratch + 15) & ~15;
  const sums = queries + (<usize>(rows * dim) << 2);
  const state = sums + (<usize>(rows * dim) << 2);
  const rest = (state + STATE * rows + 15) & ~15;
  for (let h = head0; h < head0 + count; h += step) {
    gather(q, queries, m, group, heads, headDim, h, step);
    begin(sums, state, rows, dim);
    if (few) attendFew(queries, sums, state, pages, offset, type, m, position0, group, dim, h, step, rest);
    else attendMany(queries, sums, state, pages, offset, type, m, position0, group, dim, h, rest);
    scatter(sums, state, out, m, group, heads, headDim, h, step);
  }
}

/** Pages as packed matrices, for all queries of one head.   rest: scores, page and block of the scratch */
function attendMany(
  queries: usize,
  sums: usize,
  state: usize,
  pages: usize,
  offset: usize,
  type: i32,
  m: i32,
  position0: i32,
  group: i32,
  dim: i32,
  head: i32,
  rest: usize,
): void {
  const perHead = headBytes(type, dim);
  const page = rest + <usize>(m * group) * PAGE_BYTES;
  const block = page + (<usize>(dim * PAGE) << 3);
  const total = position0 + m;
  for (let first = 0; first < total; first += PAGE) {
    const keys = pageOf(pages, offset, first) + perHead * head;
    const values = keys + sideBytes(type, dim);
    let k = keys;
    let v = values;
    let form = type;
    if (type == Q8) {
      unpackPage(keys, values, page, dim);
      k = page;
      v = page + (<usize>(dim * PAGE) << 2);
      form = F32;
    }
    const visible = position0 - first;
    const row0 = max(0, -visible) * group; // queries before see nothing of the page
    const rows = m * group - row0;
    const at = <usize>(row0 * dim) << 2;
    product(k, form, queries + at, rest, rows, PAGE, dim, false, block);
    weigh(rest, sums + at, state + STATE * row0, rows, group, dim, max(visible, 0));
    product(v, form, rest, sums + at, rows, dim, PAGE, true, block);
  }
}

/** y (rows, n) (+)= x (rows, k) · wᵀ, w packed. */
function product(w: usize, type: i32, x: usize, y: usize, rows: i32, n: i32, k: i32, add: bool, block: usize): void {
  if (rows < GEMM_ROWS) gemvFloat(w, type, x, y, rows, n, k, n, 0, n / PANEL, add);
  else gemmFloat(w, type, x, y, rows, n, k, n, 0, n / PANEL, add, block);
}

/** Queries of key-value heads, times 1/√D, as rows (head, token, query head) of padded length. */
function gather(q: usize, to: usize, m: i32, group: i32, heads: i32, headDim: i32, head0: i32, count: i32): void {
  const factor: f32 = 1 / sqrt<f32>(<f32>headDim);
  const dim = paddedDim(headDim);
  for (let h = head0; h < head0 + count; h++) {
    for (let t = 0; t < m; t++) {
      for (let g = 0; g < group; g++) {
        const row = q + (<usize>((t * heads + h * group + g) * headDim) << 2);
        scale(row, factor, to, headDim);
        for (let c = headDim; c < dim; c++) store<f32>(to + (<usize>c << 2), 0);
        to += <usize>dim << 2;
      }
    }
  }
}

function begin(sums: usize, state: usize, rows: i32, dim: i32): void {
  memory.fill(sums, 0, <usize>(rows * dim) << 2);
  for (let r = 0; r < rows; r++) {
    store<f32>(state, -Infinity);
    store<f32>(state, 0, 4);
    state += STATE;
  }
}

/** Sums over totals, to where the heads of each token are. */
function scatter(
  sums: usize,
  state: usize,
  out: usize,
  m: i32,
  group: i32,
  heads: i32,
  headDim: i32,
  head0: i32,
  count: i32,
): void {
  const dim = paddedDim(headDim);
  for (let h = head0; h < head0 + count; h++) {
    for (let t = 0; t < m; t++) {
      for (let g = 0; g < group; g++) {
        const to = out + (<usize>((t * heads + h * group + g) * headDim) << 2);
        scale(sums, 1 / load<f32>(state, 4), to, headDim);
        sums += <usize>dim << 2;
        state += STATE;
      }
    }
  }
}
