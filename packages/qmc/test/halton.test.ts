import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Halton, type HaltonOptions, type HaltonRandomization, QmcError, SeedSequence } from '../src/index.ts';
import { KINDS } from './halton-kinds.ts';
import { nearest, radicalInverse } from './oracle.ts';

const golden = JSON.parse(readFileSync(new URL('fixtures/halton.json', import.meta.url), 'utf8'));
const ANYWHERE = KINDS.filter((kind) => kind !== 'owen-tree');
const PRIMES = Array.from({ length: 8191 }, (_, n) => n + 1).filter(
  (n) => n > 1 && Array.from({ length: Math.floor(Math.sqrt(n)) - 1 }, (_, k) => k + 2).every((k) => n % k > 0),
);
const SIZE = 2 ** 32;

const rows = (points: Float64Array, d: number): number[][] =>
  Array.from({ length: points.length / d }, (_, i) => [...points.subarray(i * d, (i + 1) * d)]);

describe('points of the reference', () => {
  it.each(golden.cases as HaltonCase[])('$randomize, d = $dimension, R = $replications', (wanted) => {
    const { columns, indices, points, dimension } = wanted;
    const set = new Halton(wanted);
    for (const [k, index] of indices.entries()) {
      const got = rows(set.points({ start: index, end: index + 1 }), dimension);
      const kept = got.map((row) => columns.map((j) => row[j]));
      expect(kept).toEqual(points.map((replication) => replication[k])); // the doubles nearest to the reference's digits
    }
  });

  interface HaltonCase extends HaltonOptions {
    readonly columns: number[];
    readonly indices: number[];
    readonly points: number[][][];
  }

  it('as it prints them, within what its sums of 63 digits lose', () => {
    // Power ℓ of 1/b has ℓ roundings, its product with a digit one, and each of the 53/log₂ b sums that change anything one.
    const bound = (x: number, base: number): number => (Math.ceil(53 / Math.log2(base)) + 6) * 2 ** -53 * x;
    const printed = {
      'lms+permutation': [0.8379045723950361, 0.8998147801261214, 0.009861020158122989, 0.46109409969189],
      'owen-tree': [0.14196399703379392, 0.9928556856807155],
    };
    for (const [randomize, want] of Object.entries(printed)) {
      const set = new Halton({ dimension: 2, seed: 7, randomize: randomize as HaltonRandomization });
      const got = set.points({ end: want.length / 2 });
      for (const [k, x] of want.entries())
        expect(Math.abs((got[k] as number) - x)).toBeLessThanOrEqual(bound(x, [2, 3][k % 2] as number));
    }
  });

  it('the children of a set are those of the reference', () => {
    const children = new Halton({ dimension: 3, seed: 7 }).spawn(2);
    expect(children.map((child) => [...child.points({ start: 1, end: 2 })])).toEqual(golden.spawned);
  });

  it('SciPy has the same unscrambled sequence, to its roundings', () => {
    const { dimension, step, points } = golden.scipy;
    const set = new Halton({ dimension, randomize: 'none' });
    for (const [k, want] of points.entries()) {
      const got = set.points({ start: k * step, end: k * step + 1 });
      // it adds the digits of an index below 300: at most 9 terms, each with two roundings
      for (const [j, x] of want.entries())
        expect(Math.abs((got[j] as number) - x)).toBeLessThanOrEqual(9 * 2 ** -53 * x);
    }
  });
});

describe('without randomisation', () => {
  it('the first rows are the golden ones', () => {
    const points = rows(new Halton({ dimension: 6, randomize: 'none' }).points({ end: 10 }), 6);
    expect(points.slice(0, 4)).toEqual([
      [0, 0, 0, 0, 0, 0],
      [1 / 2, 1 / 3, 1 / 5, 1 / 7, 1 / 11, 1 / 13],
      [1 / 4, 2 / 3, 2 / 5, 2 / 7, 2 / 11, 2 / 13],
      [3 / 4, 1 / 9, 3 / 5, 3 / 7, 3 / 11, 3 / 13],
    ]);
    expect(points[9]).toEqual([0.5625, 1 / 27, 0.84, 15 / 49, 9 / 11, 9 / 13]);
  });

  it('every coordinate is the double nearest to the exact number, up to the last index and the last dimension', () => {
    const set = new Halton({ dimension: 1028, randomize: 'none' });
    expect(PRIMES).toHaveLength(1028);
    const index = fc.oneof(
      fc.nat(SIZE - 1),
      fc.nat(70_000),
      fc.constantFrom(SIZE - 1, 2 ** 31, 53 ** 5 - 1, 8191 ** 2),
    );
    fc.assert(
      fc.property(index, (i) => {
        const exact = PRIMES.map((base) => nearest(radicalInverse(i, base)));
        expect([...set.points({ start: i, end: i + 1 })]).toEqual(exact);
      }),
      { numRuns: 60 },
    );
  });
});

describe('ranges', () => {
  const dimension = fc.constantFrom(1, 2, 3, 5, 16, 17, 40, 100);

  it.each(ANYWHERE)('any split of a range gives the same bits: %s', (randomize) => {
    const start = fc.oneof(fc.nat(SIZE - 6000), fc.nat(5000), fc.constantFrom(0, 2 ** 31 - 100, SIZE - 6000));
    fc.assert(
      fc.property(dimension, start, fc.nat(6000), fc.array(fc.nat(6000), { maxLength: 3 }), (d, first, count, cuts) => {
        const set = new Halton({ dimension: d, seed: 1, randomize });
        const whole = set.points({ start: first, end: first + count });
        const bounds = [0, ...cuts.filter((cut) => cut < count), count].sort((a, b) => a - b);
        for (const [k, from] of bounds.slice(0, -1).entries()) {
          const to = bounds[k + 1] as number;
          const part = set.points({ start: first + from, end: first + to });
          expect(Buffer.compare(bytes(part), bytes(whole.subarray(from * d, to * d)))).toBe(0);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('a tree of permutations is walked again for every range', () => {
    const set = new Halton({ dimension: 3, seed: 1, randomize: 'owen-tree', replications: 2 });
    const whole = set.points({ end: 700 });
    for (const [start, end] of [
      [0, 1],
      [699, 700],
      [100, 433],
    ] as const) {
      const part = set.points({ start, end });
      const length = 3 * (end - start);
      for (const r of [0, 1]) {
        expect(part.subarray(r * length, (r + 1) * length)).toEqual(
          whole.subarray((700 * r + start) * 3, (700 * r + end) * 3),
        );
      }
    }
  });

  it('a point alone is the same as among thousands, which go by tables', () => {
    for (const randomize of ['lms', 'lms+shift', 'lms+permutation'] as const) {
      const set = new Halton({ dimension: 100, seed: 8, randomize });
      const many = set.points({ start: 100_000, end: 106_000 });
      for (const i of [0, 1, 2999, 5999]) {
        const alone = set.points({ start: 100_000 + i, end: 100_001 + i });
        expect(alone).toEqual(many.subarray(i * 100, (i + 1) * 100));
      }
    }
  });

  const bytes = (array: Float64Array): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
});

describe('a set', () => {
  it('goes on after the children that a seed already has, and its spec says so', () => {
    const seed = new SeedSequence(5);
    seed.spawn(6);
    const second = new Halton({ dimension: 3, seed, randomize: 'owen-tree' });
    const both = new Halton({ dimension: 3, seed: 5, randomize: 'owen-tree', replications: 3 });
    expect(second.points({ end: 9 })).toEqual(both.points({ end: 9 }).subarray(54));
    expect(second.toJSON().seed).toEqual({ entropy: '5', spawnKey: [], children: 6 });
  });

  it.each(KINDS)('is plain JSON, and its children differ: %s', (randomize) => {
    const set = new Halton({ dimension: 3, seed: 5, randomize, replications: 2 });
    const spec = JSON.parse(JSON.stringify(set));
    expect(spec).toEqual({
      sequence: 'halton',
      dimension: 3,
      randomize,
      seed: { entropy: '5', spawnKey: [] },
      replications: 2,
    });
    const seed = new SeedSequence(BigInt(spec.seed.entropy), spec.seed.spawnKey);
    expect(new Halton({ ...spec, seed }).points({ end: 50 })).toEqual(set.points({ end: 50 }));
    const [child] = set.spawn(1, [2]);
    expect(child).toMatchObject({ dimension: 2, randomize, replications: 2, group: undefined });
    if (randomize === 'owen-tree') expect(child?.seed.spawnKey).toEqual([6]); // the first six draw this set’s permutations
  });
});

it.each([
  ['bad-option', 'dimension: expected an integer from 1 to 1028, got 0', { dimension: 0 }],
  ['bad-option', 'dimension: expected an integer from 1 to 1028, got 1029', { dimension: 1029 }],
  ['bad-option', 'dimension: expected an integer from 1 to 1028, got 1.5', { dimension: 1.5 }],
  [
    'bad-option',
    "randomize: expected 'lms+permutation', 'lms+shift', 'lms', 'permutation', 'shift', 'owen', 'owen-tree' or 'none', got \"qrng\"",
    { randomize: 'qrng' },
  ],
  ['bad-option', 'replications: expected a positive integer, got 0', { replications: 0 }],
  ['bad-option', 'seed: expected an integer from 0 to 2^53 − 1 or a bigint below 2^128, got -1', { seed: -1 }],
])('%s: %s', (code, message, options) => {
  const call = (): unknown => new Halton({ dimension: 2, ...options } as HaltonOptions);
  expect(call).toThrow(QmcError);
  expect(call).toThrow(expect.objectContaining({ code, message }));
});

it('refuses an index beyond the sequence', () => {
  const refused =
    (randomize: HaltonRandomization, end: number): unknown =>
    () =>
      new Halton({ dimension: 2, randomize }).points({ start: end - 1, end });
  const error = (size: number): unknown =>
    expect.objectContaining({ code: 'bad-range', message: `end: the sequence has ${size} points, got ${size + 1}` });
  expect(refused('none', SIZE + 1)).toThrow(error(SIZE) as Error);
  expect(refused('owen-tree', 2 ** 16 + 1)).toThrow(error(2 ** 16) as Error);
});
