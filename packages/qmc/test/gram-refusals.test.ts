import { describe, expect, it } from 'vitest';
import { DigitalNet, Gram, type GramOptions, Lattice, QmcError, Sobol } from '../src/index.ts';
import { expectClose, lattice, net, VECTOR } from './group-points.ts';

const COUNT = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8);

describe('refusals', () => {
  const GOOD: GramOptions = { points: net(2), n: 8, kernel: { type: 'digital' } };
  const groupless =
    'points: expected a lattice in radical inverse order or a digital net without Owen scrambling, whose first 2^m points ' +
    'are a group up to a shift; these are none, so their Gram matrices have no fast transform';

  it.each<[code: string, message: string, change: object]>([
    ['bad-option', groupless, { points: new Lattice({ dimension: 2, vector: VECTOR, order: 'gray' }) }],
    ['bad-option', groupless, { points: new Lattice({ dimension: 2, vector: VECTOR, order: 'linear', size: 8 }) }],
    ['bad-option', groupless, { points: new Sobol({ dimension: 2, randomize: 'owen', seed: 1 }) }],
    ['bad-option', `n: expected a power of two up to ${2 ** 32}, got 6`, { n: 6 }],
    ['bad-option', `n: expected a power of two up to ${2 ** 32}, got 0`, { n: 0 }],
    ['bad-option', `n: expected a power of two up to ${2 ** 32}, got ${2 ** 33}`, { n: 2 ** 33 }],
    ['out-of-memory', `n: the core has room for ${2 ** 28} points, got ${2 ** 30}`, { n: 2 ** 30 }],
    ['bad-option', 'replication: expected an integer below 1, got 1', { replication: 1 }],
    ['bad-option', 'noise: expected a number >= 0, got -1', { noise: -1 }],
    ['bad-option', 'noise: expected a number >= 0, got NaN', { noise: Number.NaN }],
    [
      'bad-option',
      "kernel.type: expected 'digital' or 'digital-adaptive' for a digital net, got \"shift-invariant\"",
      { kernel: { type: 'shift-invariant' } },
    ],
    ['bad-option', 'kernel.type: expected \'shift-invariant\' for a lattice, got "digital"', { points: lattice(2) }],
    ['bad-option', 'kernel.alpha: expected an integer from 1 to 4, got 5', { kernel: { type: 'digital', alpha: 5 } }],
  ])('%s: %s', (code, message, change) => {
    const call = (): unknown => new Gram({ ...GOOD, ...change } as GramOptions);
    expect(call).toThrow(QmcError);
    expect(call).toThrow(expect.objectContaining({ code, message }));
  });

  it('TypeError: points that are none', () => {
    expect(() => new Gram({ ...GOOD, points: null as never })).toThrow(
      new TypeError('points: expected a point set, got null'),
    );
  });

  it('bad-length: arrays of another length', () => {
    const gram = new Gram(GOOD);
    const error = { code: 'bad-length', message: 'y: expected 8 elements, got 7' };
    expect(() => gram.solve(new Float64Array(7))).toThrow(expect.objectContaining(error));
    expect(() => gram.multiply(COUNT, new Float64Array(9))).toThrow(expect.objectContaining({ code: 'bad-length' }));
    expect(() => gram.solve([1] as never)).toThrow(TypeError);
  });

  it('bad-option: doubling beyond the last point', () => {
    const points = new DigitalNet({ dimension: 1, columns: BigUint64Array.of(4n, 2n, 1n), bits: 3 });
    const gram = new Gram({ points, n: 8, kernel: { type: 'digital' } });
    expect(() => gram.double()).toThrow(
      expect.objectContaining({ code: 'bad-option', message: 'n: expected a power of two up to 8, got 16' }),
    );
  });

  it('singular: points that come twice, unless there is noise', () => {
    const points = new Lattice({ dimension: 2, vector: Uint32Array.of(2, 6), randomize: 'none' });
    const options = { points, n: 8, kernel: { type: 'shift-invariant', alpha: 1 } } as const;
    const gram = new Gram(options);
    const error = {
      code: 'singular',
      message: 'points: every one of the first 8 comes 2 times, so their matrix is singular without noise',
    };
    expect(() => gram.solve(COUNT)).toThrow(expect.objectContaining(error));
    expect(() => gram.logDeterminant()).toThrow(expect.objectContaining(error));
    expect(() => gram.quadraticForm(COUNT)).toThrow(expect.objectContaining(error));
    expect(() => gram.double().double().solve(new Float64Array(32))).toThrow(
      expect.objectContaining({ code: 'singular' }),
    );
    expect(gram.multiply(COUNT)).toHaveLength(8);
    const noisy = new Gram({ ...options, noise: 0.5 });
    expectClose(noisy.multiply(noisy.solve(COUNT)), COUNT, 1e-12); // condition below 100
  });

  it('singular: more smoothness than double precision can tell apart', () => {
    const gram = new Gram({ points: lattice(1), n: 1024, kernel: { type: 'shift-invariant', alpha: 4 } });
    const call = (): unknown => gram.logDeterminant();
    expect(call).toThrow(expect.objectContaining({ code: 'singular' }));
    expect(call).toThrow(/eigenvalues are below 2\.2e-14 of the largest/);
  });
});
