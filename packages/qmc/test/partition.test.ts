import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AsyncIntegrand,
  type Chunk,
  type Estimate,
  evaluateChunk,
  Iid,
  integrateSync,
  Lattice,
  type PartialSums,
  type PointSet,
  partition,
  QmcError,
  reduce,
  Sobol,
} from '../src/index.ts';
import { DyadicSums, dyadicPieces, treeSum } from '../src/sum.ts';
import { cornerPeak, oscillatory } from './integrands.ts';
import { lattice, sobol, VECTOR } from './point-sets.ts';

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value));
/** A function whose values have every bit at random, of many magnitudes. */
const rough = (x: Float64Array): number => Math.sin(1e5 * (x[0] as number)) * 10 ** (20 * ((x[1] as number) - 0.5));

/** One run over n points, without any split. */
function unsplit(f: (x: Float64Array) => number, points: PointSet, n: number): Estimate {
  const { mean, bound, lower, upper, evaluations } = integrateSync(f, { points, absTol: 1e-300, nInit: n, nMax: n });
  return { mean, bound, lower, upper, n, evaluations };
}

async function evaluateAll(chunks: readonly Chunk[], f: AsyncIntegrand): Promise<PartialSums[]> {
  return throughJson(await Promise.all(throughJson(chunks).map((chunk) => evaluateChunk(chunk, f))));
}

describe('a split', () => {
  it('into any chunks, put together in any order, gives the bits of the whole', async () => {
    const cases = fc
      .record({ n: fc.integer({ min: 1, max: 700 }), replications: fc.integer({ min: 2, max: 5 }) })
      .chain(({ n, replications }) =>
        fc.record({
          n: fc.constant(n),
          points: fc.constantFrom(
            lattice(2, replications),
            sobol(2, replications),
            new Iid({ dimension: 2, replications, seed: 1 }),
          ),
          cuts: fc.uniqueArray(fc.integer({ min: 1, max: Math.max(1, n - 1) }), { maxLength: 8 }),
          shuffle: fc.infiniteStream(fc.double({ noNaN: true })),
        }),
      );
    await fc.assert(
      fc.asyncProperty(cases, async ({ n, points, cuts, shuffle }) => {
        const [whole] = partition({ points, end: n }, 1) as [Chunk];
        const bounds = [0, ...cuts.filter((cut) => cut < n).sort((a, b) => a - b), n];
        const chunks = bounds.slice(1).map((end, k) => ({ ...whole, start: bounds[k] as number, end }));
        const keys = chunks.map(() => shuffle.next().value as number);
        const shuffled = chunks.map((chunk, k) => [keys[k] as number, chunk] as const).sort((a, b) => a[0] - b[0]);
        const partials = await evaluateAll(
          shuffled.map(([, chunk]) => chunk),
          rough,
        );
        expect(reduce(partials)).toEqual(unsplit(rough, points, n));
      }),
      { numRuns: 300 },
    );
  });

  it.each([1, 2, 3, 7, 64, 999, 1000, 5000])('into %i parts covers all points', async (parts) => {
    const points = lattice(3, 4);
    const { f } = oscillatory(3);
    const chunks = partition({ points, end: 1000 }, parts);
    expect(chunks).toHaveLength(Math.min(parts, 1000));
    const sizes = chunks.map(({ start, end }) => end - start);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    // cuts are rounded down to a multiple of a power of two that is at most an eighth of a part
    expect(Math.max(...sizes)).toBeLessThanOrEqual(Math.ceil((1000 / chunks.length) * 1.125));
    expect(reduce(await evaluateAll(chunks, f))).toEqual(unsplit(f, points, 1000));
  });

  it('of a million points is a handful of sums', async () => {
    const points = sobol(2, 2);
    const chunks = partition({ points, end: 2 ** 20 }, 3);
    const batch = (_: Float64Array, n: number): Float64Array => new Float64Array(n).fill(0.1);
    const partials = await evaluateAll(chunks, { batch });
    for (const { sums } of partials) expect(sums.length).toBeLessThan(12);
    expect(reduce(partials).mean).toBeCloseTo(0.1, 15);
  });

  it('continues a job: the points that a doubling adds', async () => {
    const points = sobol(5);
    const { f } = cornerPeak(5);
    const partials: PartialSums[] = [];
    const means: number[] = [];
    for (const [start, end] of [
      [0, 256],
      [256, 512],
      [512, 1024],
    ] as const) {
      partials.push(...(await evaluateAll(partition({ points, start, end }, 3), f)));
      means.push(reduce(partials).mean);
    }
    const { history } = integrateSync(f, { points, absTol: 1e-12, nMax: 1024 });
    expect(means).toEqual(history.map(({ mean }) => mean));
  });

  it('has the confidence asked for, and is 0 for −0, which JSON would lose', async () => {
    const points = lattice(1, 2);
    const partials = await evaluateAll(partition({ points, end: 64 }, 4), () => -0);
    expect(Object.is(reduce(partials).mean, 0)).toBe(true);
    expect(Object.is(integrateSync(() => -0, { points, absTol: 1, nInit: 64 }).mean, 0)).toBe(true);
    const some = await evaluateAll(partition({ points, end: 64 }, 4), ([x]) => x as number);
    expect(reduce(some, { alpha: 0.5, inflate: 2 }).bound).toBeLessThan(reduce(some).bound);
    expect(reduce(some, { inflate: 2 }).bound).toBeCloseTo(2 * reduce(some).bound, 14);
  });

  it('stops at an abort, and passes the integrand’s error on', async () => {
    const [chunk] = partition({ points: lattice(2), end: 64 }, 1) as [Chunk];
    const reason = new Error('enough');
    await expect(evaluateChunk(chunk, () => 1, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(evaluateChunk(chunk, () => Promise.reject(reason))).rejects.toBe(reason);
    await expect(evaluateChunk(chunk, () => Number.NaN)).rejects.toMatchObject({
      message: 'integrand: expected a finite number at point 0 of replication 0, got NaN',
    });
    await expect(evaluateChunk(chunk, () => Number.MAX_VALUE)).rejects.toMatchObject({
      code: 'bad-value',
      message: 'integrand: the sum of its values is too large for a number',
    });
    await expect(evaluateChunk(chunk, 1 as never)).rejects.toThrow(TypeError);
  });
});

describe('sums', () => {
  it('over aligned pieces are those of a balanced tree', () => {
    const values = Float64Array.from({ length: 64 }, (_, i) => 1 / (i + 1));
    const tree = (from: number, size: number): number =>
      size === 1 ? (values[from] as number) : tree(from, size / 2) + tree(from + size / 2, size / 2);
    expect(treeSum(values.slice())).toBe(tree(0, 64));
    expect(treeSum(values.slice(0, 1))).toBe(1);
    const sums = new DyadicSums(1);
    for (const piece of dyadicPieces({ start: 0, end: 13 })) {
      sums.add(piece, Float64Array.of(tree(piece.start, piece.end - piece.start)));
    }
    expect(sums.total()[0]).toBe(tree(0, 8) + (tree(8, 4) + tree(12, 1)));
    expect(new DyadicSums(2).total()).toEqual(new Float64Array(2));
  });

  it('pieces are aligned, as long as can be, and few', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.nat(1e6), fc.nat(20), (start, length, most) => {
        const end = Math.min(start + length, Number.MAX_SAFE_INTEGER);
        let at = start;
        let count = 0;
        for (const piece of dyadicPieces({ start, end }, 2 ** most)) {
          const size = piece.end - piece.start;
          expect(piece.start).toBe(at);
          expect(at % size).toBe(0);
          expect(Number.isInteger(Math.log2(size)) && size <= 2 ** most).toBe(true);
          at = piece.end;
          if (++count > 3000) break;
        }
        if (count <= 3000) expect(at).toBe(end);
        if (most === 20) expect(count).toBeLessThan(50);
      }),
    );
  });
});

describe('refuses', () => {
  const points = lattice(2, 3);
  const f = (x: Float64Array): number => x[0] as number;

  it.each([
    ['bad-option', 'parts: expected a positive integer, got 0', { end: 8 }, 0],
    ['bad-option', 'parts: expected a positive integer, got 1.5', { end: 8 }, 1.5],
    ['bad-range', 'end: expected an integer from start = 0 to 9007199254740991, got -1', { end: -1 }, 1],
    ['bad-range', 'end: expected more than start = 0, got 0', { end: 0 }, 1],
    ['bad-range', 'end: expected more than start = 8, got 8', { start: 8, end: 8 }, 1],
    ['bad-range', 'end: the sequence has 4294967296 points, got 4294967297', { points: sobol(2), end: 2 ** 32 + 1 }, 1],
    ['bad-option', 'points: expected at least 2 replications, got 1', { points: lattice(2, 1), end: 8 }, 1],
    [
      'bad-option',
      'points: expected a randomisation that makes every point uniform, by a shift or permutations',
      { points: new Sobol({ dimension: 1, randomize: 'none', replications: 2 }), end: 8 },
      1,
    ],
  ])('a job: %s: %s', (code, message, job, parts) => {
    expect(() => partition({ points, ...job }, parts)).toThrow(
      expect.objectContaining({ name: 'QmcError', code, message }),
    );
  });

  it('chunks that are none', async () => {
    const [chunk] = partition({ points, end: 64 }, 2) as [Chunk, Chunk];
    const bad: Array<[string, unknown]> = [
      ['bad-value', undefined],
      ['bad-value', {}],
      ['bad-value', { ...chunk, job: 1 }],
      ['bad-value', { ...chunk, start: -1 }],
      ['bad-value', { ...chunk, start: 32 }],
      ['bad-value', { ...chunk, end: 65 }],
      ['bad-value', { ...chunk, n: '64' }],
      ['bad-option', { ...chunk, points: {} }],
      ['bad-option', { ...chunk, points: undefined }],
      ['bad-option', { ...chunk, points: { ...chunk.points, seed: 7 } }],
      ['bad-range', { ...chunk, points: { ...chunk.points, order: 'linear', size: 31 } }],
    ];
    for (const [code, value] of bad) {
      await expect(evaluateChunk(value as Chunk, f)).rejects.toMatchObject({ name: 'QmcError', code });
    }
  });

  it('partial sums that are none, or not all of one job once', async () => {
    const partials = await evaluateAll(partition({ points, end: 64 }, 4), f);
    const [a, b, c, d] = partials as [PartialSums, PartialSums, PartialSums, PartialSums];
    const [other] = (await evaluateAll(partition({ points: lattice(2, 3, 8), end: 64 }, 4), f)) as [PartialSums];
    const [wide] = (await evaluateAll(partition({ points: lattice(2, 4), end: 64 }, 4), f)) as [PartialSums];
    const [long] = (await evaluateAll(partition({ points, end: 64 }, 2), f)) as [PartialSums];
    const bad: Array<[message: RegExp, partials: unknown]> = [
      [/^partials: expected partial sums, got undefined$/, undefined],
      [/^partials: expected partial sums, got \[\]$/, []],
      [/^partials\[0\]: expected a job, and start < end ≤ n, got /, [null]],
      [
        /^partials\[1\]: expected a job, and start < end ≤ n, got \["[\da-f]{16}", 16, 16, 64\]$/,
        [a, { ...b, end: 16 }],
      ],
      [/^partials\[0\]\.sums: expected 1 arrays of one finite number per replication, got \[/, [{ ...a, sums: [] }]],
      [/^partials\[0\]\.sums: /, [{ ...a, sums: [[1]] }]],
      [/^partials\[0\]\.sums: /, [{ ...a, sums: [[1, null, 2]] }]],
      [/^partials\[0\]\.sums: /, [{ ...a, sums: [[1, '1', 2]] }]],
      [/^partials\[0\]\.sums: /, [{ ...a, sums: 'abc' }]],
      [/^partials: expected those of one job, got "[\da-f]{16}" and "[\da-f]{16}"$/, [other, b, c, d]],
      [/^partials: expected those of one job/, [wide, b, c, d]],
      [/^partials: expected those of one job/, [{ ...wide, job: a.job }, b, c, d]],
      [/^partials: expected every index once, 0 to 15 are missing$/, [b, c, d]],
      [/^partials: expected every index once, 16 to 47 are missing$/, [d, a]],
      [/^partials: expected every index once, 48 to 63 are missing$/, [a, b, c]],
      [/^partials: expected every index once, got 16 to 31 twice$/, [a, b, b, c, d]],
      [/^partials: expected every index once, got 0 to 15 twice$/, [a, long, c, d]],
      [/^partials: expected every index once, got 16 to 31 twice$/, [long, b, c, d]],
    ];
    for (const [message, value] of bad) {
      const call = (): unknown => reduce(value as PartialSums[]);
      expect(call, String(message)).toThrow(QmcError);
      expect(call).toThrow(expect.objectContaining({ code: 'bad-value', message: expect.stringMatching(message) }));
    }
    expect(() => reduce(partials, { alpha: 2 })).toThrow(expect.objectContaining({ code: 'bad-option' }));
    expect(reduce([d, b, a, c])).toEqual(unsplit(f, points, 64));
  });

  it('takes other points for another job, and the same points for the same', () => {
    const job = (vector: Uint32Array): string =>
      (partition({ points: new Lattice({ dimension: 2, vector, replications: 3, seed: 7 }), end: 8 }, 1)[0] as Chunk)
        .job;
    expect(job(VECTOR)).toBe(job(VECTOR.slice()));
    expect(job(VECTOR)).not.toBe(job(Uint32Array.of(1, 182669)));
  });
});
