import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DigitalNet, type NetRandomization, QmcError, SeedSequence, Sobol, type SobolOptions } from '../src/index.ts';

interface Case extends SobolOptions {
  readonly seed: never;
  readonly columns: readonly string[];
  readonly bits: number;
  readonly start: number;
  readonly end: number;
  readonly integers: readonly string[];
}
const golden = JSON.parse(readFileSync(new URL('fixtures/owen.json', import.meta.url), 'utf8'));
const BOTH: readonly NetRandomization[] = ['owen', 'owen-tree'];

/** As the reference writes them: it has 63 digits. */
const ints = (integers: BigUint64Array): string[] => [...integers].map((x) => String(x >> 1n));

describe('the tree of the reference', () => {
  it.each(golden.cases as Case[])(
    'is drawn bit for bit: seed $seed, d = $dimension, α = $alpha, $order order, R = $replications, $start to $end',
    ({ seed, start, end, integers, ...options }) => {
      const net = new Sobol({ ...options, seed: BigInt(seed), randomize: 'owen-tree' });
      expect(ints(net.integers({ start, end }))).toEqual(integers);
    },
  );

  it.each(golden.otherMatrices as Case[])(
    'is drawn bit for bit on matrices of $bits digits, α = $alpha, where points share many of them',
    ({ columns, integers, ...options }) => {
      const net = new DigitalNet({
        ...options,
        columns: BigUint64Array.from(columns, BigInt),
        seed: options.bits,
        randomize: 'owen-tree',
      });
      const end = net.size;
      const shift = options.bits === 64 ? 0n : 1n;
      const found = net.integers({ start: end - 8, end });
      expect(Array.from(found, (x) => String(x >> shift))).toEqual(integers);
    },
  );

  it('agrees with the golden points of the specification', () => {
    const net = new Sobol({ dimension: 3, seed: 5, randomize: 'owen-tree' });
    expect([...net.points({ end: 2 })]).toEqual([
      0.3359548640998972, 0.058349753240830415, 0.30066400816367894, 0.8911087539467274, 0.8490518815164187,
      0.8183328526083476,
    ]);
  });

  it('counts its children as spawned, like the reference', () => {
    const [, second] = new Sobol({ dimension: 2, seed: 7, randomize: 'owen-tree' }).spawn(2);
    expect(ints((second as Sobol).integers({ end: 4 }))).toEqual(golden.secondChildAfterScrambling);
  });

  it('goes on after the children that a seed already has, and its spec says so', () => {
    const seed = new SeedSequence(7);
    seed.spawn(3);
    const net = new Sobol({ dimension: 2, seed, randomize: 'owen-tree' });
    expect(ints(net.integers({ end: 4 }))).toEqual(golden.seedOfWhichThreeChildrenWereSpawned);
    expect(net.toJSON().seed).toEqual({ entropy: '7', spawnKey: [], children: 3 });
    const again = new Sobol({ dimension: 2, seed: new SeedSequence(7, [], 3), randomize: 'owen-tree' });
    expect(again.integers({ end: 4 })).toEqual(net.integers({ end: 4 }));
  });

  it('ends at 2^24 points', () => {
    const net = new Sobol({ dimension: 1, seed: 7, randomize: 'owen-tree' });
    expect(net.size).toBe(2 ** 24);
    expect(() => net.points({ end: 2 ** 24 + 1 })).toThrow(expect.objectContaining({ code: 'bad-range' }));
  });

  it('refuses a seed that has not enough children left', () => {
    const seed = new SeedSequence(7, [], 2 ** 32 - 5);
    new Sobol({ dimension: 5, seed, randomize: 'owen-tree' });
    const call = (): unknown => new Sobol({ dimension: 1, seed, randomize: 'owen-tree' });
    expect(call).toThrow(QmcError);
    expect(call).toThrow(expect.objectContaining({ code: 'bad-option' }));
  });
});

describe('the keyed scramble', () => {
  // Made by crate/tests/owen.rs, which has them from the definition.
  it.each([
    [1, [0xa254db19c80fecfcn, 0x54bb5d64429de157n, 0x7e647dd90a4f5be2n, 0x5e02c88158da686dn, 0xfdc3112937dd4fb2n]],
    [3, [0x8eb2e855e5529cfen, 0x5d6fab4c007a94aan, 0xbd83e2a5eb9700fcn, 0x0c33c528240ae96bn, 0x3be7927c61fe745fn]],
  ])('gives the bits of its definition at α = %i', (alpha, golden) => {
    const net = new Sobol({ dimension: 5, seed: 7, randomize: 'owen', alpha });
    expect([...net.integers({ start: 123_456, end: 123_457 })]).toEqual(golden);
  });

  it('draws nothing from the children that a seed spawns', () => {
    const seed = new SeedSequence(7);
    const first = new Sobol({ dimension: 2, seed, randomize: 'owen' });
    expect(first.spawn(1)[0]?.seed.spawnKey).toEqual([0]);
    const second = new Sobol({ dimension: 2, seed, randomize: 'owen' });
    expect(second.integers({ end: 4 })).toEqual(first.integers({ end: 4 }));
  });
});

describe.each(BOTH)('%s', (randomize) => {
  const net = (options: Partial<SobolOptions> = {}): Sobol =>
    new Sobol({ dimension: 2, seed: 7, ...options, randomize });

  it('gives the same bits for any split of a range', () => {
    const options = fc.record({
      dimension: fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33),
      order: fc.constantFrom('natural', 'gray'),
      alpha: fc.constantFrom(1, 1, 2, 3, 7),
      replications: fc.constantFrom(1, 2),
      seed: fc.nat(),
    }) as fc.Arbitrary<SobolOptions>;
    const bounds = fc.array(fc.nat(700), { minLength: 1, maxLength: 3 }).map((cuts) => [...cuts].sort((a, b) => a - b));
    fc.assert(
      fc.property(options, bounds, (options, bounds) => {
        const { dimension: d } = options;
        const set = net({ ...options, replications: 1 });
        const end = bounds.at(-1) as number;
        const whole = set.integers({ end });
        for (const [k, start] of bounds.entries()) {
          const part = set.integers({ start, end: bounds[k + 1] ?? end });
          expect(part).toEqual(whole.subarray(start * d, start * d + part.length));
        }
        expect(net(options).integers({ end }).subarray(0, whole.length)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it('rounds every integer once, never to 1, and cuts it to 24 bits in single precision', () => {
    for (const alpha of [1, 2]) {
      const set = net({ dimension: 5, alpha, replications: 2 });
      const integers = [...set.integers({ end: 500 })];
      const nearest = integers.map((x) => Math.min(Number(x) * 2 ** -64, 1 - 2 ** -53));
      expect([...set.points({ end: 500 })]).toEqual(nearest);
      expect([...set.pointsF32({ end: 500 })]).toEqual(integers.map((x) => Number(x >> 40n) * 2 ** -24));
    }
  });

  it('leaves one point in every elementary interval of 2^m points', () => {
    for (const order of ['natural', 'gray'] as const) {
      for (const m of [0, 1, 2, 5, 8, 10]) {
        const points = net({ order }).integers({ end: 2 ** m });
        for (let a = 0; a <= m; a++) {
          // 2^a intervals of the first coordinate times 2^(m − a) of the second one
          const cell = (i: number): bigint =>
            (((points[2 * i] as bigint) >> BigInt(64 - a)) << BigInt(m - a)) |
            ((points[2 * i + 1] as bigint) >> BigInt(64 - m + a));
          expect(new Set(Array.from({ length: 2 ** m }, (_, i) => cell(i))).size).toBe(2 ** m);
        }
      }
    }
  });

  it('leaves one point of every coordinate in every interval of length 2^-m, also of a later block of 2^m points', () => {
    const [d, m] = [20, 9];
    for (const start of [0, 2 ** m, 6 * 2 ** m]) {
      const points = net({ dimension: d }).integers({ start, end: start + 2 ** m });
      for (let j = 0; j < d; j++) {
        const cells = Array.from({ length: 2 ** m }, (_, i) => (points[i * d + j] as bigint) >> BigInt(64 - m));
        expect(new Set(cells).size).toBe(2 ** m);
      }
    }
  });

  it('keeps as many digits common as two points had', () => {
    const plain = new Sobol({ dimension: 3, randomize: 'none' }).integers({ end: 100 });
    const scrambled = net({ dimension: 3 }).integers({ end: 100 });
    const common = (points: BigUint64Array, i: number, k: number, j: number): number =>
      Math.clz32(Number(((points[3 * i + j] as bigint) ^ (points[3 * k + j] as bigint)) >> 32n));
    for (let i = 0; i < 100; i++) {
      for (let k = 0; k < i; k++) {
        for (let j = 0; j < 3; j++) expect(common(scrambled, i, k, j)).toBe(common(plain, i, k, j));
      }
    }
  });

  it('has other bits in every replication, coordinate and seed, and is no net any more', () => {
    const set = net({ replications: 3 });
    const first = [...set.integers({ end: 1 }), ...net({ seed: 8 }).integers({ end: 1 })];
    expect(new Set(first).size).toBe(8);
    expect(set.group).toBeUndefined();
    expect(JSON.parse(JSON.stringify(set))).toMatchObject({ sequence: 'sobol', randomize, seed: { entropy: '7' } });
  });
});
