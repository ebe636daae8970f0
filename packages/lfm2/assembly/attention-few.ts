import { scale } from '@gossamer/as-kit/assembly/reduce';
import { add1F16, add2F16, HALF_POWER, score1F16, score2F16 } from './attention-f16';
import { add1Int8, add2Int8, score1Int8, score2Int8, toWords, weightsToWords } from './attention-int8';
import { headBytes, PAGE, pageOf, Q8, SCALES, sideBytes } from './page';
import { PAGE_BYTES, STATE, weighRow } from './scores';

/*
 * Attention of a few tokens over int8 or f16 pages, multiplied as they are, two queries at a time. Pages are the outer loop and
 * heads the inner one: memory is read in order.
 */

/** Bytes of scores of two queries, and of their weights as i16. */
export const FEW_SCRATCH: usize = PAGE_BYTES * 2 + PAGE * 4;

/**
 * queries: (heads, m·group, dim) f32, overwritten · sums: the same shape, 0 · state: per query, begun · pages, offset, type: as in
 * cacheWrite · dim: the padded D · scratch: FEW_SCRATCH
 */
export function attendFew(
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
  head0: i32,
  count: i32,
  scratch: usize,
): void {
  const rows = m * group;
  prepare(queries, state, type, rows * count, dim);
  const perHead = headBytes(type, dim);
  const rowBytes = <usize>dim << 2;
  const total = position0 + m;
  for (let first = 0; first < total; first += PAGE) {
    let keys = pageOf(pages, offset, first) + perHead * head0;
    const visible = position0 - first;
    const row0 = max(0, -visible) * group; // queries before see nothing of the page
    let row = 0;
    for (let h = 0; h < count; h++) {
      const end = row + rows;
      for (let r = row + row0; r < end; r += 2) {
        const two = r + 1 < end;
        const at = rowBytes * r;
        const seen = min(visible + (r - row) / group + 1, PAGE);
        const next = min(visible + (r - row + 1) / group + 1, PAGE);
        const values = keys + sideBytes(type, dim);
        if (type == Q8) pageInt8(keys, values, queries + at, sums + at, state + STATE * r, dim, two, seen, next, scratch);
        else pageF16(keys, values, queries + at, sums + at, state + STATE * r, dim, two, seen, next, scratch);
      }
      row = end;
      keys += perHead;
    }
  }
}

/** Queries of int8 become i16, worth what their state says; those of f16 are multiplied by 2^56. */
function prepare(queries: usize, state: usize, type: i32, rows: i32, dim: i32): void {
  const bytes = <usize>dim << 2;
  for (let r = 0; r < rows; r++) {
    if (type == Q8) store<f32>(state, toWords(queries, queries, dim), 8);
    else scale(queries, HALF_POWER, queries, dim);
    queries += bytes;
    state += STATE;
  }
}

/** One page for one query that sees `seen` tokens of it, or for `two`, the second of which sees `next`. */
function pageInt8(
  keys: usize,
  values: usize,
  q: usize,
  sums: usize,
  state: usize,
  dim: i32,
  two: bool,
  seen: i32,
  next: i32,
  scratch: usize,
): void {
  const bytes = <usize>dim << 2;
  const other = scratch + PAGE_BYTES;
  const words = other + PAGE_BYTES;
  const unit = load<f32>(state, 8);
  if (two) score2Int8(keys, q, q + bytes, scratch, other, unit, load<f32>(state, STATE + 8), dim, next);
  else score1Int8(keys, q, scratch, unit, dim, seen);
  weighRow(scratch, sums, state, dim, seen);
  const worth = weightsToWords(scratch, values, words);
  if (!two) {
    add1Int8(values + SCALES, words, sums, worth, dim, seen);
    return;
  }
  weighRow(other, sums + bytes, state + STATE, dim, next);
  const otherWorth = weightsToWords(other, values, words + PAGE * 2);
  add2Int8(values + SCALES, words, words + PAGE * 2, sums, sums + bytes, worth, otherWorth, dim, next);
}

/** As pageInt8. */
function pageF16(
  keys: usize,
  values: usize,
  q: usize,
  sums: usize,
  state: usize,
  dim: i32,
  two: bool,
  seen: i32,
  next: i32,
  scratch: usize,
): void {
  const bytes = <usize>dim << 2;
  const other = scratch + PAGE_BYTES;
  if (two) score2F16(keys, q, q + bytes, scratch, other, dim, next);
  else score1F16(keys, q, scratch, dim, seen);
  weighRow(scratch, sums, state, dim, seen);
  scale(scratch, HALF_POWER, scratch, PAGE);
  if (!two) {
    add1F16(values, scratch, sums, dim, seen);
    return;
  }
  weighRow(other, sums + bytes, state + STATE, dim, next);
  scale(other, HALF_POWER, other, PAGE);
  add2F16(values, scratch, other, sums, sums + bytes, dim, next);
}
