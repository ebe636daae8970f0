import { exp4 } from '@gossamer/as-kit/assembly/inline/exp';
import { hmax, hsum } from '@gossamer/as-kit/assembly/inline/lanes';
import { PAGE } from './cache';

/** Bytes of a page's scores. */
export const PAGE_BYTES: usize = PAGE * 4;

/**
 * One page of an online softmax (arXiv:1805.02867): scores become e^(score − largest so far), those of tokens that a query may not
 * see 0; what was summed before is rescaled to the new largest score.
 * scores: (rows, 64) · sums: (rows, dim) · state: per row largest score, total, unused · visible: tokens of the page that lie before
 * the first query; query t sees visible + t + 1 of them
 */
export function weigh(scores: usize, sums: usize, state: usize, rows: i32, group: i32, dim: i32, visible: i32): void {
  for (let r = 0; r < rows; r++) {
    weighRow(scores, sums, state, dim, visible + r / group + 1);
    scores += PAGE * 4;
    sums += <usize>dim << 2;
    state += 12;
  }
}

export function weighRow(scores: usize, sums: usize, state: usize, dim: i32, seen: i32): void {
  if (seen < PAGE) {
    for (let j = max(seen, 0); j < PAGE; j++) store<f32>(scores + (<usize>j << 2), -Infinity);
  }
  if (seen <= 0) {
    memory.fill(scores, 0, PAGE * 4);
    return;
  }
  let most = v128.load(scores);
  for (let at: usize = 16; at < PAGE_BYTES; at += 16) most = f32x4.max(most, v128.load(scores + at));
  const before = load<f32>(state);
  const largest = max<f32>(before, hmax(most));
  const shift = f32x4.splat(largest);
  let sum = f32x4.splat(0);
  for (let at: usize = 0; at < PAGE_BYTES; at += 16) {
    const weight = exp4(f32x4.sub(v128.load(scores + at), shift));
    v128.store(scores + at, weight);
    sum = f32x4.add(sum, weight);
  }
  store<f32>(state, largest);
  if (before == largest) {
    store<f32>(state, load<f32>(state, 4) + hsum(sum), 4);
    return;
  }
  const factor = exp4(f32x4.splat(before - largest));
  store<f32>(state, load<f32>(state, 4) * f32x4.extract_lane(factor, 0) + hsum(sum), 4);
  for (let c = 0; c < dim; c += 4) {
    const at = sums + (<usize>c << 2);
    v128.store(at, f32x4.mul(v128.load(at), factor));
  }
}
