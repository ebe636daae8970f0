import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CovarianceDecomposition, covarianceFactor, inverseNormal, Sobol, toGaussian } from '../src/index.ts';

const fixture = JSON.parse(readFileSync(new URL('fixtures/gaussian.json', import.meta.url), 'utf8'));
const EPSILON = 2 ** -52;

const largest = (values: Iterable<number>): number => Math.max(...[...values].map(Math.abs));
const product = (a: Float64Array, d: number, i: number, j: number): number => {
  let sum = 0;
  for (let k = 0; k < d; k++) sum += (a[i * d + k] as number) * (a[j * d + k] as number);
  return sum;
};

/** |AAᵀ − Σ| ≤ c·d·ε·max|Σ|: reflections, rotations and the product are each backward stable, with a few ε per entry. */
function expectFactor(a: Float64Array, covariance: Float64Array, d: number): void {
  const bound = 16 * d * EPSILON * largest(covariance);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      expect(Math.abs(product(a, d, i, j) - (covariance[i * d + j] as number))).toBeLessThanOrEqual(bound);
    }
  }
}

/** BBᵀ of random entries, of full rank or of rank r. */
const covariances = (rank: (d: number) => number): fc.Arbitrary<{ d: number; covariance: Float64Array }> =>
  fc.integer({ min: 1, max: 9 }).chain((d) => {
    const r = rank(d);
    const entries = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: d * r, maxLength: d * r });
    return entries.map((b) => {
      const at = (i: number, j: number) => {
        let sum = 0;
        for (let k = 0; k < r; k++) sum += (b[i * r + k] as number) * (b[j * r + k] as number);
        return sum;
      };
      return { d, covariance: Float64Array.from({ length: d * d }, (_, e) => at(Math.floor(e / d), e % d)) };
    });
  });

describe('covarianceFactor', () => {
  it.each(fixture.factors as { name: string }[])('finds the principal factor: $name', (given) => {
    const { covariance, eigenvalues, pca } = given as unknown as Record<string, number[]>;
    const [sigma, d] = [Float64Array.from(covariance as number[]), (eigenvalues as number[]).length];
    const factor = covarianceFactor(sigma);
    expectFactor(factor, sigma, d);
    // Davis and Kahan: an eigenvector turns by at most the backward error over the gap to the next eigenvalue.
    const values = eigenvalues as number[];
    const gap = Math.min(...values.slice(1).map((value, k) => (values[k] as number) - value));
    const [top] = values as [number];
    for (const [e, entry] of factor.entries()) {
      const error = Math.abs(entry - ((pca as number[])[e] as number));
      expect(error).toBeLessThanOrEqual(
        (16 * d * EPSILON * top * Math.sqrt(top)) / Math.min(gap, values.at(-1) as number),
      );
    }
  });

  it.each(fixture.factors as { name: string }[])('finds the triangular factor: $name', (given) => {
    const { covariance, eigenvalues, cholesky } = given as unknown as Record<string, number[]>;
    const [sigma, d] = [Float64Array.from(covariance as number[]), (eigenvalues as number[]).length];
    const factor = covarianceFactor(sigma, 'cholesky');
    expectFactor(factor, sigma, d);
    const [top, bottom] = [eigenvalues?.[0] as number, eigenvalues?.at(-1) as number];
    const bound = 4 * d * EPSILON * (top / bottom) * Math.sqrt(top); // the condition times the backward error
    for (const [e, entry] of factor.entries()) {
      expect(Math.abs(entry - ((cholesky as number[])[e] as number))).toBeLessThanOrEqual(bound);
      if (e % d > Math.floor(e / d)) expect(entry).toBe(0);
    }
  });

  it('gives AAᵀ = Σ with orthogonal columns of falling length, whatever the rank', () => {
    for (const rank of [(d: number) => d, () => 2, () => 0]) {
      fc.assert(
        fc.property(covariances(rank), ({ d, covariance }) => {
          const a = covarianceFactor(covariance);
          expectFactor(a, covariance, d);
          const transposed = Float64Array.from(a, (_, e) => a[(e % d) * d + Math.floor(e / d)] as number);
          const bound = 16 * d * EPSILON * largest(covariance) * d;
          for (let i = 0; i < d; i++) {
            for (let j = 0; j < i; j++) expect(Math.abs(product(transposed, d, i, j))).toBeLessThanOrEqual(bound);
            if (i === 0) continue;
            const [before, here] = [product(transposed, d, i - 1, i - 1), product(transposed, d, i, i)];
            expect(here - before).toBeLessThanOrEqual(bound);
          }
        }),
      );
    }
  });

  it('makes the first entry of every column positive that is no rounding error', () => {
    const blocks = Float64Array.of(1, 0, 0, 0, 5, 2, 0, 2, 5); // eigenvectors (0, 1, 1), (0, 1, −1) and (1, 0, 0)
    const a = covarianceFactor(blocks);
    const want = [0, 0, 1, Math.sqrt(3.5), Math.sqrt(1.5), 0, Math.sqrt(3.5), -Math.sqrt(1.5), 0];
    for (const [e, entry] of a.entries())
      expect(Math.abs(entry - (want[e] as number))).toBeLessThanOrEqual(48 * EPSILON);
  });

  it('stays exact where the scale is extreme', () => {
    for (const scale of [1e-300, 1e300]) {
      const covariance = Float64Array.of(9, 4, 4, 5).map((entry) => entry * scale);
      for (const kind of ['pca', 'cholesky'] as const) expectFactor(covarianceFactor(covariance, kind), covariance, 2);
    }
    // deviations of 1e-153, 1e-150, 1e-7 and 1e-3: squares of these entries underflow
    const deviations = [1e-153, 1e-150, 1e-7, 1e-3];
    const mixed = Float64Array.from({ length: 16 }, (_, e) => {
      const [s, t] = [deviations[e >> 2] as number, deviations[e & 3] as number];
      return e >> 2 === (e & 3) ? s * t : 0.5 * s * t;
    });
    expectFactor(covarianceFactor(mixed), mixed, 4);
  });

  it('decomposes a large matrix', () => {
    const d = 200;
    const covariance = Float64Array.from({ length: d * d }, (_, e) => Math.min(Math.floor(e / d), e % d) + 1);
    expectFactor(covarianceFactor(covariance), covariance, d);
  });
});

describe('toGaussian', () => {
  it.each(fixture.points as { name: string; decomposition: string }[])('gives the points of QMCPy: $name', (given) => {
    const { x, y, mean, covariance } = given as unknown as Record<'x' | 'y' | 'mean' | 'covariance', number[]>;
    const decomposition = given.decomposition as CovarianceDecomposition;
    const [mu, sigma] = [Float64Array.from(mean), Float64Array.from(covariance)];
    const options =
      sigma.length === mu.length
        ? { mean: mu, standardDeviation: sigma.map(Math.sqrt) }
        : { mean: mu, covariance: sigma, decomposition };
    const got = toGaussian(Float64Array.from(x), options);
    // 6.5 ulp between the quantiles (normal.test.ts), which here are below 4, and a few roundings
    const bound = 16 * EPSILON * (4 * Math.sqrt(largest(sigma)) + largest(mu)) * mu.length;
    for (const [i, value] of got.entries()) expect(Math.abs(value - (y[i] as number))).toBeLessThanOrEqual(bound);
  });

  it('makes of a seeded net what QMCPy makes of it', () => {
    const x = new Sobol({ dimension: 2, seed: 7 }).points({ end: 2 });
    const y = toGaussian(x, { mean: Float64Array.of(1, 2), covariance: Float64Array.of(9, 4, 4, 5) });
    const golden = [3.8399461175094722, 1.1909788523199798, -1.9727727011286431, 0.4940535338406089];
    for (const [i, value] of y.entries()) expect(Math.abs(value - (golden[i] as number))).toBeLessThanOrEqual(1e-14); // 16 ε of above
  });

  it('is the quantile when nothing is told, and a factor does what its covariance does', () => {
    const x = Float64Array.from({ length: 12 }, (_, i) => (i + 0.5) / 12);
    expect(toGaussian(x, {})).toEqual(inverseNormal(x));
    const covariance = Float64Array.of(4, 1, 0, 1, 3, 1, 0, 1, 2);
    for (const decomposition of ['pca', 'cholesky'] as const) {
      const factor = covarianceFactor(covariance, decomposition);
      expect(toGaussian(x, { factor, mean: 2 })).toEqual(toGaussian(x, { covariance, decomposition, mean: 2 }));
    }
    expect(toGaussian(x, { covariance })).toEqual(toGaussian(x, { covariance, decomposition: 'pca' }));
  });

  it('is mean + deviation · quantile of every point, wherever blocks end', () => {
    for (const d of [1, 2, 3, 5, 63, 64, 65, 9000]) {
      const points = d === 9000 ? 3 : Math.ceil(17_000 / d);
      const x = Float64Array.from({ length: d * points }, (_, i) => ((i + 1) * 0.6180339887498949) % 1);
      const mean = Float64Array.from({ length: d }, (_, j) => j - 2);
      const standardDeviation = Float64Array.from({ length: d }, (_, j) => (j % 5) / 4);
      const want = inverseNormal(x).map((z, i) => (mean[i % d] as number) + (standardDeviation[i % d] as number) * z);
      expect(toGaussian(x, { mean, standardDeviation })).toEqual(want);
      if (d > 65) continue;
      const factor = new Float64Array(d * d);
      for (let j = 0; j < d; j++) factor[j * d + j] = standardDeviation[j] as number;
      expect(toGaussian(x, { mean, factor })).toEqual(want);
    }
  });

  it('fills and returns out, which may be the input', () => {
    const x = Float64Array.of(0.25, 0.75);
    const want = [...toGaussian(x, { mean: 1, standardDeviation: 2 })];
    expect([...x]).toEqual([0.25, 0.75]);
    expect(toGaussian(x, { mean: 1, standardDeviation: 2 }, x)).toBe(x);
    expect([...x]).toEqual(want);
    expect(toGaussian(new Float64Array(0), {})).toHaveLength(0);
  });

  it('takes no mean of another length than the covariance has', () => {
    expect(refusalOf({ mean: new Float64Array(3), covariance: Float64Array.of(1, 0, 0, 1) })).toEqual({
      code: 'bad-length',
      message: 'mean: expected 2 elements, got 3',
    });
  });
});

const refusalOf = (options: object, x: unknown = Float64Array.of(0.5, 0.5), out?: unknown): unknown => {
  try {
    return toGaussian(x as never, options as never, out as never);
  } catch (error) {
    const { code, message, name } = error as { code: string; message: string; name: string };
    return code === undefined ? { name, message } : { code, message };
  }
};

describe('refusals', () => {
  const F = Float64Array;
  it.each<[string, string, object, unknown?, unknown?]>([
    ['bad-value', 'x[0]: expected a number in (0, 1), got 0', {}, F.of(0, 0.5)],
    ['bad-value', 'x[1]: expected a number in (0, 1), got 1', {}, F.of(0.5, 1)],
    ['bad-value', 'x[1]: expected a number in (0, 1), got NaN', {}, F.of(0.5, Number.NaN)],
    ['bad-length', 'x: expected a multiple of 3 elements (dimension), got 2', { mean: new F(3) }],
    ['bad-length', 'out: expected 2 elements, got 1', {}, F.of(0.5, 0.5), new F(1)],
    ['bad-length', 'mean: expected at least 1 element, got 0', { mean: new F(0) }],
    [
      'bad-length',
      'standardDeviation: expected 2 elements (as mean has), got 1',
      { mean: new F(2), standardDeviation: new F(1) },
    ],
    ['bad-value', 'mean: expected a finite number, got NaN', { mean: Number.NaN }],
    ['bad-value', 'mean[1]: expected a finite number, got Infinity', { mean: F.of(0, Infinity) }],
    ['bad-value', 'standardDeviation: expected a number from 0 on, got -1', { standardDeviation: -1 }],
    ['bad-value', 'standardDeviation[1]: expected a number from 0 on, got -1', { standardDeviation: F.of(1, -1) }],
    ['bad-length', 'covariance: expected d·d elements, got 3', { covariance: new F(3) }],
    ['bad-length', 'covariance: expected d·d elements, got 0', { covariance: new F(0) }],
    ['bad-value', 'covariance[3]: expected a finite number, got NaN', { covariance: F.of(1, 0, 0, Number.NaN) }],
    [
      'bad-value',
      'covariance: expected a symmetric matrix, got 0.5 in row 1, column 0 and 0.25 there and back',
      { covariance: F.of(1, 0.25, 0.5, 1) },
    ],
    ['bad-value', 'covariance: expected a positive semidefinite matrix', { covariance: F.of(1, 2, 2, 1) }],
    [
      'bad-value',
      "covariance: expected a positive definite matrix ('pca' takes a semidefinite one too)",
      { covariance: F.of(1, 1, 1, 1), decomposition: 'cholesky' },
    ],
    [
      'bad-option',
      "decomposition: expected 'pca' or 'cholesky', got \"svd\"",
      { covariance: F.of(1), decomposition: 'svd' },
    ],
    ['bad-option', 'decomposition: only a covariance has one, got "pca"', { decomposition: 'pca' }],
    [
      'bad-option',
      'options: expected one of standardDeviation, covariance and factor, got standardDeviation and covariance',
      { standardDeviation: 1, covariance: F.of(1) },
    ],
    ['bad-length', 'factor: expected d·d elements, got 2', { factor: new F(2) }],
    ['bad-value', 'factor[0]: expected a finite number, got -Infinity', { factor: F.of(-Infinity) }],
  ])('%s: %s', (code, message, options, x, out) => {
    expect(refusalOf(options, x, out)).toEqual({ code, message });
  });

  it.each<[string, object, unknown?, unknown?]>([
    ['x: expected a Float64Array, got [0.5]', {}, [0.5]],
    ['out: expected a Float64Array, got Float32Array', {}, F.of(0.5), new Float32Array(1)],
    ['mean: expected a number or a Float64Array, got [0]', { mean: [0] }],
    ['standardDeviation: expected a number or a Float64Array, got "1"', { standardDeviation: '1' }],
    ['covariance: expected a Float64Array, got [1]', { covariance: [1] }],
    ['factor: expected a Float64Array, got [1]', { factor: [1] }],
  ])('an argument of another type is a TypeError: %s', (message, options, x, out) => {
    expect(refusalOf(options, x, out)).toEqual({ name: 'TypeError', message });
  });

  it('refuses before it writes', () => {
    const x = Float64Array.of(0.5, 0);
    refusalOf({}, x, x);
    expect([...x]).toEqual([0.5, 0]);
  });
});
