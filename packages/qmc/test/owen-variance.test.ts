import { describe, expect, it } from 'vitest';
import { Sobol, type SobolOptions } from '../src/index.ts';

type Integrand = (points: Float64Array, at: number) => number;

/** The mean square of Σf(xᵢ)/n over R replications, for an f whose integral is 0. */
function variance(f: Integrand, n: number, options: SobolOptions): number {
  const { dimension: d, replications: r = 1 } = options;
  const points = new Sobol({ seed: 7, ...options }).points({ end: n });
  const means = Array.from({ length: r }, (_, k) => {
    let sum = 0;
    for (let i = k * n; i < (k + 1) * n; i++) sum += f(points, i * d);
    return sum / n;
  });
  return means.reduce((sum, mean) => sum + mean * mean, 0) / r;
}

/** The slope of log₂ of the variance over log₂ n, by least squares over n = 2^from … 2^to. */
function slope(f: Integrand, [from, to]: [number, number], options: SobolOptions): number {
  const logs = Array.from({ length: to - from + 1 }, (_, k) => Math.log2(variance(f, 2 ** (from + k), options)));
  const middle = (logs.length - 1) / 2;
  const squares = logs.reduce((sum, _, k) => sum + (k - middle) ** 2, 0);
  return logs.reduce((sum, log, k) => sum + (k - middle) * log, 0) / squares;
}

const quadratic: Integrand = (x, at) => ((x[at] as number) + (x[at + 1] as number)) ** 2 - 7 / 6;
const exponential: Integrand = (x, at) => (x[at] as number) * Math.exp(x[at] as number) - 1;
/** Digit k of a coordinate as a sign. */
const sign = (x: number, k: number): number => 1 - 2 * (Math.floor(x * 2 ** k) % 2);

/** Five standard deviations of the mean of R squares of normal numbers, as a part of it. */
const five = (replications: number): number => 5 * Math.sqrt(2 / replications);

// A. B. Owen, Scrambled net variance for integrals of smooth functions, Ann. Statist. 25(4), 1997: n^−3 (log n)^(d − 1).
// With R = 100 a variance is known to √(2/100), its log₂ to 0.2, and a slope over 9 sizes to 0.2/√60: five of that are 0.13.
describe.each(['owen', 'owen-tree'] as const)('the variance of a smooth integrand under %s', (randomize) => {
  it('falls like n^-3 in one dimension', () => {
    const found = slope(exponential, [4, 12], { dimension: 1, replications: 100, randomize });
    expect(Math.abs(found + 3)).toBeLessThan(0.13);
  });

  it('falls like n^-3 log n in two', () => {
    const found = slope(quadratic, [4, 12], { dimension: 2, replications: 100, randomize });
    const logs = Math.log2(12 / 4) / 8; // what the logarithm adds from 2^4 to 2^12, at most
    expect(found).toBeGreaterThan(-3 - 0.13);
    expect(found).toBeLessThan(-3 + 0.13 + logs);
  });

  it('is in one dimension that of one uniform point per interval: n^-3 ∫f′²/12', () => {
    const integral = 1.25 * Math.E ** 2 - 0.25; // ∫ (1 + x)² e^2x
    for (const n of [16, 64, 256, 1024]) {
      const found = variance(exponential, n, { dimension: 1, replications: 500, randomize });
      expect(Math.abs((found * n ** 3) / (integral / 12) - 1)).toBeLessThan(five(500) + 1 / n);
    }
  });
});

describe('the keyed scramble', () => {
  // A. B. Owen, Monte Carlo variance of scrambled net quadrature, SIAM J. Numer. Anal. 34(5), 1997: gain coefficients. A cell
  // of the a − 1 and b − 1 digits before the two has 2^(m + 2 − a − b) of the 2^m points. As long as those are at least 4, the
  // signs cancel; if they are 2, the points lie in opposite quarters, and their signs are equal; if it is one or none, the signs
  // are independent of all others.
  it.each([
    [1, 5, 0],
    [3, 3, 0],
    [3, 4, 2],
    [6, 1, 2],
    [4, 4, 1],
    [6, 6, 1],
    [1, 12, 1],
    [30, 40, 1],
  ])('gives the Walsh function of digits %i and %i the gain %i at n = 64', (a, b, gain) => {
    const product: Integrand = (x, at) => sign(x[at] as number, a) * sign(x[at + 1] as number, b);
    const found = 64 * variance(product, 64, { dimension: 2, replications: 4000, randomize: 'owen' });
    expect(Math.abs(found - gain)).toBeLessThanOrEqual(gain * five(4000));
  });

  it('is unbiased and no worse than plain Monte Carlo for an integrand that jumps', () => {
    const jump: Integrand = (x, at) =>
      (x[at] as number) + (x[at + 1] as number) + (x[at + 2] as number) < 1.5 ? 0.5 : -0.5;
    for (const n of [1, 16, 256]) {
      const options = { dimension: 3, replications: 2000, randomize: 'owen' } as const;
      expect(variance(jump, n, options) * n).toBeLessThan(0.25 * (1 + five(2000)));
      const sum = [...new Sobol({ seed: 7, ...options }).points({ end: n })].reduce((sum, x) => sum + x - 0.5, 0);
      expect(Math.abs(sum)).toBeLessThan(5 * Math.sqrt((3 * n * 2000) / 12)); // as if all were independent: they are better
    }
  });

  it.each([
    [2, -2.5],
    [3, -3.5],
  ])('gives an error that falls near the rate of order α = %i', (alpha, rate) => {
    const found = slope(exponential, [4, 10], { dimension: 1, replications: 100, randomize: 'owen', alpha }) / 2;
    expect(Math.abs(found - rate)).toBeLessThan(0.3); // the logarithms are still felt at these sizes
  });
});
