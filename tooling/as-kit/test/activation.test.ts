import { LANE_EDGES } from '@gossamer/testkit/lengths';
import { normals, uniforms } from '@gossamer/testkit/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builds, type Host } from './host.ts';
import { f32FromBits, logSigmoid, sigmoid } from './oracle.ts';

const MIN_NORMAL = 2 ** -126;
const INF = Number.POSITIVE_INFINITY;

type Unary = 'exp' | 'sigmoid' | 'logSigmoid' | 'swish';

function apply(host: Host, name: Unary, x: Float32Array): Float32Array {
  const y = host.alloc(x.byteLength);
  host.kernel[name](host.put(x), y, x.length);
  const out = host.f32(y, x.length);
  host.check();
  return out;
}

/** Every 997th f32 from +0 to +limit and their negatives: about 2.2 million numbers of all magnitudes. */
function sweep(limit: number): Float32Array {
  const values: number[] = [];
  for (let bits = 0; f32FromBits(bits) <= limit; bits += 997) values.push(f32FromBits(bits), -f32FromBits(bits));
  return Float32Array.from(values);
}

/** Values close together where the functions change most. */
const dense = Float32Array.from({ length: 400_001 }, (_, i) => (i - 200_000) / 2_000);
const wide = sweep(1e38);

/** Largest relative error over the points whose exact value is at least `floor`; elsewhere the error must stay below it. */
function worstError(host: Host, name: Unary, exact: (v: number) => number, floor: number): number {
  let worst = 0;
  for (const x of [dense, wide]) {
    const y = apply(host, name, x);
    for (let i = 0; i < x.length; i++) {
      const want = exact(x[i] as number);
      const got = y[i] as number;
      if (Math.abs(want) > 3.4028234e38) {
        if (Math.abs(got) !== INF) return INF;
      } else if (Math.abs(want) < floor) {
        if (!(Math.abs(got) <= floor)) return INF;
      } else {
        const error = Math.abs(got - want) / Math.abs(want);
        if (!(error <= worst)) worst = Number.isNaN(error) ? INF : error;
      }
    }
  }
  return worst;
}

describe.each(builds)('activations, $name', ({ host }) => {
  it.each([
    ['exp', Math.exp, 2e-7, MIN_NORMAL],
    ['sigmoid', sigmoid, 4e-7, MIN_NORMAL],
    ['logSigmoid', logSigmoid, 5e-7, MIN_NORMAL],
    ['swish', (v: number) => v * sigmoid(v), 5e-7, 88 * MIN_NORMAL],
  ] as const)('%s stays within its stated relative error over all of f32', (name, exact, limit, floor) => {
    expect(worstError(host, name, exact, floor)).toBeLessThanOrEqual(limit);
  });

  it('exp is exact at 0, flushes below 2^-126, overflows to ∞ and keeps NaN', () => {
    const x = Float32Array.of(0, -0, -87.3365, -87.4, -1000, -INF, 88.72283, 88.72284, 1000, INF, Number.NaN);
    const y = apply(host, 'exp', x);
    expect(Array.from(y.subarray(0, 2))).toEqual([1, 1]);
    expect(y[2]).toBeGreaterThanOrEqual(MIN_NORMAL);
    expect(Array.from(y.subarray(3, 6))).toEqual([0, 0, 0]);
    expect(y[6]).toBeGreaterThan(3.4e38);
    expect(y[6]).toBeLessThan(INF);
    expect(Array.from(y.subarray(7, 10))).toEqual([INF, INF, INF]);
    expect(y[10]).toBeNaN();
  });

  it('sigmoid, logSigmoid and swish have the limits of their formulas at ±∞ and NaN', () => {
    const x = Float32Array.of(INF, -INF, Number.NaN, 0);
    expect(Array.from(apply(host, 'sigmoid', x))).toEqual([1, 0, Number.NaN, 0.5]);
    expect(Array.from(apply(host, 'logSigmoid', x.subarray(0, 3)))).toEqual([0, -INF, Number.NaN]);
    expect(Array.from(apply(host, 'swish', x))).toEqual([INF, Number.NaN, Number.NaN, 0]);
  });

  it.each(['exp', 'sigmoid', 'logSigmoid', 'swish'] as const)(
    '%s gives each element the same bits at any length',
    (name) => {
      const x = normals(1, 65);
      const whole = apply(host, name, x);
      for (const n of LANE_EDGES) expect(apply(host, name, x.slice(0, n))).toEqual(whole.slice(0, n));
    },
  );

  it.each(['exp', 'sigmoid', 'logSigmoid', 'swish'] as const)('%s works in place', (name) => {
    const x = normals(2, 21);
    const at = host.put(x);
    host.kernel[name](at, at, 21);
    expect(host.f32(at, 21)).toEqual(apply(host, name, x));
  });

  it('swishMul is swish times the second operand, in place too', () => {
    for (const n of LANE_EDGES) {
      const gate = normals(n, n);
      const up = normals(n + 100, n);
      const want = apply(host, 'swish', gate).map((v, i) => v * (up[i] as number));
      const at = host.put(gate);
      host.kernel.swishMul(at, host.put(up), at, n);
      expect(host.f32(at, n)).toEqual(want);
      host.check();
    }
  });
});

function softmax(host: Host, x: Float32Array, rows: number, n: number): Float32Array {
  const y = host.alloc(x.byteLength);
  host.kernel.softmax(host.put(x), y, rows, n);
  const out = host.f32(y, rows * n);
  host.check();
  return out;
}

function logSumExp(host: Host, x: Float32Array): number {
  const out = host.kernel.logSumExp(host.put(x), x.length);
  host.check();
  return out;
}

/** log Σ e^x in f64. */
function exactLogSumExp(x: Float32Array): number {
  const peak = x.reduce((max, v) => Math.max(max, v), -INF);
  return peak + Math.log(x.reduce((sum, v) => sum + Math.exp(v - peak), 0));
}

describe.each(builds)('softmax and logSumExp, $name', ({ host }) => {
  it('agree with f64 over any spread of logits', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom(0.1, 3, 40, 1e4),
        fc.integer(),
        (n, rows, spread, seed) => {
          const x = normals(seed, rows * n).map((v) => v * spread);
          const y = softmax(host, x, rows, n);
          for (let i = 0; i < rows; i++) {
            const row = x.slice(i * n, (i + 1) * n);
            const total = exactLogSumExp(row);
            const peak = Math.max(...row);
            // Two exps (2e-7 each), n/4 additions, a division and a product; x − max rounds once, by 2^-24 of at most 90.
            const limit = 4e-7 + (n / 4 + 6) * 2 ** -24 + 90 * 2 ** -24;
            row.forEach((v, j) => {
              const want = Math.exp(v - total);
              expect(Math.abs((y[i * n + j] as number) - want)).toBeLessThanOrEqual(limit * want + MIN_NORMAL);
            });
            // The error of the sum is relative to it, so absolute in the logarithm; the final addition rounds once.
            const got = logSumExp(host, row);
            expect(Math.abs(got - total)).toBeLessThanOrEqual(limit + 2 ** -23 * (Math.abs(peak) + Math.log(n)));
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('work in place', () => {
    const x = normals(5, 3 * 21);
    const at = host.put(x);
    host.kernel.softmax(at, at, 3, 21);
    expect(host.f32(at, 3 * 21)).toEqual(softmax(host, x, 3, 21));
  });

  it('give masked entries exactly nothing', () => {
    const x = normals(3, 37).map((v, i) => (i % 3 ? -INF : v));
    const y = softmax(host, x, 1, 37);
    x.forEach((v, i) => {
      expect(y[i] === 0).toBe(v === -INF);
    });
    expect(logSumExp(host, x)).toBeCloseTo(exactLogSumExp(x), 5);
  });

  it('let NaN, +∞ and rows of −∞ show', () => {
    for (const n of [1, 3, 9]) {
      const empty = new Float32Array(n).fill(-INF);
      expect(softmax(host, empty, 1, n).every(Number.isNaN)).toBe(true);
      expect(logSumExp(host, empty)).toBe(-INF);
      for (const bad of [Number.NaN, INF]) {
        const x = uniforms(n, 2 * n);
        x[n - 1] = bad;
        const y = softmax(host, x, 2, n);
        expect(y[n - 1]).toBeNaN();
        expect(y.subarray(n).every(Number.isFinite)).toBe(true);
        expect(logSumExp(host, x.slice(0, n))).toBe(bad);
      }
    }
  });
});
