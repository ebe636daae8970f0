import { describe, expect, it } from 'vitest';
import {
  Halton,
  type Integrand,
  type IntegrateOptions,
  integrate,
  integrateSync,
  Korobov,
  LatinHypercube,
  Lattice,
  PointSet,
  Sobol,
} from '../src/index.ts';
import { lattice, VECTOR } from './point-sets.ts';

describe('refuses', () => {
  const points = lattice(2);
  const refusals: Array<[code: string, message: string, options: object]> = [
    ['bad-option', 'absTol: expected a positive number, or one as relTol, got neither', {}],
    ...[0, -1e-3, Number.NaN, Number.POSITIVE_INFINITY, '0.1', null].flatMap((tolerance) => {
      const got = typeof tolerance === 'string' ? '"0.1"' : String(tolerance);
      return ['absTol', 'relTol'].map(
        (name) =>
          ['bad-option', `${name}: expected a positive number, got ${got}`, { absTol: 1, [name]: tolerance }] as [
            string,
            string,
            object,
          ],
      );
    }),
    ['bad-option', 'points: expected at least 2 replications, got 1', { points: lattice(2, 1), absTol: 1 }],
    ['bad-option', 'alpha: expected a number from 1e-100 to 0.5, got 0', { absTol: 1, alpha: 0 }],
    ['bad-option', 'alpha: expected a number from 1e-100 to 0.5, got 0.9', { absTol: 1, alpha: 0.9 }],
    ['bad-option', 'alpha: expected a number from 1e-100 to 0.5, got NaN', { absTol: 1, alpha: Number.NaN }],
    ['bad-option', 'inflate: expected a number of at least 1, got 0.5', { absTol: 1, inflate: 0.5 }],
    ['bad-option', 'inflate: expected a number of at least 1, got Infinity', { absTol: 1, inflate: 1 / 0 }],
    ['bad-option', 'nInit: expected an integer from 1 to 1048576, got 0', { absTol: 1, nInit: 0 }],
    ['bad-option', 'nInit: expected an integer from 1 to 1048576, got 1.5', { absTol: 1, nInit: 1.5 }],
    ['bad-option', 'nInit: expected an integer from 1 to 128, got 256', { absTol: 1, nInit: 256, nMax: 128 }],
    ['bad-option', 'nMax: expected an integer from 1 to 9007199254740991, got 0', { absTol: 1, nMax: 0 }],
    ['bad-option', 'nMax: expected an integer from 1 to 9007199254740991, got Infinity', { absTol: 1, nMax: 1 / 0 }],
    [
      'bad-option',
      'nMax: expected an integer from 1 to 1021, got 2048',
      {
        points: new Lattice({ dimension: 2, vector: VECTOR, order: 'linear', size: 1021, replications: 2 }),
        absTol: 1,
        nMax: 2048,
      },
    ],
    ...[
      new Lattice({ dimension: 2, randomize: 'none', replications: 3 }),
      new Sobol({ dimension: 2, randomize: 'lms', replications: 3 }),
      new Sobol({ dimension: 2, randomize: 'none', replications: 3 }),
      new Halton({ dimension: 2, randomize: 'lms', replications: 3 }),
      new Halton({ dimension: 2, randomize: 'none', replications: 3 }),
      new Korobov({ dimension: 2, size: 64, randomize: 'none', replications: 3 }),
      new LatinHypercube({ dimension: 2, size: 64, centered: true, replications: 3 }),
    ].map((fixed): [string, string, object] => [
      'bad-option',
      'points: expected a randomisation that makes every point uniform, by a shift or permutations',
      { points: fixed, absTol: 1 },
    ]),
  ];

  it.each(refusals)('%s: %s', async (code, message, options) => {
    const all = { points, ...options } as IntegrateOptions;
    const error = { name: 'QmcError', code, message };
    const never = (): number => expect.unreachable();
    expect(() => integrateSync(never, all)).toThrow(expect.objectContaining(error));
    await expect(integrate(never, all)).rejects.toMatchObject(error);
  });

  it('what is no integrand or no point set', async () => {
    const options = { points, absTol: 1 };
    for (const bad of [undefined, null, 1, {}, { batch: 1 }] as unknown as Integrand[]) {
      expect(() => integrateSync(bad, options)).toThrow(TypeError);
      await expect(integrate(bad, options)).rejects.toThrow(
        /^integrand: expected a function or { batch: function }, got/,
      );
    }
    for (const bad of [undefined, {}, points.toJSON()] as unknown as PointSet[]) {
      expect(() => integrateSync(() => 1, { ...options, points: bad })).toThrow(/^points: expected a PointSet, got/);
    }
  });

  it('what has no room, before it is asked for', () => {
    const wide = new Wide({ dimension: 2 ** 45 });
    expect(() => integrateSync(() => 1, { points: wide, absTol: 1 })).toThrow(
      expect.objectContaining({ code: 'out-of-memory' }),
    );
  });
});

/** A set with room for nothing. */
class Wide extends PointSet {
  constructor({ dimension }: { dimension: number }) {
    super({ dimension, replications: 2, size: 1024, seed: lattice(1).seed });
  }
  override toJSON(): never {
    return expect.unreachable();
  }
  protected override respawn(): never {
    return expect.unreachable();
  }
  protected override run(): never {
    return expect.unreachable();
  }
}
