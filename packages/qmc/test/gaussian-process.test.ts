import { readJson } from '@gossamer/testkit/fixtures';
import { describe, expect, it } from 'vitest';
import { GaussianProcess, type Kernel, kernelMatrix, Lattice, type PointSet, Sobol } from '../src/index.ts';
import { at, Dense, dot, U } from './dense.ts';
import { data, expectClose, KINDS } from './group-points.ts';

interface Process {
  readonly name: string;
  readonly kernel: Kernel;
  readonly points: { readonly sequence: string; readonly vector?: number[] };
  readonly n: number;
  readonly y: number[];
  readonly fitNoise: boolean;
  readonly weights: number[];
  readonly scale: number;
  readonly noise: number;
  readonly logMarginalLikelihood: number;
  readonly test: number[];
  readonly mean: number[];
  readonly variance: number[];
  readonly integral: { readonly mean: number; readonly variance: number };
}
const { processes } = readJson<{ processes: Process[] }>(new URL('fixtures/kernels.json', import.meta.url));

const setOf = ({ points: { sequence, vector } }: Process): PointSet =>
  sequence === 'sobol'
    ? new Sobol({ dimension: 2, randomize: 'none' })
    : new Lattice({ dimension: 2, vector: Uint32Array.from(vector ?? []), randomize: 'none' });

describe('against scipy.optimize and dense matrices', () => {
  it.each(processes)('$name: the fit reaches the optimum', async (process) => {
    const { n, kernel, fitNoise: noise } = process;
    const y = Float64Array.from(process.y);
    const found = await GaussianProcess.fit({ points: setOf(process), n, y, kernel, fit: { noise } });
    expect(found.fitted?.converged).toBe(true);
    // Both stop at slopes below 1e-7 per value, n of them; with curvatures near n/100 and more, logarithms are within 1e-5 of
    // the optimum, and what it lacks in height is n·1e-7·1e-5 and rounding.
    expect(Math.abs(found.logMarginalLikelihood - process.logMarginalLikelihood)).toBeLessThanOrEqual(1e-9);
    const hyper = [...(found.kernel.weights as Float64Array), found.kernel.scale as number, found.noise];
    const want = [...process.weights, process.scale, process.noise];
    for (const [i, value] of hyper.entries())
      expect(Math.abs(value - at(want, i))).toBeLessThanOrEqual(1e-4 * at(want, i));
  });

  it.each(processes)('$name: predictions and the integral agree', (process) => {
    const { n, kernel, weights, scale, noise, test } = process;
    const options = { points: setOf(process), n, y: Float64Array.from(process.y), noise, fit: false } as const;
    const found = GaussianProcess.fitSync({ ...options, kernel: { ...kernel, weights, scale } });
    expect(found.fitted).toBeUndefined();
    // Condition numbers are below 1e6 (α = 2 at n = 64), and a dense Cholesky decomposition loses n·U times that of what it
    // computes, relative to the prior: 4.
    const tolerance = 1e6 * n * U * 4;
    expectClose([found.logMarginalLikelihood], [process.logMarginalLikelihood], n * tolerance);
    const { mean, variance } = found.predict(Float64Array.from(test));
    expectClose(mean, process.mean, tolerance);
    expectClose(variance, process.variance, tolerance);
    expectClose(found.predictMean(Float64Array.from(test)), mean, tolerance);
    expectClose(
      [found.integral.mean, found.integral.variance],
      [process.integral.mean, process.integral.variance],
      tolerance,
    );
  });
});

describe.each(KINDS)('against a dense Cholesky decomposition: %s', (_, points, kernel) => {
  it.each([
    [2, 0],
    [16, 0],
    [128, 0],
    [128, 0.2],
    [256, 1e-3],
  ])('n = %i, noise = %d', (n, noise) => {
    const y = data(n);
    const process = GaussianProcess.fitSync({ points, n, y, kernel, noise, fit: false });
    const x = points.points({ end: n });
    const tests = data(10).map((value) => (value + 1) / 2);
    const dense = new Dense(kernelMatrix({ kernel, dimension: 2, x, z: x }), noise);
    const mean = y.reduce((sum, value) => sum + value / n, 0);
    const centred = y.map((value) => value - mean);
    const solution = dense.solve(centred);
    const lambda = process.gram.eigenvalues;
    const condition = Math.max(...lambda) / Math.min(...lambda);
    expect(condition).toBeLessThan(1e9);
    // Points are doubles here and exact there: 2^-53 apart, which a kernel of slope up to 40 feels; Cholesky's backward error
    // is (n + 1)·U·‖K‖, and the solution's is condition times that.
    const relative = 40 * (n + 1) * U * condition;
    const scale = Math.sqrt(dot(solution, solution) * n) * (kernel.scale ?? 1) * 10;
    const cross = kernelMatrix({ kernel, dimension: 2, x: tests, z: x });
    const prior = at(kernelMatrix({ kernel, dimension: 2, x: new Float64Array(2), z: new Float64Array(2) }), 0);
    const rows = Array.from({ length: 5 }, (_, a) => cross.subarray(a * n, a * n + n));
    const { mean: means, variance } = process.predict(tests);
    expectClose(
      means,
      rows.map((row) => mean + dot(row, solution)),
      relative * scale,
    );
    expectClose(process.predictMean(tests), means, relative * scale);
    const variances = rows.map((row) => prior - dot(row, dense.solve(row)));
    expectClose(variance, variances, relative * prior * n);
    const likelihood = -0.5 * (n * Math.log(2 * Math.PI) + dense.logDeterminant() + dot(centred, solution));
    expect(Math.abs(process.logMarginalLikelihood - likelihood)).toBeLessThanOrEqual(
      relative * (n + dot(centred, solution)),
    );
    const ones = dense.solve(new Float64Array(n).fill(kernel.scale ?? 1));
    const integral = (kernel.scale ?? 1) * (1 - ones.reduce((sum, value) => sum + value, 0));
    expect(process.integral.mean).toBeCloseTo(mean, 12);
    expect(Math.abs(process.integral.variance - integral)).toBeLessThanOrEqual(relative * (kernel.scale ?? 1));
  });

  it('the gradient is that of differences of the likelihood', () => {
    const n = 64;
    const [weights, scale, noise, h] = [[0.3, 0.1], 0.8, 0.05, 1e-3];
    const y = data(n);
    const value = (change: number[]): number =>
      GaussianProcess.fitSync({
        points,
        n,
        y,
        kernel: {
          ...kernel,
          weights: weights.map((w, j) => w * Math.exp(at(change, j))),
          scale: scale * Math.exp(at(change, 2)),
        },
        noise: noise * Math.exp(at(change, 3)),
        fit: false,
      }).logMarginalLikelihood;
    const process = GaussianProcess.fitSync({ points, n, y, kernel: { ...kernel, weights, scale }, noise, fit: false });
    const { weights: byWeights, scale: byScale, noise: byNoise } = process.gradient();
    for (const [k, slope] of [...byWeights, byScale, byNoise].entries()) {
      const unit = (by: number): number[] => [0, 1, 2, 3].map((j) => (j === k ? by : 0));
      const want = (8 * (value(unit(h)) - value(unit(-h))) - value(unit(2 * h)) + value(unit(-2 * h))) / (12 * h);
      // The formula errs by h⁴/30 of a fifth derivative, n at most, and by the values' rounding over h: 1e-12/h.
      expect(Math.abs(slope - want)).toBeLessThanOrEqual((n * h ** 4) / 30 + 1e-12 / h);
    }
  });

  it('goes through the data without noise', () => {
    const y = data(32);
    const process = GaussianProcess.fitSync({ points, n: 32, y, kernel, fit: false });
    const { mean, variance } = process.predict(points.points({ end: 32 }));
    expectClose(mean, y, 1e-8); // condition below 1e6, points moved by 2^-53
    for (const value of variance) expect(value).toBeLessThanOrEqual(1e-8);
    expectClose(
      process.predict(points instanceof Sobol ? points.integers({ end: 32 }) : points.points({ end: 32 })).mean,
      y,
      1e-8,
    );
  });
});
