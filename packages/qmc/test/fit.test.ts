import { describe, expect, it } from 'vitest';
import { fwht, GaussianProcess, Gram, type Kernel, Sobol, toGaussian } from '../src/index.ts';
import { at, U } from './dense.ts';
import { data, expectClose, KINDS } from './group-points.ts';

describe('fits', () => {
  const kernel: Kernel = { type: 'digital', alpha: 1 };

  it('of data that the model drew recover its hyper-parameters', () => {
    const n = 4096;
    const [weights, scale, noise] = [[0.5, 2, 0.05], 3, 0.4];
    for (const seed of [1, 2, 3]) {
      const points = new Sobol({ dimension: 3, seed });
      const truth = new Gram({ points, n, kernel: { ...kernel, weights, scale }, noise });
      const normal = toGaussian(
        data(n, seed).map((u) => (u + 1) / 2),
        { mean: 0 },
      );
      const y = fwht(normal.map((z, i) => Math.sqrt(at(truth.eigenvalues, i)) * z));
      const process = GaussianProcess.fitSync({ points, n, y, kernel, fit: { noise: true } });
      const known = GaussianProcess.fitSync({ points, n, y, kernel: { ...kernel, weights, scale }, noise, fit: false });
      // Twice the gain of the five fitted parameters over the true ones is distributed as χ²₅: beyond 25.7 once in 10,000.
      const gain = process.logMarginalLikelihood - known.logMarginalLikelihood;
      expect(gain).toBeGreaterThan(0);
      expect(2 * gain).toBeLessThan(25.7);
      const fitted = [...(process.kernel.weights as Float64Array), process.kernel.scale as number, process.noise];
      const want = [...weights, scale, noise];
      // Their logarithms have standard errors below 0.15 at this n.
      for (const [i, value] of fitted.entries()) expect(Math.abs(Math.log(value / at(want, i)))).toBeLessThan(0.6);
    }
  });

  const points = new Sobol({ dimension: 2, seed: 8 });
  const n = 128;
  const x = points.points({ end: 2 * n });
  const errors = data(2 * n);
  const observed = (from: number): Float64Array =>
    Float64Array.from({ length: n }, (_, i) => {
      const [u, v] = [at(x, 2 * (from + i)), at(x, 2 * (from + i) + 1)];
      return Math.abs(u - 0.4) * v + 0.2 * v + 0.3 * at(errors, from + i);
    });
  const y = observed(0);

  it('can keep some hyper-parameters, and find the same as when they are not searched for', () => {
    const all = GaussianProcess.fitSync({ points, n, y, kernel, fit: { noise: true } });
    const { weights, scale } = all.kernel;
    const options = { points, n, y, kernel };
    const kept: GaussianProcess[] = [
      GaussianProcess.fitSync({ ...options, noise: all.noise }), // σ² given, S searched for
      GaussianProcess.fitSync({ ...options, kernel: { ...kernel, scale }, fit: { noise: true, scale: false } }),
      GaussianProcess.fitSync({ ...options, kernel: { ...kernel, weights }, fit: { noise: true, weights: false } }),
      GaussianProcess.fitSync({ ...options, kernel: { ...kernel, scale }, noise: all.noise, fit: { scale: false } }),
    ];
    for (const process of kept) {
      expect(process.fitted?.converged).toBe(true);
      expect(Math.abs(process.logMarginalLikelihood - all.logMarginalLikelihood)).toBeLessThanOrEqual(1e-7);
      // Slopes end below 1e-7 per value.
      const { weights: slopes, noise, scale: byScale } = process.gradient();
      for (const slope of [...slopes, noise, byScale]) expect(Math.abs(slope)).toBeLessThanOrEqual(2e-4);
    }
    expect(kept[0]?.noise).toBe(all.noise);
    expect(kept[1]?.kernel.scale).toBe(scale);
    expect(kept[2]?.kernel.weights).toEqual(weights);
  });

  it('of the scale alone have its closed form', () => {
    const process = GaussianProcess.fitSync({ points, n, y, kernel, fit: { weights: false } });
    const mean = y.reduce((sum, value) => sum + value / n, 0);
    const quadratic = new Gram({ points, n, kernel }).quadraticForm(y.map((value) => value - mean));
    expect(process.kernel.scale).toBeCloseTo(quadratic / n, 12);
    expect(process.fitted).toEqual({ iterations: 0, converged: true });
  });

  it('are the same at once and in slices, and report their steps', async () => {
    const [progress, steps]: Array<Array<{ iterations: number; logMarginalLikelihood: number }>> = [[], []];
    const options = { points, n, y, kernel, fit: { noise: true } };
    const at_once = GaussianProcess.fitSync(options, { onProgress: (step) => steps?.push(step) });
    const sliced = await GaussianProcess.fit(options, { onProgress: (step) => progress?.push(step) });
    expect(sliced.kernel).toEqual(at_once.kernel);
    expect(progress).toEqual(steps);
    expect(progress?.map(({ iterations }) => iterations)).toEqual(
      Array.from({ length: sliced.fitted?.iterations ?? 0 }, (_, i) => i + 1),
    );
    const values = (progress ?? []).map((step) => step.logMarginalLikelihood);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(Math.abs(at(values, values.length - 1) - sliced.logMarginalLikelihood)).toBeLessThanOrEqual(1e-10);
  });

  it('say when their iterations did not suffice', () => {
    const { fitted } = GaussianProcess.fitSync({ points, n, y, kernel, fit: { noise: true, iterations: 2 } });
    expect(fitted).toEqual({ iterations: 2, converged: false });
  });

  it('end with an abort, before or between their steps', async () => {
    const reason = new Error('enough');
    await expect(GaussianProcess.fit({ points, n, y, kernel }, { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    const control = new AbortController();
    const size = 2 ** 18; // each evaluation takes milliseconds, all of them many slices
    const large = new Sobol({ dimension: 2, seed: 1 });
    const values = data(size);
    const options = { points: large, n: size, y: values, kernel, fit: { noise: true } };
    let [calls, all] = [0, 0];
    GaussianProcess.fitSync(options, { onProgress: () => all++ });
    const onProgress = (): void => {
      calls++;
      control.abort(reason);
    };
    await expect(GaussianProcess.fit(options, { signal: control.signal, onProgress })).rejects.toBe(reason);
    expect(calls).toBeLessThan(all);
  });

  it('end with what onProgress throws', async () => {
    const onProgress = (): void => {
      throw new Error('mine');
    };
    await expect(GaussianProcess.fit({ points, n, y, kernel }, { onProgress })).rejects.toThrow('mine');
    expect(() => GaussianProcess.fitSync({ points, n, y, kernel }, { onProgress })).toThrow('mine');
  });

  it('of twice as many points go on from where they were', async () => {
    const both = Float64Array.of(...y, ...observed(n));
    const options = { points, kernel, fit: { noise: true } };
    const whole = GaussianProcess.fitSync({ ...options, n: 2 * n, y: both });
    const half = GaussianProcess.fitSync({ ...options, n, y });
    for (const process of [half.doubleSync(observed(n)), await half.double(observed(n))]) {
      expect(process.n).toBe(2 * n);
      expect(Math.abs(process.logMarginalLikelihood - whole.logMarginalLikelihood)).toBeLessThanOrEqual(1e-7);
      expect(process.fitted?.iterations).toBeLessThan(whole.fitted?.iterations ?? 0);
      expect(process.mean).toBeCloseTo(
        both.reduce((sum, value) => sum + value / (2 * n), 0),
        13,
      );
    }
  });

  it('left out, doubling gives the process of twice as many points', () => {
    for (const [, points, kernel] of KINDS) {
      const all = data(512);
      const options = { points, kernel, noise: 0.01, fit: false } as const;
      let process = GaussianProcess.fitSync({ ...options, n: 64, y: all.slice(0, 64) });
      for (const end of [128, 256, 512]) process = process.doubleSync(all.slice(end / 2, end));
      const direct = GaussianProcess.fitSync({ ...options, n: 512, y: all });
      // Conditions are below 1e6 with this noise; spectra differ by some 50 U of their norm.
      expect(Math.abs(process.logMarginalLikelihood - direct.logMarginalLikelihood)).toBeLessThanOrEqual(
        1e6 * 50 * U * 512,
      );
      const tests = data(20).map((value) => (value + 1) / 2);
      expectClose(process.predict(tests).mean, direct.predict(tests).mean, 1e6 * 50 * U * 10);
      expectClose(process.predictMean(tests), direct.predictMean(tests), 1e6 * 50 * U * 10);
      expectClose(process.gram.eigenvalues, direct.gram.eigenvalues, 1e-12 * Math.max(...direct.gram.eigenvalues));
    }
  });

  it('predict in blocks of test points as they do one by one', () => {
    const process = GaussianProcess.fitSync({ points, n, y, kernel, fit: false });
    const tests = data(2 * 9000).map((value) => (value + 1) / 2); // more rows of 128 than are worked on together
    const { mean, variance } = process.predict(tests);
    for (const a of [0, 1, 8191, 8192, 8999]) {
      const one = process.predict(tests.slice(2 * a, 2 * a + 2));
      expect([at(mean, a), at(variance, a)]).toEqual([at(one.mean, 0), at(one.variance, 0)]);
    }
    const out = { mean: new Float64Array(9000), variance: new Float64Array(9000) };
    expect(process.predict(tests, out)).toBe(out);
    expect(out.mean).toEqual(mean);
  });
});
