import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LatticeOrder } from '../src/index.ts';
import { type LatticeRequest, latticePoints, rows } from './lattice-points.ts';
import { coordinate, distance, nearest } from './oracle.ts';

const golden = JSON.parse(readFileSync(new URL('fixtures/lattice.json', import.meta.url), 'utf8'));
const VECTOR = Uint32Array.from(golden.vector);
const ORDERS: readonly LatticeOrder[] = ['radical-inverse', 'gray', 'linear'];
/** Both sides of every lane boundary, and of where a tile has half as many rows. */
const DIMENSIONS = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 20];
/** Where 32-bit digits end, where 20-bit tables of others end, and the last index there is. */
const EDGES = [0, 2 ** 20, 2 ** 31, 2 ** 32, 2 ** 40, Number.MAX_SAFE_INTEGER - 1];

const vectors = (d: number): fc.Arbitrary<Uint32Array> =>
  fc.uint32Array({ minLength: d, maxLength: d }).map((vector) => Uint32Array.from(vector));
const unit = fc.oneof(
  fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  fc.constantFrom(0, Number.MIN_VALUE, 0.5, 1 - 2 ** -53),
);
const shifts = (d: number): fc.Arbitrary<Float64Array> =>
  fc.array(unit, { minLength: d, maxLength: d }).map((shift) => Float64Array.from(shift));

/** A short range anywhere, with everything else that a call needs. */
const requests = (order: LatticeOrder): fc.Arbitrary<LatticeRequest & { start: number; shift: Float64Array }> =>
  fc
    .record({
      dimension: fc.constantFrom(...DIMENSIONS),
      start: fc.oneof(
        fc.maxSafeNat(),
        fc.nat(2000),
        fc.constantFrom(...EDGES).map((edge) => Math.max(0, edge - 5)),
      ),
      count: fc.nat(12),
      beyond: fc.oneof(fc.constant(0), fc.nat(1000), fc.maxSafeNat()),
    })
    .chain(({ dimension, start, count, beyond }) => {
      const end = Math.min(start + count, Number.MAX_SAFE_INTEGER);
      const size = Math.max(1, Math.min(end + beyond, Number.MAX_SAFE_INTEGER));
      const where = { dimension, order, start, end, ...(order === 'linear' && { size }) };
      return fc
        .record({ vector: vectors(dimension), shift: shifts(dimension) })
        .map((arrays) => ({ ...where, ...arrays }));
    });
const anyRequest = fc.constantFrom(...ORDERS).chain(requests);

describe('golden points of the reference', () => {
  const request = { dimension: 5, vector: VECTOR, end: 8 };
  const pick = (order: number[]): number[][] => order.map((i) => golden.radicalInverse[i]);

  it('agree in radical inverse order, which is the default', () => {
    expect(rows(latticePoints(request), 5)).toEqual(golden.radicalInverse);
    expect(rows(latticePoints({ ...request, order: 'radical-inverse' }), 5)).toEqual(golden.radicalInverse);
  });

  it('agree in Gray code order', () => {
    expect(rows(latticePoints({ ...request, order: 'gray' }), 5)).toEqual(pick(golden.grayRows));
  });

  it('agree in linear order', () => {
    expect(rows(latticePoints({ ...request, order: 'linear' }), 5)).toEqual(pick(golden.linearRows));
  });

  it('agree bit for bit after the reference’s random shift', () => {
    const shift = Float64Array.from(golden.shifted[0]);
    expect(rows(latticePoints({ dimension: 2, vector: VECTOR, end: 4, shift }), 2)).toEqual(golden.shifted);
  });
});

describe('against exact integers', () => {
  it('every unshifted coordinate is the exact number, or in linear order the nearest double', () => {
    fc.assert(
      fc.property(anyRequest, ({ shift: _, ...request }) => {
        const { dimension: d, start, vector } = request;
        for (const [i, point] of rows(latticePoints(request), d).entries()) {
          const want = [...vector].map((g) => nearest(coordinate(start + i, g, request)));
          expect(point).toEqual(want);
        }
      }),
      { numRuns: 1500 },
    );
  }, 30_000);

  it('a shift is added modulo 1 within one rounding, and no coordinate reaches 1', () => {
    // The sum is below 2, where half a unit in the last place is 2^-53; in linear order x has half an ulp of its own.
    const bound = { 'radical-inverse': 2 ** -53, gray: 2 ** -53, linear: 2 ** -53 + 2 ** -54 };
    fc.assert(
      fc.property(anyRequest, (request) => {
        const { dimension: d, order = 'radical-inverse', start, shift, vector } = request;
        for (const [i, point] of rows(latticePoints(request), d).entries()) {
          for (const [j, x] of point.entries()) {
            expect(x >= 0 && x < 1).toBe(true);
            const exact = coordinate(start + i, vector[j] as number, request);
            expect(distance(x, exact, shift[j] as number)).toBeLessThanOrEqual(bound[order]);
          }
        }
      }),
      { numRuns: 1500 },
    );
  }, 30_000);

  it('a sum that rounds up to 1 becomes 0', () => {
    // x = 1/2 and Δ = 1/2 − 2^-54: the sum is halfway between 1 − 2^-53 and 1, and the even one of the two is 1
    const points = latticePoints({
      dimension: 1,
      vector: Uint32Array.of(1),
      end: 2,
      shift: Float64Array.of(0.5 - 2 ** -54),
    });
    expect(points[1]).toBe(0);
  });
});

describe('ranges', () => {
  it.each(ORDERS)('any split of a range gives the same bits, in %s order', (order) => {
    fc.assert(
      fc.property(requests(order), fc.array(fc.nat(12), { maxLength: 3 }), (request, cuts) => {
        const { start, end } = request;
        const bounds = [0, ...cuts, 12].map((cut) => Math.min(start + cut, end)).sort((a, b) => a - b);
        const parts = bounds
          .slice(1)
          .map((to, k) => latticePoints({ ...request, start: bounds[k] as number, end: to }));
        expect(parts.flatMap((part) => [...part])).toEqual([...latticePoints(request)]);
      }),
    );
  });

  it.each(DIMENSIONS)('blocks join without a seam at d = %i', (dimension) => {
    const [end, vector] = [40_000, VECTOR]; // several blocks of 2^14 coordinates
    for (const order of ORDERS) {
      const whole = latticePoints({ dimension, vector, end, order });
      for (const start of [0, 1, 16_383, 16_384, 16_385, end - 1]) {
        const tail = latticePoints({ dimension, vector, start, end, order });
        expect(Buffer.compare(bytes(tail), bytes(whole.subarray(start * dimension)))).toBe(0);
      }
    }
  });

  it('a point of more coordinates than a block holds is whole', () => {
    const dimension = 20_000;
    const vector = Uint32Array.from({ length: dimension }, (_, j) => 2 * j + 1);
    for (const order of ORDERS) {
      const points = latticePoints({ dimension, vector, end: 3, order });
      const last = { dimension, vector, end: 3, order };
      expect([...points.subarray(2 * dimension)]).toEqual([...vector].map((g) => nearest(coordinate(2, g, last))));
    }
  });

  it('an empty range has no points', () => {
    for (const order of ORDERS) {
      const size = order === 'linear' ? 8 : undefined;
      expect(latticePoints({ dimension: 2, vector: VECTOR, end: 0, order, size })).toHaveLength(0);
    }
    expect(latticePoints({ dimension: 2, vector: VECTOR, start: 9, end: 9 })).toHaveLength(0);
  });
});

describe('orders', () => {
  it.each([0, 1, 2, 5, 10, 13])('all three walk the same 2^%i points', (m) => {
    const request = { dimension: 3, vector: VECTOR, end: 2 ** m };
    const sets = ORDERS.map((order) =>
      rows(latticePoints({ ...request, order }), 3)
        .map(String)
        .sort(),
    );
    expect(sets[1]).toEqual(sets[0]);
    expect(sets[2]).toEqual(sets[0]);
    expect(new Set(sets[0]).size).toBe(2 ** m);
  });

  it('in every coordinate the first 2^m points fall one into each interval of length 2^-m', () => {
    const [d, n] = [20, 1024]; // every entry of the vector is odd
    for (const order of ORDERS) {
      const points = rows(latticePoints({ dimension: d, vector: VECTOR, end: n, order }), d);
      for (let j = 0; j < d; j++) {
        expect(points.map((point) => (point[j] as number) * n).sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
      }
    }
  });

  it('only the first entries of a longer vector are used', () => {
    const short = latticePoints({ dimension: 3, vector: VECTOR.slice(0, 3), end: 100 });
    expect(latticePoints({ dimension: 3, vector: VECTOR, end: 100 })).toEqual(short);
  });

  it('a linear lattice of n points may be any n, a prime too', () => {
    const request = { dimension: 2, vector: Uint32Array.of(1, 374), end: 1021, order: 'linear' } as const;
    const points = rows(latticePoints(request), 2);
    expect(points[1]).toEqual([1 / 1021, 374 / 1021]);
    expect(points[1020]).toEqual([1020 / 1021, (1021 - 374) / 1021]);
  });
});

describe('arrays', () => {
  it('out is filled and returned', () => {
    const out = new Float64Array(10).fill(Number.NaN);
    expect(latticePoints({ dimension: 5, vector: VECTOR, start: 2, end: 4 }, out)).toBe(out);
    expect(rows(out, 5)).toEqual(golden.radicalInverse.slice(2, 4));
  });

  it('out may be shared memory, and the caller’s arrays are left alone', () => {
    const out = new Float64Array(new SharedArrayBuffer(80));
    const [vector, shift] = [VECTOR.slice(), Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5)];
    latticePoints({ dimension: 5, vector, end: 2, shift }, out);
    expect([...out.subarray(0, 5)]).toEqual([...shift]);
    expect(vector).toEqual(VECTOR);
    expect(shift).toEqual(Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5));
  });

  it('out may be the memory that holds the shift', () => {
    const shift = Float64Array.of(0.25, 0.5);
    latticePoints({ dimension: 2, vector: VECTOR, start: 1, end: 2, shift }, shift);
    expect([...shift]).toEqual([0.75, 0]);
  });
});

const bytes = (array: Float64Array): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
