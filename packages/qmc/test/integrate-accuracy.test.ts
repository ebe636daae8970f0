import { describe, expect, it } from 'vitest';
import { Iid, type Integral, integrateSync, Lattice, type PointSet, type Refinement, Sobol } from '../src/index.ts';
import { studentQuantile } from '../src/student.ts';
import { cornerPeak, ishigami, type Known, keister, oscillatory } from './integrands.ts';

const RUNS = 400;
const REPLICATIONS = 16;

const INTEGRANDS: Array<[name: string, dimension: number, known: Known, absTol: number]> = [
  ['Keister, d = 1', 1, keister(1), 1e-3],
  ['Keister, d = 3', 3, keister(3), 1e-2],
  ['Keister, d = 5', 5, keister(5), 1e-1],
  ['Genz’ oscillatory function, d = 3', 3, oscillatory(3), 1e-3],
  ['Genz’ corner peak, d = 5', 5, cornerPeak(5), 1e-4],
  ['Ishigami’s function', 3, ishigami, 3e-2],
];

/** How many of the runs have the integral outside the interval: at a confidence of 99 %, and at one of 80 %. */
function misses(runs: readonly Integral[], exact: number): [at99: number, at80: number] {
  const narrower = studentQuantile(0.1, REPLICATIONS - 1) / studentQuantile(0.005, REPLICATIONS - 1);
  const outside = (factor: number): number =>
    runs.filter(({ mean, bound }) => Math.abs(mean - exact) > factor * bound).length;
  return [outside(1), outside(narrower)];
}

/** Of 400 runs a binomial share of 1 % is above 14 with probability 2e-5; one of 20 % is outside 45 … 120 with 2e-6. */
function expectNominal(runs: readonly Integral[], exact: number): void {
  const [at99, at80] = misses(runs, exact);
  expect(at99).toBeLessThanOrEqual(14);
  expect(at80).toBeGreaterThanOrEqual(45);
  expect(at80).toBeLessThanOrEqual(120);
}

const seeds = Array.from({ length: RUNS }, (_, seed) => seed);

describe('400 seeded runs have the integral in the interval as often as they say', () => {
  it.each(INTEGRANDS)('with Sobol’ points to a tolerance: %s', (_, dimension, { f, exact }, absTol) => {
    const runs = seeds.map((seed) =>
      integrateSync(f, { points: new Sobol({ dimension, replications: REPLICATIONS, seed }), absTol }),
    );
    expect(runs.every(({ converged, bound }) => converged && bound <= absTol)).toBe(true);
    expectNominal(runs, exact);
    // the tolerance is missed less often than the interval, which is mostly narrower
    expect(runs.filter(({ mean }) => Math.abs(mean - exact) > absTol).length).toBeLessThanOrEqual(14);
  });

  // but for d = 1, where a mean is a function of one uniform number and not normal: 14 of 400 intervals miss Keister's integral
  it.each(INTEGRANDS.slice(1))('with lattice points to a tolerance: %s', (_, dimension, { f, exact }, absTol) => {
    const runs = seeds.map((seed) =>
      integrateSync(f, { points: new Lattice({ dimension, replications: REPLICATIONS, seed }), absTol }),
    );
    expectNominal(runs, exact);
  });

  it.each(INTEGRANDS)('with independent points, 4,096 of them: %s', (_, dimension, { f, exact }) => {
    const runs = seeds.map((seed) => {
      const points = new Iid({ dimension, replications: REPLICATIONS, seed });
      return integrateSync(f, { points, absTol: 1e-12, nInit: 256, nMax: 256 });
    });
    expectNominal(runs, exact);
  });
});

/** The slope of log bound over log n. */
function rate(history: readonly Refinement[]): number {
  const [x, y] = [history.map(({ n }) => Math.log(n)), history.map(({ bound }) => Math.log(bound))];
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const sxy = x.reduce((sum, each, k) => sum + (each - mx) * ((y[k] as number) - my), 0);
  return sxy / x.reduce((sum, each) => sum + (each - mx) ** 2, 0);
}

/**
 * The bound is proportional to the deviation s of 100 means, log2 of which has a standard error of about
 * 1/(ln 2·√(2·99)) = 0.10 where the means are normal; a line through the nine values at n = 2^4 … 2^12 then has a slope with a
 * standard error of 0.10/√60 = 0.013. Where s depends on n beyond its power (a lattice is better for some n), or on the
 * scramble (nets of order α), the bands are those of the specification, ±0.3, or half of it.
 */
describe('the bound falls at the rate of the points', () => {
  const square = (x: Float64Array): number => ((x[0] as number) + (x[1] as number)) ** 2;
  const entire = ([x]: Float64Array): number => (x as number) * Math.exp(x as number) - 1;
  const set = { replications: 100, seed: 1 };
  const cases: Array<[name: string, (x: Float64Array) => number, PointSet, want: number, band: number]> = [
    ['independent points, n^−1/2', square, new Iid({ dimension: 2, ...set }), -0.5, 0.06],
    ['a lattice and a function that is not periodic, 1/n', square, new Lattice({ dimension: 2, ...set }), -1, 0.1],
    ['nested scrambled Sobol’, n^−3/2', square, new Sobol({ dimension: 2, randomize: 'owen', ...set }), -1.5, 0.15],
    ['a net of order 2, n^−5/2', entire, new Sobol({ dimension: 1, alpha: 2, ...set }), -2.5, 0.3],
    ['a net of order 3, n^−7/2', entire, new Sobol({ dimension: 1, alpha: 3, ...set }), -3.5, 0.3],
  ];

  it.each(cases)('%s', (_, f, points, want, band) => {
    const { history } = integrateSync(f, { points, absTol: 1e-300, nInit: 16, nMax: 4096 });
    expect(history).toHaveLength(9);
    expect(Math.abs(rate(history) - want)).toBeLessThan(band);
  });
});
