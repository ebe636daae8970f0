import { describe, expect, it } from 'vitest';
import { GaussianProcess, type GaussianProcessOptions, Lattice, QmcError, Sobol } from '../src/index.ts';
import { data, expectClose } from './group-points.ts';

describe('refusals', () => {
  const GOOD: GaussianProcessOptions = {
    points: new Sobol({ dimension: 2, seed: 1 }),
    n: 8,
    y: data(8),
    kernel: { type: 'digital' },
  };
  const twice = new Lattice({ dimension: 1, vector: Uint32Array.of(2), randomize: 'none' });

  it.each<[code: string, message: RegExp | string, change: object]>([
    [
      'bad-option',
      /^points: expected a lattice in radical inverse order or a digital net/,
      { points: new Sobol({ dimension: 2, randomize: 'owen' }) },
    ],
    ['bad-option', /^n: expected a power of two/, { n: 7 }],
    ['bad-option', /^kernel\.type: expected 'digital' or 'digital-adaptive'/, { kernel: { type: 'shift-invariant' } }],
    ['bad-option', 'noise: expected a number >= 0, got -1', { noise: -1 }],
    ['bad-option', 'fit.iterations: expected a positive integer, got 0', { fit: { iterations: 0 } }],
    ['bad-option', 'replication: expected an integer below 1, got 2', { replication: 2 }],
    ['bad-length', 'y: expected 8 elements, got 4', { y: data(4) }],
    ['bad-value', 'y[2]: expected a finite number, got Infinity', { y: data(8).fill(Number.POSITIVE_INFINITY, 2) }],
    [
      'bad-value',
      'y: expected values that differ by more than their rounding, or no fit, got equal ones',
      { y: new Float64Array(8).fill(0.1) },
    ],
    [
      'bad-value',
      'y: expected values that differ by more than their rounding, or no fit, got equal ones',
      { n: 1, y: data(1) },
    ],
    [
      'singular',
      'points: every one of the first 8 comes 2 times, so their matrix is singular without noise',
      { points: twice, kernel: { type: 'shift-invariant' } },
    ],
    [
      'singular',
      'points: every one of the first 8 comes 2 times, so their matrix is singular without noise',
      { points: twice, kernel: { type: 'shift-invariant' }, fit: false },
    ],
  ])('%s: %s', async (code, message, change) => {
    const options = { ...GOOD, ...change } as GaussianProcessOptions;
    const error = expect.objectContaining({
      code,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
    expect(() => GaussianProcess.fitSync(options)).toThrow(error);
    await expect(GaussianProcess.fit(options)).rejects.toBeInstanceOf(QmcError);
  });

  it('of test points, of counts and of more data', () => {
    const process = GaussianProcess.fitSync({ ...GOOD, fit: false });
    const thrown = (code: string): unknown => expect.objectContaining({ code });
    expect(() => process.predict(new Float64Array(3))).toThrow(thrown('bad-length'));
    expect(() => process.predict(Float64Array.of(0, 1))).toThrow(thrown('bad-value'));
    expect(() => process.predictMean(new Float64Array(2), new Float64Array(2))).toThrow(thrown('bad-length'));
    expect(() => process.predict([0, 0] as never)).toThrow(TypeError);
    expect(() => process.sample(new Float64Array(2), 0)).toThrow(thrown('bad-option'));
    expect(() => process.sample(new Float64Array(2), 1, -1)).toThrow(thrown('bad-option'));
    expect(() => process.doubleSync(data(4))).toThrow(thrown('bad-length'));
    expect(() => GaussianProcess.fitSync({ ...GOOD, y: [1] as never })).toThrow(TypeError);
    expect(() => GaussianProcess.fitSync({ ...GOOD, fit: null as never })).toThrow(
      new TypeError('fit: expected an object or false, got null'),
    );
  });

  it('points that come twice are served with noise, given or fitted', () => {
    const y = Float64Array.of(1, 1.1, 2, 1.9, 0, 0.1, -1, -1.1);
    const options = { points: twice, n: 8, y, kernel: { type: 'shift-invariant', alpha: 1 } } as const;
    expect(GaussianProcess.fitSync({ ...options, noise: 0.1 }).noise).toBe(0.1);
    expect(GaussianProcess.fitSync({ ...options, fit: { noise: true } }).noise).toBeGreaterThan(0);
  });

  it('equal values are served without a fit', () => {
    const process = GaussianProcess.fitSync({ ...GOOD, y: new Float64Array(8).fill(3), fit: false });
    expectClose(process.predict(Float64Array.of(0.1, 0.2)).mean, [3], 1e-14);
  });
});
