import { describe, expect, it } from 'vitest';
import { GaussianProcess, kernelMatrix } from '../src/index.ts';
import { at, Dense, dot } from './dense.ts';
import { expectClose, lattice } from './group-points.ts';

describe('draws', () => {
  const points = lattice(1);
  const n = 8;
  const y = Float64Array.from({ length: n }, (_, i) => at([1, -1, 0.5, 0, 2, 1, 0, -0.5], i));
  const process = GaussianProcess.fitSync({
    points,
    n,
    y,
    kernel: { type: 'shift-invariant', alpha: 1, weights: 1 },
    noise: 0.1,
    fit: false,
  });
  const tests = Float64Array.of(0.03, 0.05, 0.31, 0.9);

  it('have the moments of the prediction', () => {
    const count = 20_000;
    const m = tests.length;
    const draws = process.sample(tests, count, 5);
    expect(draws).toHaveLength(count * m);
    const { mean, variance } = process.predict(tests);
    const x = points.points({ end: n });
    const { kernel } = process;
    const dense = new Dense(kernelMatrix({ kernel, dimension: 1, x, z: x }), 0.1);
    const cross = kernelMatrix({ kernel, dimension: 1, x: tests, z: x });
    const prior = kernelMatrix({ kernel, dimension: 1, x: tests, z: tests });
    const row = (a: number): Float64Array => cross.subarray(a * n, a * n + n);
    for (let a = 0; a < m; a++) {
      const column = Float64Array.from({ length: count }, (_, k) => at(draws, k * m + a) - at(mean, a));
      // Five standard errors of a mean, and of a covariance: √((Σ_aa Σ_bb + Σ_ab²)/count).
      expect(Math.abs(column.reduce((sum, value) => sum + value, 0) / count)).toBeLessThanOrEqual(
        5 * Math.sqrt(at(variance, a) / count),
      );
      for (let b = 0; b <= a; b++) {
        const want = at(prior, a * m + b) - dot(row(a), dense.solve(row(b)));
        let sum = 0;
        for (let k = 0; k < count; k++) sum += at(column, k) * (at(draws, k * m + b) - at(mean, b));
        const error = Math.sqrt((at(variance, a) * at(variance, b) + want ** 2) / count);
        expect(Math.abs(sum / count - want)).toBeLessThanOrEqual(5 * error);
      }
    }
  });

  it('are those of their seed', () => {
    expect(process.sample(tests, 3, 5)).toEqual(process.sample(tests, 3, 5));
    expect(process.sample(tests, 3, 5)).not.toEqual(process.sample(tests, 3, 6));
    expect(process.sample(tests, 3)).not.toEqual(process.sample(tests, 3));
    expect(process.sample(new Float64Array(), 3)).toHaveLength(0);
  });

  it('of a process without noise go through its data', () => {
    const exact = GaussianProcess.fitSync({ points, n, y, kernel: { type: 'shift-invariant', alpha: 2 }, fit: false });
    const draws = exact.sample(points.points({ end: n }), 4, 1);
    // What is added to the diagonal for definiteness: deviations of 2^-23 of the prior's, below 2; draws are below 5 of them
    for (const [i, value] of draws.entries()) expect(Math.abs(value - at(y, i % n))).toBeLessThanOrEqual(5 * 2 ** -22);
  });

  it('may have the same test point twice', () => {
    const draws = process.sample(Float64Array.of(0.2, 0.2, 0.2), 5, 1);
    for (let k = 0; k < 5; k++)
      expectClose(draws.subarray(3 * k, 3 * k + 3), Array(3).fill(at(draws, 3 * k)), 10 * 2 ** -22);
  });
});
