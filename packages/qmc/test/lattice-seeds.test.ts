import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Lattice, type LatticeOrder, SeedSequence } from '../src/index.ts';
import { rows } from './lattice-points.ts';

/** Points of QMCPy, and what they were made with. */
interface Case {
  readonly order: LatticeOrder;
  readonly dimension: number;
  readonly replications: number;
  readonly seed: string;
  readonly random: number | null;
  readonly vector: readonly number[];
  readonly points: readonly number[];
}

const fixture = (name: string) => JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));
const { vector: kuo } = fixture('lattice');
const {
  lattices,
  spawned,
}: {
  lattices: Case[];
  spawned: Array<{ points: number[] }>;
} = fixture('qmcpy-lattice');
const VECTOR = Uint32Array.from(kuo);

describe('the seeds of the reference', () => {
  it.each(lattices)('$order order, d = $dimension, R = $replications, random vector: $random', (want) => {
    const { order, dimension, replications, random, seed } = want;
    const end = want.points.length / dimension / replications;
    const vector = random === null ? VECTOR : { random };
    const size = order === 'linear' ? end : undefined;
    const lattice = new Lattice({ dimension, replications, seed: BigInt(seed), order, size, vector });
    expect([...lattice.vector]).toEqual(want.vector);
    expect([...lattice.points({ end })]).toEqual(want.points);
  });

  it('spawned lattices are those of the reference, a second time other ones', () => {
    const parent = new Lattice({ dimension: 3, seed: 7, vector: { random: 20 } });
    const children = [...parent.spawn(2), ...parent.spawn(1, [2])];
    expect(children.map((child) => [...child.points({ end: 4 })])).toEqual(spawned.map(({ points }) => points));
  });

  it('a seed of 0 is a seed, and a fresh one differs each time', () => {
    const first = (seed?: number): number[] => [...new Lattice({ dimension: 4, seed }).points({ end: 1 })];
    expect(first(0)).toEqual(first(0));
    expect(first(0)).not.toEqual(first(1));
    expect(first()).not.toEqual(first());
  });
});

describe('random vectors', () => {
  it('are 1, then odd and of at most M digits, for the largest M too', () => {
    const { vector } = new Lattice({ dimension: 1000, seed: 3, vector: { random: 32 } });
    expect(vector[0]).toBe(1);
    expect(vector.every((g) => g % 2 === 1)).toBe(true);
    expect(vector.subarray(1).every((g) => g >= 3)).toBe(true);
    // the largest of 999 uniform numbers is below 0.98 times the bound with probability 0.98^999 < 2e-9
    expect(Math.max(...vector)).toBeGreaterThan(0.98 * 2 ** 32);
  });

  it('differ between replications, and stay without a shift', () => {
    const lattice = new Lattice({ dimension: 3, seed: 3, vector: { random: 20 }, replications: 2, randomize: 'none' });
    const points = lattice.points({ end: 8 });
    const [first, second] = [points.subarray(0, 24), points.subarray(24)];
    expect(first).not.toEqual(second);
    const fixed = new Lattice({ dimension: 3, vector: lattice.vector.subarray(3), randomize: 'none' });
    expect(fixed.points({ end: 8 })).toEqual(second);
  });
});

describe('replications', () => {
  it('are those of the single shifts', () => {
    const shift = Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6);
    const lattice = new Lattice({ dimension: 2, replications: 3, shift });
    const parts = [0, 2, 4].map((at) => {
      const one = new Lattice({ dimension: 2, shift: shift.slice(at, at + 2) });
      return [...one.points({ start: 5, end: 9 })];
    });
    expect([...lattice.points({ start: 5, end: 9 })]).toEqual(parts.flat());
  });

  it('more of them than fit anywhere are refused', () => {
    const options = { dimension: 2000, replications: Number.MAX_SAFE_INTEGER };
    expect(() => new Lattice(options)).toThrow(expect.objectContaining({ code: 'out-of-memory' }));
  });
});

describe('single precision', () => {
  it('is each coordinate cut to 24 bits', () => {
    for (const order of ['radical-inverse', 'gray', 'linear'] as const) {
      const size = order === 'linear' ? 1021 : undefined;
      const lattice = new Lattice({ dimension: 7, seed: 2, replications: 2, order, size });
      const cut = lattice.points({ start: 3, end: 999 }).map((x) => Math.floor(x * 2 ** 24) / 2 ** 24);
      expect([...lattice.pointsF32({ start: 3, end: 999 })]).toEqual([...cut]);
    }
  });
});

describe('specs', () => {
  it('say all that makes the points, as plain JSON', () => {
    const seed = new SeedSequence(7).spawn(2)[1] as SeedSequence;
    const lattice = new Lattice({ dimension: 2, vector: VECTOR, seed, order: 'linear', size: 10, replications: 3 });
    expect(JSON.parse(JSON.stringify(lattice))).toEqual({
      sequence: 'lattice',
      dimension: 2,
      vector: [1, 182667],
      order: 'linear',
      size: 10,
      seed: { entropy: '7', spawnKey: [1] },
      replications: 3,
    });
    const random = new Lattice({ dimension: 1, vector: { random: 8 }, shift: Float64Array.of(0.5) });
    expect(random.toJSON()).toMatchObject({ vector: { random: 8 }, shift: [0.5] });
    expect(new Lattice({ dimension: 2, randomize: 'none' }).toJSON()).toMatchObject({ vector: undefined });
  });

  it('a spawned set has no explicit shift of its parent, and its options otherwise', () => {
    const parent = new Lattice({ dimension: 2, seed: 1, shift: Float64Array.of(0.5, 0.5), order: 'gray' });
    const [child] = parent.spawn(1, [3]) as [Lattice];
    expect(child.toJSON()).toMatchObject({ dimension: 3, order: 'gray', shift: undefined });
    expect(rows(child.points({ end: 1 }), 3)[0]).not.toContain(0.5);
  });
});

it('only the radical inverse order has the group structure of the fast transforms', () => {
  expect(new Lattice({ dimension: 1 }).group).toBe('lattice');
  expect(new Lattice({ dimension: 1, order: 'gray' }).group).toBe(undefined);
  expect(new Lattice({ dimension: 1, order: 'linear', size: 8 }).group).toBe(undefined);
});
