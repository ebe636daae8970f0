// Medians and their intervals by order statistics: exact for any continuous distribution of independent samples, no
// resampling and so no seed. With n sorted samples, [x₍ₖ₎, x₍ₙ₊₁₋ₖ₎] covers the median with probability
// 1 − 2·P(Bin(n, ½) ≤ k − 1): each sample falls below the median with probability ½.

export const CONFIDENCE = 0.95;

/**
 * @typedef {{ median: number, low: number, high: number, coverage: number }} Interval
 * `coverage` is the exact probability of the interval: the smallest one ≥ 0.95, or that of the whole range when fewer
 * than six samples allow no such interval.
 */

/** @param {readonly number[]} values @returns {number} */
export function median(values) {
  if (values.length === 0) throw new RangeError('values: expected at least one sample, got none');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {readonly number[]} values @returns {Interval} */
export function medianInterval(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  let rank = 1; // k above
  while (coverage(n, rank + 1) >= CONFIDENCE) rank++;
  return { median: median(sorted), low: sorted[rank - 1], high: sorted[n - rank], coverage: coverage(n, rank) };
}

/** Coverage of [x₍ₖ₎, x₍ₙ₊₁₋ₖ₎]; 0 or less where the two ends cross. */
function coverage(n, rank) {
  let below = 0;
  let probability = 2 ** -n; // P(Bin(n, ½) = 0)
  for (let i = 0; i < rank; i++) {
    below += probability;
    probability *= (n - i) / (i + 1);
  }
  return 1 - 2 * below;
}
