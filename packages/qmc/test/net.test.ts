import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DigitalNet, type Net, type NetOrder, type NetRandomization, Sobol, type SobolOptions } from '../src/index.ts';

const golden = JSON.parse(readFileSync(new URL('fixtures/net.json', import.meta.url), 'utf8'));
interface Case extends SobolOptions {
  readonly seed: never;
  readonly start: number;
  readonly end: number;
  /** How many of the 64 digits the reference has. */
  readonly digits: number;
  readonly integers: readonly string[];
  readonly points: readonly number[];
}
const ORDERS: readonly NetOrder[] = ['natural', 'gray'];
/** All that leave a net a net. */
const RANDOMIZATIONS: readonly NetRandomization[] = ['none', 'ds', 'lms', 'lms+ds'];
/** Both sides of every lane boundary, and tables of many rows and of few. */
const DIMENSIONS = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 65, 100, 513];
const LARGEST = 1 - 2 ** -53;

const same = (got: Net, { start, end, digits, integers, points }: Case): void => {
  const unit = 1n << BigInt(64 - digits);
  expect(Array.from(got.integers({ start, end }), (x) => x / unit)).toEqual(integers.map(BigInt));
  expect(got.integers({ start, end }).every((x) => x % unit === 0n)).toBe(true);
  expect([...got.points({ start, end })]).toEqual(points.map((x) => Math.min(x, LARGEST))); // the reference has 1
};

/** Point i from the definition: the columns are those of the points 2^c. */
function defined(net: Net, i: number): bigint[] {
  const at = (k: number): BigUint64Array => net.integers({ start: k, end: k + 1 });
  const origin = at(0);
  const sum = [...origin];
  for (let c = 0; 2 ** c <= i; c++) {
    if (Math.floor(i / 2 ** c) % 2 === 0) continue;
    for (const [k, x] of at(2 ** c).entries()) sum[k] = (sum[k] as bigint) ^ x ^ (origin[k] as bigint);
  }
  return sum;
}

describe('against QMCPy', () => {
  it.each(golden.seeded as Case[])(
    'seed $seed: d = $dimension, α = $alpha, $randomize, $order order, R = $replications, $start to $end',
    (wanted) => {
      const { seed, dimension, alpha, randomize, order, replications } = wanted;
      same(new Sobol({ seed: BigInt(seed), dimension, alpha, randomize, order, replications }), wanted);
    },
  );

  it('spawned sets have the seeds of its children', () => {
    const children = new Sobol({ dimension: 2, seed: 7 }).spawn(2, [2, 3]);
    for (const [k, child] of children.entries()) same(child, golden.spawned[k]);
  });

  it.each(golden.own as Array<Case & { bits: number; columns: string[] }>)(
    'matrices of its own of $bits rows: d = $dimension, α = $alpha, $randomize',
    (wanted) => {
      const { seed, dimension, alpha, randomize, bits, columns } = wanted;
      const matrices = { columns: BigUint64Array.from(columns, BigInt), bits };
      same(new DigitalNet({ seed: BigInt(seed), dimension, alpha, randomize, ...matrices }), wanted);
    },
  );
});

describe('numbers', () => {
  it.each(RANDOMIZATIONS)('are the integers in the nearest double, and cut to 24 bits: %s', (randomize) => {
    for (const dimension of DIMENSIONS) {
      const net = new Sobol({ dimension, seed: 11, randomize, replications: 2 });
      const range = { start: 5, end: 300 };
      const integers = net.integers(range);
      expect([...net.points(range)]).toEqual(Array.from(integers, (x) => Math.min(Number(x) * 2 ** -64, LARGEST)));
      expect([...net.pointsF32(range)]).toEqual(Array.from(integers, (x) => Number(x >> 40n) * 2 ** -24));
    }
  });

  it('are below 1 even where every digit is 1', () => {
    const columns = BigUint64Array.of(2n ** 64n - 1n, 2n ** 64n - 1n - 512n);
    const net = new DigitalNet({ dimension: 1, columns, bits: 64, randomize: 'none' });
    expect([...net.integers({ end: 4 })]).toEqual([0n, columns[0], columns[1], 512n]);
    expect([...net.points({ end: 3 })]).toEqual([0, LARGEST, LARGEST]);
    expect([...net.pointsF32({ end: 3 })]).toEqual([0, 1 - 2 ** -24, 1 - 2 ** -24]);
  });

  it('out is filled and returned, and may be shared memory', () => {
    const net = new Sobol({ dimension: 2, seed: 1 });
    const out = new BigUint64Array(new SharedArrayBuffer(64));
    expect(net.integers({ end: 4 }, out)).toBe(out);
    expect(out).toEqual(BigUint64Array.from(net.integers({ end: 4 })));
    const points = new Float64Array(8).fill(Number.NaN);
    expect(net.points({ end: 4 }, points)).toBe(points);
    expect(points.every((x) => x >= 0 && x < 1)).toBe(true);
  });
});

describe('ranges', () => {
  const shapes = fc.constantFrom(
    ...DIMENSIONS.flatMap((dimension) => [[dimension, 1], ...(dimension < 300 ? [[dimension, 3]] : [])]),
  );
  const sets = fc
    .record({
      shape: shapes,
      seed: fc.nat(),
      order: fc.constantFrom(...ORDERS),
      randomize: fc.constantFrom(...RANDOMIZATIONS),
    })
    .map(
      ({ shape: [dimension, alpha], ...options }) => new Sobol({ dimension: dimension as number, alpha, ...options }),
    );
  const starts = fc.oneof(fc.nat(2 ** 32 - 41), fc.nat(3000), fc.constantFrom(2 ** 31 - 7, 2 ** 32 - 40));
  const bounded = { numRuns: 60 };

  it('every point is the sum of the columns that its index chooses', () => {
    fc.assert(
      fc.property(sets, starts, (net, start) => {
        const got = net.integers({ start, end: start + 40 });
        for (const k of [0, 1, 2, 3, 17, 39]) {
          const row = got.subarray(k * net.dimension, (k + 1) * net.dimension);
          expect([...row]).toEqual(defined(net, start + k));
        }
      }),
      bounded,
    );
  });

  it('any split of a range gives the same bits', () => {
    fc.assert(
      fc.property(sets, starts, fc.array(fc.nat(40), { maxLength: 3 }), (net, start, cuts) => {
        const bounds = [0, ...cuts, 40].sort((a, b) => a - b).map((cut) => start + cut);
        for (const what of ['points', 'pointsF32', 'integers'] as const) {
          const parts = bounds.slice(1).map((end, k) => [...net[what]({ start: bounds[k] as number, end })]);
          expect(parts.flat()).toEqual([...net[what]({ start, end: start + 40 })]);
        }
      }),
      bounded,
    );
  });

  it.each(DIMENSIONS)('blocks join without a seam at d = %i', (dimension) => {
    const net = new Sobol({ dimension, seed: 3 });
    const end = Math.ceil(100_000 / dimension) + 1; // several blocks of 2^14 coordinates
    const whole = net.points({ end });
    for (const start of [1, 1023, 1025, Math.floor(2 ** 14 / dimension), end - 1].filter((at) => at < end)) {
      expect(Buffer.compare(bytes(net.points({ start, end })), bytes(whole.subarray(start * dimension)))).toBe(0);
    }
  });

  it('large blocks join without a seam', () => {
    const net = new Sobol({ dimension: 5, seed: 3 });
    const end = 500_001; // more than 2^21 coordinates go out in blocks of 2^17
    const whole = net.points({ end });
    for (let start = 0; start < end; start += 100_000) {
      const part = net.points({ start, end: Math.min(start + 100_000, end) });
      expect(Buffer.compare(bytes(part), bytes(whole.subarray(5 * start, 5 * start + part.length)))).toBe(0);
    }
  });

  it('replications stand one after the other and differ', () => {
    const net = new Sobol({ dimension: 3, seed: 5, replications: 4 });
    const range = { start: 2, end: 7 };
    const all = net.integers(range);
    expect(all).toHaveLength(60);
    expect(new Set(all).size).toBe(60);
    const plain = new Sobol({ dimension: 3, randomize: 'none', replications: 2 }).integers(range);
    expect(plain.subarray(0, 15)).toEqual(plain.subarray(15));
  });

  it('every seed gives points of its own, 0 too, and the same ones each time', () => {
    const points = (seed: number): string => new Sobol({ dimension: 2, seed }).integers({ end: 2 }).join();
    expect(new Set([0, 1, 2, 2 ** 32, 2 ** 53 - 1].map(points)).size).toBe(5);
    expect(points(0)).toBe(points(0));
  });

  it('an empty range has no points', () => {
    expect(new Sobol({ dimension: 2 }).integers({ start: 9, end: 9 })).toHaveLength(0);
    expect(new Sobol({ dimension: 2 }).points({ end: 0 })).toHaveLength(0);
  });

  it('the last point is that of index 2^32 − 1, and there is none after it', () => {
    for (const order of ORDERS) {
      const net = new Sobol({ dimension: 3, seed: 1, order });
      expect(net.size).toBe(2 ** 32);
      expect([...net.integers({ start: 2 ** 32 - 1, end: 2 ** 32 })]).toEqual(defined(net, 2 ** 32 - 1));
      expect(() => net.points({ start: 2 ** 32 - 1, end: 2 ** 32 + 1 })).toThrow(
        expect.objectContaining({
          code: 'bad-range',
          message: 'end: the sequence has 4294967296 points, got 4294967297',
        }),
      );
    }
  });
});

describe('nets', () => {
  it.each(ORDERS)('xor of indices is xor of points, but for the shift: %s order', (order) => {
    const net = new Sobol({ dimension: 4, seed: 9, order });
    expect(net.group).toBe('net');
    const at = (i: number): BigUint64Array => net.integers({ start: i, end: i + 1 });
    const origin = at(0);
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), fc.nat(2 ** 31 - 1), (i, j) => {
        const [x, y] = [at(i), at(j)];
        expect([...at(i ^ j)]).toEqual(Array.from(origin, (o, k) => o ^ (x[k] as bigint) ^ (y[k] as bigint)));
      }),
    );
  });

  it.each([0, 1, 2, 5, 10, 13])('both orders walk the same 2^%i points', (m) => {
    const [natural, gray] = ORDERS.map((order) => {
      const integers = new Sobol({ dimension: 3, seed: 2, order }).integers({ end: 2 ** m });
      return Array.from({ length: 2 ** m }, (_, i) => integers.subarray(3 * i, 3 * i + 3).join()).sort();
    });
    expect(gray).toEqual(natural);
    expect(new Set(natural).size).toBe(2 ** m);
  });

  it.each(RANDOMIZATIONS)(
    'every coordinate puts one of 2^m points into each interval of length 2^-m: %s',
    (randomize) => {
      for (const [dimension, m, block] of [
        [1024, 8, 0],
        [1024, 5, 3],
        [16, 12, 1],
      ] as const) {
        const n = 2 ** m;
        const points = new Sobol({ dimension, seed: 4, randomize }).points({ start: block * n, end: (block + 1) * n });
        for (let j = 0; j < dimension; j++) {
          const hit = new Set(
            Array.from({ length: n }, (_, i) => Math.floor((points[i * dimension + j] as number) * n)),
          );
          expect(hit.size).toBe(n);
        }
      }
    },
  );

  it.each(RANDOMIZATIONS)('the first two coordinates are a (0, m, 2)-net in base 2: %s', (randomize) => {
    for (let m = 0; m <= 11; m++) {
      const n = 2 ** m;
      for (const start of [0, n, 6 * n]) {
        const points = new Sobol({ dimension: 2, seed: 4, randomize }).points({ start, end: start + n });
        for (let k = 0; k <= m; k++) {
          const [across, up] = [2 ** k, 2 ** (m - k)];
          const box = (i: number): number =>
            Math.floor((points[2 * i] as number) * across) * up + Math.floor((points[2 * i + 1] as number) * up);
          expect(new Set(Array.from({ length: n }, (_, i) => box(i))).size).toBe(n);
        }
      }
    }
  });

  it('interlaced coordinates are those of α times as many dimensions, digit by digit', () => {
    for (const alpha of [2, 3, 7]) {
      const whole = new Sobol({ dimension: 2, randomize: 'none', alpha }).integers({ end: 64 });
      const parts = new Sobol({ dimension: 2 * alpha, randomize: 'none' }).integers({ end: 64 });
      for (const [k, x] of whole.entries()) {
        const digits = Array.from({ length: 63 }, (_, l) => {
          const part = parts[k * alpha + (l % alpha)] as bigint;
          return (part >> BigInt(63 - Math.floor(l / alpha))) & 1n;
        });
        expect(x >> 1n).toBe(BigInt(`0b${digits.join('')}`));
      }
    }
  });
});

describe('plain values', () => {
  it('a spec gives the same bits', () => {
    for (const options of [{ order: 'gray', alpha: 2 }, { randomize: 'lms', replications: 3 }, {}] as const) {
      const set = new Sobol({ dimension: 3, seed: 2n ** 90n, ...options });
      const { sequence, seed: _, ...spec } = JSON.parse(JSON.stringify(set));
      expect(sequence).toBe('sobol');
      expect(new Sobol({ ...spec, seed: 2n ** 90n }).points({ end: 9 })).toEqual(set.points({ end: 9 }));
    }
    const net = new DigitalNet({ dimension: 1, columns: BigUint64Array.of(5n, 2n ** 63n), bits: 64, seed: 1 });
    const { sequence, columns, ...spec } = JSON.parse(JSON.stringify(net));
    expect(sequence).toBe('digital-net');
    const again = new DigitalNet({ ...spec, columns: BigUint64Array.from(columns, BigInt), seed: 1 });
    expect(again.integers({ end: 4 })).toEqual(net.integers({ end: 4 }));
  });

  it('sets that were spawned keep all options', () => {
    const parent = new Sobol({ dimension: 3, seed: 1, order: 'gray', alpha: 2, randomize: 'ds', replications: 2 });
    const [child] = parent.spawn(1, [4]) as [Sobol];
    const { seed, ...options } = child.toJSON();
    expect(seed).toEqual({ entropy: '1', spawnKey: [0] });
    expect(options).toEqual({
      sequence: 'sobol',
      dimension: 4,
      order: 'gray',
      alpha: 2,
      randomize: 'ds',
      replications: 2,
    });
    const columns = BigUint64Array.of(2n, 1n, 3n, 1n);
    const [first] = new DigitalNet({ dimension: 2, columns, bits: 2, seed: 1 }).spawn(1, [1]) as [DigitalNet];
    expect(first.toJSON()).toMatchObject({ dimension: 1, columns: ['0x2', '0x1'], bits: 2 });
  });

  it('the caller’s matrices are left alone and may change afterwards', () => {
    const columns = BigUint64Array.of(2n, 1n);
    const net = new DigitalNet({ dimension: 1, columns, bits: 2, seed: 1 });
    const before = net.integers({ end: 4 });
    expect([...columns]).toEqual([2n, 1n]);
    columns.fill(0n);
    expect(net.integers({ end: 4 })).toEqual(before);
    expect(net.toJSON().columns).toEqual(['0x2', '0x1']);
  });
});

const bytes = (array: Float64Array): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
