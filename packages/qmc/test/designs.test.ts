import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Iid, LatinHypercube, type LatinHypercubeOptions, QmcError, SeedSequence } from '../src/index.ts';
import { rows } from './lattice-points.ts';

const fixtures = readFileSync(new URL('fixtures/qmcpy-lattice.json', import.meta.url), 'utf8');
const {
  hypercubes,
  iid: uniforms,
}: {
  hypercubes: Array<LatinHypercubeOptions & { points: number[] }>;
  iid: Array<{ dimension: number; seed: number; points: number[] }>;
} = JSON.parse(fixtures);

describe('Latin hypercubes', () => {
  it.each(hypercubes)(
    'are those of the reference: d = $dimension, n = $size, centered: $centered',
    ({ points, ...options }) => {
      expect([...new LatinHypercube(options).points({ end: options.size })]).toEqual(points);
    },
  );

  it('put one point into each of n intervals, in every coordinate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 5 }), fc.nat(), (size, d, seed) => {
        for (const centered of [true, false]) {
          const points = rows(new LatinHypercube({ dimension: d, size, seed, centered }).points({ end: size }), d);
          for (let j = 0; j < d; j++) {
            const column = points.map((point) => point[j] as number).sort((a, b) => a - b);
            for (const [k, x] of column.entries()) {
              expect(x >= k / size && x < (k + 1) / size).toBe(true);
              if (centered) expect(x).toBe((k + 0.5) / size);
            }
          }
        }
      }),
    );
  });

  it('any range is a part of the whole, across blocks, in both precisions', () => {
    const [size, dimension] = [7001, 3]; // blocks of 5461 points
    const cube = new LatinHypercube({ dimension, size, seed: 4, replications: 2 });
    const whole = cube.points({ end: size });
    for (const [start, end] of [
      [0, 1],
      [5460, 5462],
      [17, 7000],
      [7000, 7001],
    ] as const) {
      const cut = [0, size].flatMap((at) => [...whole.subarray((at + start) * dimension, (at + end) * dimension)]);
      expect([...cube.points({ start, end })]).toEqual(cut);
      const single = cut.map((x) => Math.floor(x * 2 ** 24) / 2 ** 24);
      expect([...cube.pointsF32({ start, end })]).toEqual(single);
    }
  });

  it('join coordinates at random: the correlation of two is that of independent permutations', () => {
    const [size, replications] = [16, 500];
    const cube = new LatinHypercube({ dimension: 2, size, seed: 9, replications, centered: true });
    const points = cube.points({ end: size }).map((x) => x - 0.5);
    let total = 0;
    for (let i = 0; i < points.length; i += 2) total += (points[i] as number) * (points[i + 1] as number);
    // per design the sum has the variance n²v²/(n − 1), v = (1 − 1/n²)/12; five deviations
    const variance = (size ** 2 * ((1 - size ** -2) / 12) ** 2) / (size - 1);
    expect(Math.abs(total)).toBeLessThan(5 * Math.sqrt(replications * variance));
  });

  it('have a spec, and spawn others', () => {
    const cube = new LatinHypercube({ dimension: 2, size: 5, seed: 3, replications: 2 });
    expect(JSON.parse(JSON.stringify(cube))).toEqual({
      sequence: 'latin-hypercube',
      dimension: 2,
      size: 5,
      centered: false,
      seed: { entropy: '3', spawnKey: [] },
      replications: 2,
    });
    const [child] = cube.spawn(1, [3]) as [LatinHypercube];
    expect([child.dimension, child.size, child.replications]).toEqual([3, 5, 2]);
    expect(child.group).toBe(undefined);
    expect(() => cube.points({ end: 6 })).toThrow(expect.objectContaining({ code: 'bad-range' }));
  });
});

describe('independent points', () => {
  it.each(uniforms)('are those of the reference: d = $dimension, seed = $seed', ({ dimension, seed, points }) => {
    expect([...new Iid({ dimension, seed }).points({ end: points.length / dimension })]).toEqual(points);
  });

  it('any range gives the same bits, in whatever sequence', () => {
    const whole = new Iid({ dimension: 3, seed: 5, replications: 2 }).points({ end: 9000 });
    const iid = new Iid({ dimension: 3, seed: 5, replications: 2 });
    for (const [start, end] of [
      [5, 9],
      [9, 6000],
      [6000, 6001],
      [2, 3],
      [8000, 9000],
      [0, 9000],
    ] as const) {
      const want = [0, 9000].flatMap((at) => [...whole.subarray(3 * (at + start), 3 * (at + end))]);
      expect([...iid.points({ start, end })]).toEqual(want);
    }
  });

  it('a far range joins its neighbours, across seeds, up to the last point', () => {
    const d = 2 ** 13; // 2^13 points per seed
    const iid = new Iid({ dimension: d, seed: 5 });
    expect(iid.size).toBe(2 ** 45);
    for (const start of [2 ** 13 - 2, 2 ** 13 - 1, 2 ** 13, iid.size - 3]) {
      const two = new Iid({ dimension: d, seed: 5 }).points({ start, end: start + 2 });
      const second = iid.points({ start: start + 1, end: start + 2 });
      expect(second).toEqual(two.subarray(d));
    }
    // the 2^13-th point begins a seed: it is that of the last child's second child
    const child = new SeedSequence(5, [2 ** 32 - 1, 1]);
    const want = new Iid({ dimension: d, seed: child }).points({ end: 1 });
    expect(iid.points({ start: 2 ** 13, end: 2 ** 13 + 1 })).toEqual(want);
  }, 30_000);

  it('replications and spawned sets are streams of their own', () => {
    const iid = new Iid({ dimension: 2, seed: 7, replications: 3 });
    const children = iid.spawn(2).map((child) => child.points({ end: 100 }));
    const values = [iid.points({ end: 100 }), ...children].flatMap((points) => [...points]);
    expect(new Set(values).size).toBe(3 * 200 + 2 * 3 * 200);
  });

  it('look uniform and independent', () => {
    const n = 100_000;
    const points = new Iid({ dimension: 2, seed: 1 }).points({ end: n });
    const cells = new Float64Array(64);
    for (let i = 0; i < n; i++) {
      const cell = 8 * Math.floor(8 * (points[2 * i] as number)) + Math.floor(8 * (points[2 * i + 1] as number));
      cells[cell] = (cells[cell] as number) + 1;
    }
    const chi2 = cells.reduce((s, c) => s + (c - n / 64) ** 2 / (n / 64), 0);
    expect(Math.abs(chi2 - 63)).toBeLessThan(5 * Math.sqrt(2 * 63)); // five deviations of χ² with 63 degrees of freedom
  });

  it('have a spec', () => {
    expect(JSON.parse(JSON.stringify(new Iid({ dimension: 2, seed: 3, replications: 4 })))).toEqual({
      sequence: 'iid',
      dimension: 2,
      seed: { entropy: '3', spawnKey: [] },
      replications: 4,
    });
  });
});

const below = 'a positive integer with replications × dimension × size below 2^32';

it.each<[string, object]>([
  ['dimension: expected a positive integer, got 0', { dimension: 0 }],
  [`size: expected ${below}, got 0`, { size: 0 }],
  [`size: expected ${below}, got 2147483648`, { size: 2 ** 31 }],
  [`size: expected ${below}, got undefined`, { size: undefined }],
  ['centered: expected true or false, got 1', { centered: 1 }],
  ['replications: expected a positive integer, got 1.5', { replications: 1.5 }],
  ['seed: expected an integer from 0 to 2^53 − 1 or a bigint below 2^128, got "7"', { seed: '7' }],
])('a hypercube refuses: %s', (message, options) => {
  const make = (): unknown => new LatinHypercube({ dimension: 2, size: 4, ...options });
  expect(make).toThrow(QmcError);
  expect(make).toThrow(expect.objectContaining({ code: 'bad-option', message }));
});

it('a hypercube that fits nowhere is refused when it is asked for', () => {
  const cube = new LatinHypercube({ dimension: 1, size: 2 ** 32 - 1 });
  expect(() => cube.points({ end: 1 })).toThrow(expect.objectContaining({ code: 'out-of-memory' }));
});

it.each<[string, object]>([
  ['dimension: expected a positive integer, got -1', { dimension: -1 }],
  ['replications: expected a positive integer, got 0', { replications: 0 }],
  ['seed: expected an integer from 0 to 2^53 − 1 or a bigint below 2^128, got -1', { seed: -1n }],
])('independent points refuse: %s', (message, options) => {
  expect(() => new Iid({ dimension: 2, ...options })).toThrow(expect.objectContaining({ code: 'bad-option', message }));
});
