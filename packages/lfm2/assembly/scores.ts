import {
  EXP_BIAS,
  EXP_BOTTOM,
  EXP_Q0,
  EXP_Q1,
  EXP_Q2,
  EXP_Q3,
  EXP_Q4,
  exp4,
  expWith,
  LN2_HIGH,
  LN2_LOW,
  LOG2_E,
} from '@gossamer/as-kit/assembly/inline/exp';
import { heldF32 } from '@gossamer/as-kit/assembly/inline/held';
import { hmax, hsum } from '@gossamer/as-kit/assembly/inline/lanes';
import { PAGE } from './page';

/** Bytes of a page's scores. */
export const PAGE_BYTES: usize = PAGE * 4;
/** Bytes of the state of a query: largest score, total, and one number for the caller. */
export const STATE: usize = 12;

/**
 * One page of an online softmax (arXiv:1805.02867): scores become e^(score − largest so far), those of tokens that a query may not
 * see 0; what was summed before is rescaled to the new largest score.
 * scores: (rows, 64) · sums: (rows, dim) · state: per row, see STATE · visible: tokens of the page that lie before the first
 * query; query t sees visible + t + 1 of them, and each at least one
 */
export function weigh(scores: usize, sums: usize, state: usize, rows: i32, group: i32, dim: i32, visible: i32): void {
  for (let r = 0; r < rows; r++) {
    weighRow(scores, sums, state, dim, visible + r / group + 1);
    scores += PAGE_BYTES;
    sums += <usize>dim << 2;
    state += STATE;
  }
}

/** One row of `weigh`, of which the first `seen` ≥ 1 tokens count. */
export function weighRow(scores: usize, sums: usize, state: usize, dim: i32, seen: i32): void {
  for (let at = <usize>seen << 2; at < PAGE_BYTES; at += 4) store<f32>(scores + at, -Infinity);
  // A NaN may be passed over here: its weight is NaN whatever the shift.
  let a = v128.load(scores), b = a;
  for (let at: usize = 0; at < PAGE_BYTES; at += 32) {
    a = f32x4.pmax(a, v128.load(scores + at));
    b = f32x4.pmax(b, v128.load(scores + at, 16));
  }
  const before = load<f32>(state);
  const largest = max<f32>(before, hmax(f32x4.pmax(a, b)));
  const sum = powers(scores, largest, dim);
  store<f32>(state, largest);
  if (before == largest) {
    store<f32>(state, load<f32>(state, 4) + sum, 4);
    return;
  }
  const factor = exp4(f32x4.splat(before - largest));
  store<f32>(state, load<f32>(state, 4) * f32x4.extract_lane(factor, 0) + sum, 4);
  for (let c = 0; c < dim; c += 4) {
    const at = sums + (<usize>c << 2);
    v128.store(at, f32x4.mul(v128.load(at), factor));
  }
}

/** Scores become e^(score − largest); returns their sum. */
function powers(scores: usize, largest: f32, count: i32): f32 {
  const bottom = heldF32(EXP_BOTTOM, count);
  const log2e = heldF32(LOG2_E, count);
  const high = heldF32(LN2_HIGH, count);
  const low = heldF32(LN2_LOW, count);
  const q4 = heldF32(EXP_Q4, count);
  const q3 = heldF32(EXP_Q3, count);
  const q2 = heldF32(EXP_Q2, count);
  const q1 = heldF32(EXP_Q1, count);
  const q0 = heldF32(EXP_Q0, count);
  const one = heldF32(1, count);
  const bias = heldF32(EXP_BIAS, count);
  const shift = f32x4.splat(largest);
  let sum = f32x4.splat(0);
  for (const end = scores + PAGE_BYTES; scores < end; scores += 16) {
    // No power is above 0, so that 1 serves as the top.
    const v = f32x4.sub(v128.load(scores), shift);
    const weight = expWith(v, one, bottom, log2e, high, low, q4, q3, q2, q1, q0, one, bias);
    v128.store(scores, weight);
    sum = f32x4.add(sum, weight);
  }
  return hsum(sum);
}
