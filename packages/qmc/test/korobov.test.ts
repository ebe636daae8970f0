import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Korobov, type KorobovOptions, QmcError } from '../src/index.ts';
import { rows } from './lattice-points.ts';
import { merits } from './merit.ts';

const fixtures = readFileSync(new URL('fixtures/qmcpy-lattice.json', import.meta.url), 'utf8');
const { korobov: table, korobovPoints } = JSON.parse(fixtures);

const meritOf = (size: number, dimension: number, multiplier?: number): number => {
  const korobov = new Korobov({ dimension, size, multiplier, randomize: 'none' });
  return merits(korobov.points({ end: size }), [dimension], 0)[0] as number;
};

describe('the multiplier', () => {
  it('is that of the reference, or its equal', () => {
    const others: unknown[] = [];
    for (const { size, dimension, a, p2 } of table) {
      const { multiplier } = new Korobov({ dimension, size });
      // the table has 12 decimals of p2 at least
      expect(Math.abs(meritOf(size, dimension, multiplier) - p2)).toBeLessThan(1e-12 * Math.max(1, p2));
      if (multiplier !== a) others.push([size, dimension, multiplier, a]);
    }
    // where two are equally good, ours is the lower one
    expect(others).toEqual([
      [7, 2, 2, 3],
      [7, 3, 2, 3],
    ]);
  });

  it.each([3, 9, 16, 30, 53])('is the best of all, for n = %i', (size) => {
    for (const dimension of [2, 3, 7]) {
      const found = meritOf(size, dimension);
      const all = Array.from({ length: size - 1 }, (_, k) => k + 1).filter((a) => gcd(a, size) === 1);
      const best = Math.min(...all.map((a) => meritOf(size, dimension, a)));
      expect(found).toBeLessThanOrEqual(best + 1e-13); // two sums in different sequence
    }
  });

  it('may be anything when it is given, and makes the vector exactly', () => {
    const [size, multiplier] = [2 ** 32 - 1, 2 ** 32 - 2]; // −1 modulo n, by products of 64 bits
    const korobov = new Korobov({ dimension: 4, size, multiplier, randomize: 'none' });
    expect([...korobov.vector]).toEqual([1, size - 1, 1, size - 1]);
    const [first] = rows(korobov.points({ start: 1, end: 2 }), 4);
    expect(first).toEqual([1 / size, (size - 1) / size, 1 / size, (size - 1) / size]);
  });

  it('is found at the largest size of a search, in the most dimensions', () => {
    const { multiplier } = new Korobov({ dimension: 1000, size: 8192 });
    expect(multiplier % 2).toBe(1);
  }, 30_000);
});

describe('points', () => {
  it('are the golden ones', () => {
    const korobov = new Korobov({ dimension: 2, size: 8, randomize: 'none' });
    expect(korobov.multiplier).toBe(3);
    const golden = [0, 0, 0.125, 0.375, 0.25, 0.75, 0.375, 0.125, 0.5, 0.5, 0.625, 0.875, 0.75, 0.25, 0.875, 0.625];
    expect([...korobov.points({ end: 8 })]).toEqual(golden);
  });

  it('have the shifts of the reference', () => {
    const { dimension, size, replications, seed, points } = korobovPoints;
    expect([...new Korobov({ dimension, size, replications, seed }).points({ end: size })]).toEqual(points);
  });

  it('end with the lattice', () => {
    const korobov = new Korobov({ dimension: 2, size: 8 });
    expect(korobov.size).toBe(8);
    expect(() => korobov.points({ end: 9 })).toThrow(expect.objectContaining({ code: 'bad-range' }));
  });

  it('of one point are one', () => {
    expect([...new Korobov({ dimension: 3, size: 1, randomize: 'none' }).points({ end: 1 })]).toEqual([0, 0, 0]);
  });
});

it('a spec says it all, and a spawned set of another dimension searches again', () => {
  const korobov = new Korobov({ dimension: 2, size: 64, seed: 7, randomize: 'shift' });
  expect(JSON.parse(JSON.stringify(korobov))).toEqual({
    sequence: 'korobov',
    dimension: 2,
    size: 64,
    multiplier: 19,
    randomize: 'shift',
    seed: { entropy: '7', spawnKey: [] },
    replications: 1,
  });
  const [child, other] = korobov.spawn(2, [2, 3]) as [Korobov, Korobov];
  expect([child.multiplier, other.multiplier]).toEqual([19, 11]);
  expect(child.points({ end: 4 })).not.toEqual(korobov.points({ end: 4 }));
});

it.each<[string, Partial<Record<keyof KorobovOptions, unknown>>]>([
  ['dimension: expected a positive integer, got 0', { dimension: 0 }],
  ['size: expected an integer from 1 to 2^32 − 1, got 0', { size: 0 }],
  ['size: expected an integer from 1 to 2^32 − 1, got 4294967296', { size: 2 ** 32 }],
  ['multiplier: expected an integer from 1 to 2^32 − 1, got 0', { multiplier: 0 }],
  [
    'multiplier: expected one, as the search goes up to size = 8192 and dimension = 1000, got undefined',
    { size: 8193 },
  ],
  [
    'multiplier: expected one, as the search goes up to size = 8192 and dimension = 1000, got undefined',
    { dimension: 1001 },
  ],
  ["randomize: expected 'shift' or 'none', got \"lms\"", { randomize: 'lms' }],
  ['seed: expected an integer from 0 to 2^53 − 1 or a bigint below 2^128, got -1', { seed: -1 }],
])('refuses: %s', (message, options) => {
  const make = (): unknown => new Korobov({ dimension: 2, size: 8, ...options } as KorobovOptions);
  expect(make).toThrow(QmcError);
  expect(make).toThrow(expect.objectContaining({ code: 'bad-option', message }));
});

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
