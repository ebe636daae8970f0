import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DiscrepancyKind,
  discrepancy,
  discrepancyAsync,
  Halton,
  Lattice,
  Sobol,
  updateDiscrepancy,
} from '../src/index.ts';
import { size, square } from './discrepancy-oracle.ts';

const fixture = JSON.parse(readFileSync(new URL('fixtures/discrepancy.json', import.meta.url), 'utf8'));
const KINDS: readonly DiscrepancyKind[] = ['CD', 'WD', 'MD', 'L2-star'];
const EPSILON = 2 ** -52;
const F = Float64Array;

type Case = { n: number; d: number; exact?: Record<DiscrepancyKind, number>; scipy: Record<DiscrepancyKind, number> };

/** The points of discrepancy.py. */
const weyl = (n: number, d: number): Float64Array =>
  F.from({ length: n * d }, (_, i) => ((i + 1) * 0.6180339887498949) % 1);

/**
 * How far a result may be off: so many roundings of the size of its terms, and for the star what that is to its root.
 *
 * A product of d factors has three per dimension. Ours sums n/8 products at most before it compensates, SciPy all n² in a
 * row, which is a random walk of n steps: eight times that is allowed.
 */
function expectNear(
  got: number,
  want: number,
  kind: DiscrepancyKind,
  x: Float64Array,
  d: number,
  summed: number,
): void {
  const star = kind === 'L2-star';
  const bound = (3 * d + 8 + summed) * EPSILON * size(kind, x, d, star ? want ** 2 : want);
  expect(Math.abs(got - want)).toBeLessThanOrEqual(star ? bound / (got + want) : bound);
}

describe('discrepancy', () => {
  it.each(fixture.cases as Case[])(
    'agrees with SciPy and the exact value at n = $n, d = $d',
    ({ n, d, exact, scipy }) => {
      const x = weyl(n, d);
      for (const kind of KINDS) {
        const got = discrepancy(x, { dimension: d, kind });
        if (exact) expectNear(got, exact[kind], kind, x, d, n / 8);
        expectNear(got, scipy[kind], kind, x, d, 8 * n);
      }
    },
  );

  // CD, WD, MD and L2-star by SciPy
  const golden: Array<[string, number, Float64Array, number[]]> = [
    [
      '8 points of Sobol’',
      3,
      new Sobol({ dimension: 3, randomize: 'none' }).points({ end: 8 }),
      [0.030596397541187148, 0.03224231578685677, 0.04548542367087283, 0.1048277329520911],
    ],
    [
      '9 points of Halton',
      2,
      new Halton({ dimension: 2, randomize: 'none' }).points({ end: 9 }),
      [0.020408012902948913, 0.010673868312758295, 0.019463098261744527, 0.09701532217451803],
    ],
    [
      '8 points of a lattice',
      3,
      new Lattice({ dimension: 3, vector: Uint32Array.of(1, 3, 3), randomize: 'none' }).points({ end: 8 }),
      [0.04236092390837465, 0.029648321646231768, 0.04717628823386111, 0.15698875694396852],
    ],
    [
      'the design of SciPy’s page',
      2,
      F.of(1, 3, 2, 6, 3, 2, 4, 5, 5, 1, 6, 4).map((x) => (x - 0.5) / 6),
      [0.008142039609053464, 0.01684670781892894, 0.014895592206789487, 0.06833606212558091],
    ],
    [
      '1024 points of Sobol’',
      10,
      new Sobol({ dimension: 10, randomize: 'none' }).points({ end: 1024 }),
      [0.0007914203277383791, 0.004970063307311534, 0.013703498262430003, 0.0010822944362534283],
    ],
  ];

  it.each(golden)('gives the golden values of %s', (_, d, x, values) => {
    for (const [k, kind] of KINDS.entries()) {
      const got = discrepancy(x, { dimension: d, kind });
      expectNear(got, values[k] as number, kind, x, d, (8 * x.length) / d);
    }
  });

  it('is centred unless told', () => {
    expect(discrepancy(F.of(0.5), { dimension: 1 })).toBeCloseTo(1 / 12, 15); // 13/12 − 2 + 1, three roundings of about 1
  });

  it.each([1, 2, 7, 8, 9, 15, 16, 17, 31, 33])(
    'is that of the definition for %i points on all kinds of places',
    (n) => {
      const unit = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.25, 0.5, 0.75, 1));
      const sets = fc
        .integer({ min: 1, max: 6 })
        .chain((d) => fc.tuple(fc.constant(d), fc.array(unit, { minLength: n * d, maxLength: n * d })));
      fc.assert(
        fc.property(sets, ([d, points]) => {
          const x = F.from(points);
          for (const kind of KINDS) {
            const got = discrepancy(x, { dimension: d, kind });
            const want = square(kind, x, d);
            // both have their roundings; the root of a square near 0 is not bounded, so the squares are compared
            const bound = 2 * (3 * d + 8 + n) * EPSILON * size(kind, x, d, want);
            const difference = kind === 'L2-star' ? got ** 2 - Math.max(want, 0) : got - want;
            expect(Math.abs(difference)).toBeLessThanOrEqual(bound);
          }
        }),
        { numRuns: 20 },
      );
    },
  );

  it('does not depend on the order of the points, but for rounding, nor changes them', () => {
    const [n, d] = [100, 5];
    const x = weyl(n, d);
    const reversed = F.from({ length: n * d }, (_, i) => x[(n - 1 - Math.floor(i / d)) * d + (i % d)] as number);
    for (const kind of KINDS) {
      expectNear(
        discrepancy(reversed, { dimension: d, kind }),
        discrepancy(x, { dimension: d, kind }),
        kind,
        x,
        d,
        n / 8,
      );
    }
    expect(x).toEqual(weyl(n, d));
  });

  it('takes more than one piece per row of tiles', () => {
    const d = 600; // a piece is one tile then
    const x = weyl(20, d);
    for (const kind of ['CD', 'WD', 'MD'] as const) {
      const want = square(kind, x, d);
      const bound = 2 * (3 * d + 28) * EPSILON * size(kind, x, d, want);
      expect(Math.abs(discrepancy(x, { dimension: d, kind }) - want)).toBeLessThanOrEqual(bound);
    }
  });
});

describe('discrepancyAsync', () => {
  it('gives the same bits, and says how far it is', async () => {
    const x = weyl(3000, 5);
    const parts: number[] = [];
    const got = await discrepancyAsync(x, { dimension: 5, kind: 'MD', onProgress: (part) => parts.push(part) });
    expect(got).toBe(discrepancy(x, { dimension: 5, kind: 'MD' }));
    expect(parts.every((part, k) => part > (parts[k - 1] ?? 0) && part < 1)).toBe(true);
  });

  it('ends at an abort, with its reason', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const x = weyl(20_000, 10); // a second
    const work = discrepancyAsync(x, {
      dimension: 10,
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    await expect(work).rejects.toBe(reason);
    await expect(discrepancyAsync(x, { dimension: 10, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('refuses as the other does, by its promise', async () => {
    await expect(discrepancyAsync(F.of(2), { dimension: 1 })).rejects.toThrow(
      expect.objectContaining({ name: 'QmcError', code: 'bad-value' }),
    );
  });
});

describe('updateDiscrepancy', () => {
  it.each(fixture.updates as Array<{ n: number; d: number; scipy: number }>)(
    'is SciPy’s at n = $n, d = $d',
    (given) => {
      const { n, d, scipy } = given;
      const x = weyl(n, d);
      const [first, last] = [x.subarray(0, (n - 1) * d), x.subarray((n - 1) * d)];
      const got = updateDiscrepancy(first, last, discrepancy(first, { dimension: d }));
      expectNear(got, scipy, 'CD', x, d, 8 * n);
    },
  );

  it('gives the golden value of SciPy’s page', () => {
    const x = F.of(1, 3, 2, 6, 3, 2, 4, 5, 5, 1, 6, 4).map((value) => (value - 0.5) / 6);
    const got = updateDiscrepancy(x.subarray(0, 10), x.subarray(10), discrepancy(x.subarray(0, 10), { dimension: 2 }));
    expectNear(got, 0.008142039609053464, 'CD', x, 2, 48);
  });

  it.each(KINDS)('point by point it leads to the %s of all', (kind) => {
    const [n, d] = [40, 3];
    const x = weyl(n, d);
    let value = discrepancy(x.subarray(0, d), { dimension: d, kind });
    for (let k = 1; k < n; k++) {
      value = updateDiscrepancy(x.subarray(0, k * d), x.subarray(k * d, (k + 1) * d), value, { kind });
    }
    // each step is as far off as one whole computation; the terms of a single point are the largest
    const point = x.subarray(0, d);
    const bound = n * (3 * d + 8) * EPSILON * size(kind, point, d, square(kind, point, d));
    const want = discrepancy(x, { dimension: d, kind });
    expect(Math.abs(value - want)).toBeLessThanOrEqual(kind === 'L2-star' ? bound / want : bound);
  });
});

describe('refusals', () => {
  const x = F.of(0.25, 0.75);
  it.each<[string, string, object, Float64Array?]>([
    ['bad-option', 'dimension: expected an integer from 1 to 1600, got 0', { dimension: 0 }],
    ['bad-option', 'dimension: expected an integer from 1 to 1000, got 1001', { dimension: 1001, kind: 'MD' }],
    ['bad-option', 'dimension: expected an integer from 1 to 600, got 601', { dimension: 601, kind: 'L2-star' }],
    ['bad-option', "kind: expected 'CD', 'WD', 'MD' or 'L2-star', got \"L2\"", { kind: 'L2' }],
    ['bad-length', 'x: expected a multiple of 3 elements (dimension), got 2', { dimension: 3 }],
    ['bad-length', 'x: expected at least 1 elements (one point), got 0', {}, new F(0)],
    ['bad-value', 'x[1]: expected a number in [0, 1], got -0.5', {}, F.of(0, -0.5)],
    ['bad-value', 'x[0]: expected a number in [0, 1], got NaN', {}, F.of(Number.NaN)],
  ])('%s: %s', (code, message, options, points = x) => {
    expect(() => discrepancy(points, { dimension: 1, ...options })).toThrow(
      expect.objectContaining({ name: 'QmcError', code, message }),
    );
  });

  it.each<[string, string, Float64Array, number, object?]>([
    ['bad-option', 'dimension: expected an integer from 1 to 1600, got 0', new F(0), 0],
    ['bad-length', 'x: expected a multiple of 3 elements (dimension), got 2', new F(3), 0],
    ['bad-value', 'point[0]: expected a number in [0, 1], got 2', F.of(2), 0],
    ['bad-value', 'value: expected a finite number, got NaN', F.of(0.5), Number.NaN],
    ['bad-option', "kind: expected 'CD', 'WD', 'MD' or 'L2-star', got \"cd\"", F.of(0.5), 0, { kind: 'cd' }],
  ])('an update: %s: %s', (code, message, point, value, options) => {
    expect(() => updateDiscrepancy(x, point, value, options)).toThrow(
      expect.objectContaining({ name: 'QmcError', code, message }),
    );
  });

  it('an array of another type is a TypeError', () => {
    expect(() => discrepancy([0.5] as never, { dimension: 1 })).toThrow(
      new TypeError('x: expected a Float64Array, got [0.5]'),
    );
    expect(() => updateDiscrepancy(x, [0.5] as never, 0)).toThrow(
      new TypeError('point: expected a Float64Array, got [0.5]'),
    );
  });
});
