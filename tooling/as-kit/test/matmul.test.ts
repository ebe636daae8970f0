import { dotBound, F32_ROUNDOFF } from '@gossamer/testkit/bounds';
import { kernelVariants } from '@gossamer/testkit/kernels';
import { normals } from '@gossamer/testkit/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../bench/compile.ts';
import { BF16, builds, F16, F32, type Host, Q8_32, Q8_ROW } from './host.ts';
import { product, quantize } from './oracle.ts';

const TYPES = [
  ['f32', F32],
  ['bf16', BF16],
  ['f16', F16],
  ['int8 per row', Q8_ROW],
  ['int8 per 32', Q8_32],
] as const;
const isInt8 = (type: number): boolean => type === Q8_ROW || type === Q8_32;

interface Shape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

interface Options {
  /** The array that ends with the memory, so that a read behind it traps. */
  readonly last?: 'w' | 'x' | 'y';
  readonly ldy?: number;
  readonly panelsPerCall?: number;
  readonly initial?: Float32Array;
  readonly offset?: number;
}

/** Packs w, multiplies, and returns y with what w and x became in the types the kernel uses. */
function run(host: Host, type: number, w: Float32Array, x: Float32Array, { m, n, k }: Shape, options: Options = {}) {
  const { kernel } = host;
  const ldy = options.ldy ?? n;
  const put = (name: 'w' | 'x' | 'y', data: Float32Array) =>
    options.last === name ? host.putLast(data) : host.put(data, options.offset ?? 0);
  const packed = host.alloc(kernel.matrixBytes(type, n, k));
  kernel.packRows(put('w', w), F32, packed, type, 0, n, n, k);
  const xAt = put('x', x);
  const scratch = host.alloc(kernel.matmulScratchBytes(type, m, k));
  const y = put('y', options.initial ?? new Float32Array(m * ldy).fill(-77));
  kernel.matmulPrepare(xAt, type, m, k, scratch);
  const panels = Math.ceil(n / 8);
  const step = options.panelsPerCall ?? panels;
  const add = options.initial ? 1 : 0;
  for (let p = 0; p < panels; p += step) {
    kernel.matmul(packed, type, xAt, y, m, n, k, ldy, p, Math.min(step, panels - p), add, scratch);
  }
  const out = host.f32(y, m * ldy);
  const row = host.alloc(k * 4);
  const unpacked = new Float32Array(n * k);
  for (let r = 0; r < n; r++) {
    kernel.unpackRow(packed, type, n, k, r, row);
    unpacked.set(host.f32(row, k), r * k);
  }
  host.check();
  return { y: out, weights: unpacked, activations: isInt8(type) ? dequantized(x, type, m, k) : x };
}

/** The int8 activations of the kernel's contract, as f32. */
function dequantized(x: Float32Array, type: number, m: number, k: number): Float32Array {
  const out = new Float32Array(m * k);
  for (let i = 0; i < m; i++) {
    const span = type === Q8_ROW ? k : 32;
    for (let c = 0; c < k; c += span) {
      const { scale, q } = quantize(x.subarray(i * k + c, i * k + Math.min(k, c + span)));
      out.set(
        q.map((v) => v * scale),
        i * k + c,
      );
    }
  }
  return out;
}

/**
 * Float types: the forward bound of a k-term f32 dot. int8: the sum of a span is exact; scaling it rounds the product of the
 * scales, the product with it, and one addition per 32 columns, and the f32 operands of the oracle are rounded once each.
 */
function bound(type: number, k: number, magnitude: number): number {
  return isInt8(type) ? (Math.ceil(k / 32) + 5) * F32_ROUNDOFF * magnitude + 1e-37 : dotBound(k, magnitude);
}

function expectProduct(result: ReturnType<typeof run>, type: number, { m, n, k }: Shape, ldy = n): void {
  for (let i = 0; i < m; i++) {
    for (let r = 0; r < n; r++) {
      const { value, magnitude } = product(result.activations, result.weights, i, r, k);
      const got = result.y[i * ldy + r] as number;
      const limit = bound(type, k, magnitude);
      if (!(Math.abs(got - value) <= limit)) {
        expect.fail(`y[${i}, ${r}] of (${m}, ${n}, ${k}): got ${got}, want ${value} ± ${limit}`);
      }
    }
  }
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  m: fc.integer({ min: 1, max: 14 }),
  n: fc.integer({ min: 1, max: 75 }),
  k: fc.oneof(fc.constantFrom(1, 2, 3, 31, 32, 33, 60, 320), fc.integer({ min: 1, max: 200 })),
});

describe.each(builds)('matmul, $name', ({ host }) => {
  describe.each(TYPES)('%s weights', (_name, type) => {
    it.each([1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 19])('multiplies %i rows', (m) => {
      for (const n of [1, 7, 8, 9, 31, 33, 41]) {
        for (const k of [1, 3, 60, 320]) {
          const shape = { m, n, k };
          expectProduct(run(host, type, normals(n + k, n * k), normals(m, m * k), shape), type, shape);
        }
      }
    });

    it.each([1023, 1024, 1025, 2048, 3073])('adds the partial sums of %i columns', (k) => {
      for (const m of [1, 4, 7]) {
        const shape = { m, n: 37, k };
        expectProduct(run(host, type, normals(k, 37 * k), normals(m, m * k), shape), type, shape);
      }
    });

    it('agrees with f64 at any shape, row pitch and alignment', () => {
      fc.assert(
        fc.property(
          shapes,
          fc.nat({ max: 5 }),
          fc.constantFrom(0, 4, 8),
          fc.integer(),
          (shape, extra, offset, seed) => {
            const { m, n, k } = shape;
            const ldy = n + extra;
            const result = run(host, type, normals(seed, n * k), normals(~seed, m * k), shape, { ldy, offset });
            expectProduct(result, type, shape, ldy);
            for (let i = 0; i < m; i++) {
              expect(result.y.subarray(i * ldy + n, (i + 1) * ldy).every((v) => v === -77)).toBe(true);
            }
          },
        ),
        { numRuns: 60 },
      );
    });

    it('gives the same bits however panels are split into calls', () => {
      for (const m of [1, 2, 9]) {
        const shape = { m, n: 77, k: 1030 };
        const w = normals(1, 77 * 1030);
        const x = normals(2, m * 1030);
        const whole = run(host, type, w, x, shape).y;
        for (const panelsPerCall of [1, 2, 3, 4, 5]) {
          expect(run(host, type, w, x, shape, { panelsPerCall }).y).toEqual(whole);
        }
      }
    });

    it('gives a row the same bits in any group of rows summed in the same order', () => {
      const [m, n, k] = [13, 45, 1030];
      const w = normals(3, n * k);
      const x = normals(4, m * k);
      // Products with int8 weights have one order; with float weights 1…3 rows have one, more rows another.
      const groups = isInt8(type)
        ? [
            [1, 13],
            [5, 13],
          ]
        : [
            [1, 2],
            [1, 3],
            [4, 13],
            [5, 11],
          ];
      for (const [small, large] of groups as Array<[number, number]>) {
        const together = run(host, type, w, x.slice(0, large * k), { m: large, n, k }).y;
        for (let i = 0; i + small <= large; i++) {
          const alone = run(host, type, w, x.slice(i * k, (i + small) * k), { m: small, n, k }).y;
          expect(alone).toEqual(together.slice(i * n, (i + small) * n));
        }
      }
    });

    it('adds to y when told to accumulate', () => {
      for (const [m, n, k] of [
        [1, 21, 40],
        [3, 21, 1030],
        [8, 21, 1030],
      ] as const) {
        const w = normals(5, n * k);
        const x = normals(6, m * k);
        const fresh = run(host, type, w, x, { m, n, k });
        const initial = normals(7, m * n);
        const sums = run(host, type, w, x, { m, n, k }, { initial }).y;
        sums.forEach((v, at) => {
          const start = initial[at] as number;
          const { magnitude } = product(fresh.activations, fresh.weights, Math.floor(at / n), at % n, k);
          // Both sums of k terms round, and each partial sum once more onto y.
          const limit = 2 * bound(type, k, magnitude) + (Math.ceil(k / 32) + 1) * F32_ROUNDOFF * Math.abs(start);
          expect(Math.abs(v - start - (fresh.y[at] as number))).toBeLessThanOrEqual(limit);
        });
      }
    });

    it('reads nothing behind its arrays', () => {
      for (const m of [1, 3, 4, 9]) {
        for (const n of [1, 3, 5, 8, 12]) {
          const shape = { m, n, k: 37 };
          const w = normals(12, n * 37);
          const x = normals(13, m * 37);
          const initial = normals(14, m * n);
          const want = run(host, type, w, x, shape, { initial }).y;
          for (const last of ['w', 'x', 'y'] as const) {
            expect(run(host, type, w, x, shape, { initial, last }).y).toEqual(want);
          }
        }
      }
    });

    it('lets NaN and infinities through to every sum that contains them', () => {
      for (const m of [1, 3, 8]) {
        for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
          const [n, k] = [19, 70];
          const w = normals(8, n * k).map(Math.abs);
          const x = normals(9, m * k).map(Math.abs);
          x[(m - 1) * k + 65] = bad;
          const inX = run(host, type, w, x, { m, n, k }).y;
          for (let at = 0; at < m * n; at++) {
            const v = inX[at] as number;
            if (at < (m - 1) * n) expect(Number.isFinite(v)).toBe(true);
            else expect(isInt8(type) ? Number.NaN : bad).toBe(v);
          }
          x[(m - 1) * k + 65] = 1;
          for (const row of [9, 12]) {
            const broken = w.slice();
            broken[row * k + 3] = bad;
            const inW = run(host, type, broken, x, { m, n, k }).y;
            inW.forEach((v, at) => {
              if (at % n === row) expect(isInt8(type) ? Number.NaN : bad).toBe(v);
              else expect(Number.isFinite(v)).toBe(true);
            });
          }
        }
      }
    });
  });
});

describe('matmul across builds', () => {
  it.each(TYPES.filter(([, type]) => isInt8(type)))('gives the same bits in every build with %s weights', (_, type) => {
    for (const m of [1, 2, 7]) {
      const shape = { m, n: 43, k: 999 };
      const w = normals(10, 43 * 999);
      const x = normals(11, m * 999);
      const [first, ...others] = builds.map(({ host }) => run(host, type, w, x, shape).y);
      for (const other of others) expect(other).toEqual(first);
    }
  });

  it('sums 2^17 columns of the largest int8 products exactly', () => {
    const k = 2 ** 17;
    const want = Math.fround(Math.fround(127 * 127 * k) * Math.fround(Math.fround(1 / 127) * Math.fround(1 / 127)));
    for (const { host } of builds) {
      for (const sign of [1, -1]) {
        const w = new Float32Array(k).fill(1);
        const x = new Float32Array(k).fill(sign);
        expect(run(host, Q8_ROW, w, x, { m: 1, n: 1, k }).y[0]).toBe(sign * want);
      }
    }
  });
});

type Dot = (...args: number[]) => void;
type Forms = Record<'fourTokensDirect' | 'fourTokensSplit' | 'oneTokenDirect' | 'oneTokenSplit', Dot>;

// matmul takes one of the two forms, the faster on this host; both must be right on every host.
describe.each(kernelVariants().filter((variant) => variant === 'relaxed'))('int8 dots, %s', (variant) => {
  it.each([
    ['per row', Q8_ROW],
    ['per 32 columns', Q8_32],
  ])('give the same bits as one instruction and as three, scales %s', async (_name, type) => {
    const host = builds.find(({ name }) => name === variant)?.host;
    if (!host) throw new Error(`no build named ${variant}`);
    const { kernel } = host;
    const forms = host.attach(await compile('assembly/int8-relaxed.ts', variant)) as unknown as Forms;
    const [m, n, k] = [4, 8, 96];
    const bytes = kernel.matrixBytes(type, n, k);
    const w = host.alloc(bytes);
    kernel.packRows(host.put(normals(1, n * k)), F32, w, type, 0, n, n, k);
    const x = host.put(normals(2, m * k));
    const q = host.alloc(kernel.matmulScratchBytes(type, m, k));
    kernel.matmulPrepare(x, type, m, k, q);
    const y = host.alloc(m * n * 4);
    kernel.matmul(w, type, x, y, m, n, k, n, 0, 1, 0, q);
    const want = host.f32(y, m * n);
    const [span, tokenBytes] = [type === Q8_ROW ? k : 32, 2 * k];
    const scaleBytes = (k / span) * 4;
    const scale = q + m * tokenBytes;
    for (const form of ['Direct', 'Split'] as const) {
      const out = host.alloc(m * n * 4);
      forms[`fourTokens${form}`](w, q, tokenBytes, scale, scaleBytes, out, n * 4, span, k, 8, 0);
      expect(host.f32(out, m * n)).toEqual(want);
      const row = host.alloc(n * 4);
      forms[`oneToken${form}`](w, w + bytes - 1, q + tokenBytes, scale + scaleBytes, row, span, k, 8, 0);
      expect(host.f32(row, n)).toEqual(want.slice(n, 2 * n));
    }
    host.check();
  });
});
