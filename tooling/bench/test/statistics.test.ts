import { expect, it } from 'vitest';
import { median, medianInterval } from '../src/statistics.mjs';

it('takes the middle of an odd and the mean of the two middles of an even number of samples', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 2])).toBe(3.5);
  expect(() => median([])).toThrow('values: expected at least one sample, got none');
});

it('covers the median of 15 samples with the 4th and the 12th, at 96.48 %', () => {
  const interval = medianInterval([15, 1, 14, 2, 13, 3, 12, 4, 11, 5, 10, 6, 9, 7, 8]);
  expect(interval).toMatchObject({ median: 8, low: 4, high: 12 });
  // 1 − 2·(1 + 15 + 105 + 455)/2¹⁵, from the binomial distribution with n = 15 and p = ½
  expect(interval.coverage).toBeCloseTo(1 - (2 * 576) / 32768, 12);
});

it.each([
  // n, rank, coverage: the table of the sign test
  [6, 1, 0.96875],
  [8, 1, 0.9921875],
  [9, 2, 0.9609375],
  [20, 6, 0.9586105],
  [30, 10, 0.9572259],
])('takes rank k of %i samples as %i', (n, rank, coverage) => {
  const interval = medianInterval(Array.from({ length: n }, (_, i) => i + 1));
  expect([interval.low, interval.high]).toEqual([rank, n + 1 - rank]);
  expect(interval.coverage).toBeCloseTo(coverage, 6);
});

it('gives the whole range and its smaller coverage when fewer than six samples allow no interval', () => {
  expect(medianInterval([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3, coverage: 0.75 });
});
