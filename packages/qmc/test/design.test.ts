import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  design,
  designRows,
  type Factor,
  Halton,
  LatinHypercube,
  Lattice,
  type PointSet,
  Sobol,
  toUniform,
} from '../src/index.ts';

const fixture = JSON.parse(readFileSync(new URL('fixtures/design.json', import.meta.url), 'utf8'));

const counts = (column: Iterable<unknown>): Map<unknown, number> => {
  const all = new Map<unknown, number>();
  for (const value of column) all.set(value, (all.get(value) ?? 0) + 1);
  return all;
};
const levels = (k: number): string[] => Array.from({ length: k }, (_, level) => `level ${level}`);
const lattice = (dimension: number, seed = 7): Lattice => new Lattice({ dimension, seed });
/** A set whose only point has every coordinate x. */
const at = (x: number, dimension = 1): Lattice => {
  const vector = new Uint32Array(dimension).fill(1);
  return new Lattice({ dimension, vector, shift: new Float64Array(dimension).fill(x) });
};

describe('design', () => {
  it('scales as SciPy does, and makes its integers', () => {
    const { lower, upper, scaled, first, last, integers } = fixture;
    const d = lower.length;
    const points = new Sobol({ dimension: d, randomize: 'none', order: 'gray' });
    const factors: Factor[] = lower.map((_: number, j: number) => ({
      name: `x${j}`,
      lower: lower[j],
      upper: upper[j],
    }));
    const { columns, size } = design(points, { end: 16 }, factors);
    const wholes = lower.map((_: number, j: number) => ({ name: `x${j}`, integer: [first[j], last[j]] }));
    const whole = design(points, { end: 16 }, wholes);
    for (let i = 0; i < size; i++) {
      expect(columns.map((column) => column[i])).toEqual(scaled[i]);
      expect(whole.columns.map((column) => column[i])).toEqual(integers[i]);
    }
  });

  it('has one column per factor and one row per point', () => {
    const points = lattice(3);
    const x = points.points({ start: 4, end: 10 });
    const plan = design(points, { start: 4, end: 10 }, [
      { name: 'heat', lower: -5, upper: 5 },
      { name: 'cycles', integer: [2, 5] },
      { name: 'kind', categories: ['a', 'b', 10] },
    ]);
    expect(plan.size).toBe(6);
    const heat = toUniform(x, { lower: -5, upper: 5 });
    const want = Array.from({ length: 6 }, (_, i) => ({
      heat: heat[3 * i],
      cycles: 2 + Math.floor(4 * (x[3 * i + 1] as number)),
      kind: ['a', 'b', 10][Math.floor(3 * (x[3 * i + 2] as number))],
    }));
    expect(designRows(plan)).toEqual(want);
    expect(JSON.parse(JSON.stringify(designRows(plan)))).toEqual(want);
    expect(plan.factors.map(({ name }) => name)).toEqual(['heat', 'cycles', 'kind']);
  });

  const sets: Array<[string, (seed: number) => PointSet]> = [
    ['a lattice', (seed) => lattice(2, seed)],
    ['a Sobol’ net', (seed) => new Sobol({ dimension: 2, seed })],
    ['a Latin hypercube', (seed) => new LatinHypercube({ dimension: 2, seed, size: 64 })],
  ];

  it.each(sets)('each of k = 2^j levels comes exactly n/k times: %s', (_, make) => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 0, max: 6 }), (seed, j) => {
        const k = 2 ** j;
        const { columns } = design(make(seed), { end: 64 }, [
          { name: 'level', categories: levels(k) },
          { name: 'integer', integer: [-3, k - 4] },
        ]);
        for (const column of columns) {
          expect(counts(column).size).toBe(k);
          for (const count of counts(column).values()) expect(count).toBe(64 / k);
        }
      }),
    );
  });

  it.each(sets)('each of k levels comes n/k times, give or take one: %s', (_, make) => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 20 }), (seed, k) => {
        const { columns } = design(make(seed), { end: 64 }, [
          { name: 'level', categories: levels(k) },
          { name: 'integer', integer: [0, k - 1] },
        ]);
        for (const column of columns) {
          // a bin holds all strata but the two at its ends, and perhaps those
          for (const count of counts(column).values()) expect(Math.abs(count - 64 / k)).toBeLessThan(2);
        }
      }),
    );
  });

  it('two factors of a net are balanced together', () => {
    const { columns } = design(new Sobol({ dimension: 2, seed: 1 }), { end: 64 }, [
      { name: 'a', categories: levels(8) },
      { name: 'b', categories: levels(8) },
    ]);
    const pairs = Array.from({ length: 64 }, (_, i) => `${columns[0]?.[i]}, ${columns[1]?.[i]}`);
    expect(counts(pairs).size).toBe(64);
  });

  it('the last bin ends where the points do', () => {
    const last = 1 - 2 ** -53;
    for (const [first, end] of [
      [0, 2],
      [1, 2 ** 53 - 1],
      [-(2 ** 52), 2 ** 52 - 2],
      [1, 3 * 2 ** 51],
      [-7, 6],
    ] as const) {
      const factors = [{ name: 'i', integer: [first, end] as const }];
      expect(design(at(last), { end: 1 }, factors).columns[0]?.[0]).toBeLessThanOrEqual(end);
      expect(design(at(0), { end: 1 }, factors).columns[0]?.[0]).toBe(first);
    }
    expect(design(at(last), { end: 1 }, [{ name: 'c', categories: levels(3) }]).columns[0]?.[0]).toBe('level 2');
  });

  it('takes unrandomised points, and no points', () => {
    const points = new Halton({ dimension: 1, randomize: 'none' });
    const factors = [{ name: 'dose', lower: 1, upper: 3 }];
    expect(designRows(design(points, { end: 4 }, factors)).map(({ dose }) => dose)).toEqual([1, 2, 1.5, 2.5]);
    expect(designRows(design(points, { end: 0 }, factors))).toEqual([]);
  });

  it('keeps what it was given, whatever becomes of that', () => {
    const categories = ['a', 'b'];
    const factors: Factor[] = [{ name: 'c', categories }];
    const plan = design(at(0.75), { end: 1 }, factors);
    categories[1] = 'z';
    factors.pop();
    expect(plan.factors).toEqual([{ name: 'c', categories: ['a', 'b'] }]);
  });

  it('a factor may have any name', () => {
    const [row] = designRows(design(at(0.5), { end: 1 }, [{ name: '__proto__', lower: 0, upper: 2 }]));
    expect(Object.entries(row as object)).toEqual([['__proto__', 1]]);
  });
});

describe('refusals', () => {
  const good: Factor = { name: 'x', lower: 0, upper: 1 };
  it.each<[string, string, unknown[], PointSet?]>([
    ['bad-option', "factors: expected 1 (the points' dimension), got 2", [good, { ...good, name: 'y' }]],
    ['bad-option', "factors: expected 1 (the points' dimension), got 0", []],
    ['bad-option', 'points: expected 1 replication, got 2', [good], new Sobol({ dimension: 1, replications: 2 })],
    ['bad-option', 'factors[0].name: expected a string that is not empty, got ""', [{ ...good, name: '' }]],
    ['bad-option', 'factors[0].name: expected a string that is not empty, got 1', [{ ...good, name: 1 }]],
    ['bad-option', 'factors[1].name: expected no name twice, got "x"', [good, good], lattice(2)],
    [
      'bad-option',
      'factors[0]: expected lower and upper, integer, or categories, got name, lower',
      [{ name: 'x', lower: 0 }],
    ],
    [
      'bad-value',
      'factors[0].upper: expected a number above factors[0].lower = 2, both finite and their difference too, got 2',
      [{ name: 'x', lower: 2, upper: 2 }],
    ],
    [
      'bad-value',
      'factors[0].upper: expected a number above factors[0].lower = 0, both finite and their difference too, got NaN',
      [{ name: 'x', lower: 0, upper: Number.NaN }],
    ],
    [
      'bad-value',
      'factors[0].integer: expected two integers, the second not below the first, got [3, 2]',
      [{ name: 'x', integer: [3, 2] }],
    ],
    [
      'bad-value',
      'factors[0].integer: expected two integers, the second not below the first, got [0, 1.5]',
      [{ name: 'x', integer: [0, 1.5] }],
    ],
    [
      'bad-value',
      'factors[0].integer: expected two integers, at most 2^53 − 1 of them, got [-9007199254740991, 9007199254740991]',
      [{ name: 'x', integer: [-(2 ** 53 - 1), 2 ** 53 - 1] }],
    ],
    [
      'bad-value',
      'factors[0].categories: expected an array of one category at least, got []',
      [{ name: 'x', categories: [] }],
    ],
    [
      'bad-value',
      'factors[0].categories[1]: expected a string or a finite number, got NaN',
      [{ name: 'x', categories: ['a', Number.NaN] }],
    ],
    [
      'bad-value',
      'factors[0].categories[2]: expected no category twice, got "a"',
      [{ name: 'x', categories: ['a', 'b', 'a'] }],
    ],
  ])('%s: %s', (code, message, factors, points = lattice(1)) => {
    expect(() => design(points, { end: 2 }, factors as Factor[])).toThrow(
      expect.objectContaining({ name: 'QmcError', code, message }),
    );
  });

  it('refuses what the points refuse', () => {
    expect(() => design(lattice(1), { start: 3, end: 2 }, [good])).toThrow(
      expect.objectContaining({ name: 'QmcError', code: 'bad-range' }),
    );
  });

  it('an argument of another type is a TypeError', () => {
    expect(() => design(new Float64Array(2) as never, { end: 2 }, [good])).toThrow(
      new TypeError('points: expected a point set, got Float64Array'),
    );
    expect(() => design(lattice(1), { end: 2 }, good as never)).toThrow(
      new TypeError('factors: expected an array, got Object'),
    );
    expect(() => design(lattice(1), { end: 2 }, [{ name: 'x', lower: 0, upper: '1' as never }])).toThrow(
      new TypeError('factors[0].upper: expected a number, got "1"'),
    );
    expect(() => design(lattice(1), { end: 2 }, [null as never])).toThrow(
      new TypeError('factors[0]: expected an object, got null'),
    );
  });
});
