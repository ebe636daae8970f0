import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inverseNormal } from '../src/index.ts';

const fixture = JSON.parse(readFileSync(new URL('fixtures/normal.json', import.meta.url), 'utf8'));
const quantile = (p: number): number => inverseNormal(Float64Array.of(p))[0] as number;

/** The unit in the last place of a normal number. */
function ulp(value: number): number {
  let power = 2 ** Math.floor(Math.log2(Math.abs(value)));
  if (power > Math.abs(value)) power /= 2; // the logarithm was rounded up
  return power * 2 ** -52;
}

describe('inverseNormal', () => {
  const z = inverseNormal(Float64Array.from(fixture.p));

  it('is within 2 ulp of the exact quantile, down to the smallest number', () => {
    for (const [i, got] of z.entries()) {
      const error = Math.abs(got - fixture.high[i] - fixture.low[i]);
      expect(error / ulp(fixture.high[i]), `p = ${fixture.p[i]}`).toBeLessThanOrEqual(2);
    }
  });

  it('agrees with SciPy', () => {
    for (const [i, got] of z.entries()) {
      // our 2 ulp, and SciPy's own error, which normal.py --measure found below 4.5
      expect(Math.abs(got - fixture.scipy[i]) / ulp(got), `p = ${fixture.p[i]}`).toBeLessThanOrEqual(6.5);
    }
  });

  it('is infinite at 0 and 1, and nothing outside', () => {
    const p = Float64Array.of(0, -0, 1, 0.5, -Number.MIN_VALUE, 1 + 2 ** -52, Number.NaN, Infinity, -Infinity);
    const { NEGATIVE_INFINITY: low, POSITIVE_INFINITY: high, NaN: none } = Number;
    expect([...inverseNormal(p)]).toEqual([low, low, high, 0, none, none, none, none, none]);
  });

  it('is odd about ½, bit for bit', () => {
    const above = fc.double({ min: 0.5, max: 1, maxExcluded: true, noNaN: true }); // 1 − p is exact there
    fc.assert(
      fc.property(above, (p) => {
        expect(quantile(1 - p) + quantile(p)).toBe(0);
      }),
      { examples: [[0.915], [0.5]] },
    );
  });

  it('grows with p', () => {
    // A step of δ times the smaller tail moves z by about δ/(1 + z²) of itself or more; for δ ≥ 2^-39 and |z| < 37.1 that is
    // over 5 ulp, and two errors are 4 at most. Above 1 − 2^-12 the step would fall between two numbers.
    const lower = fc.oneof(
      fc.double({ min: 1e-300, max: 1 - 2 ** -12, noNaN: true }),
      fc.constantFrom(0.085, 0.915, 2.29e-11, 1e-300),
    );
    const step = fc.integer({ min: 0, max: 39 }).map((power) => 2 ** -power);
    fc.assert(
      fc.property(lower, step, (p, size) => {
        const next = Math.min(p + Math.min(p, 1 - p) * size, 1);
        expect(quantile(next)).toBeGreaterThan(quantile(p));
      }),
      { numRuns: 2000 },
    );
  });

  it('gives one result for a number, wherever it stands', () => {
    for (const length of [0, 1, 2, 3, 5, 8, 239, 240, 241, 481, 8191, 8192, 8193, 16_385, 20_001]) {
      const p = Float64Array.from({ length }, (_, i) => fixture.p[(i * 7) % fixture.p.length]);
      expect([...inverseNormal(p)]).toEqual([...p].map((_, i) => z[(i * 7) % fixture.p.length]));
    }
  });

  it('fills and returns out, which may be the input', () => {
    const p = Float64Array.of(0.1, 0.5, 0.9);
    const out = new Float64Array(new SharedArrayBuffer(24));
    expect(inverseNormal(p, out)).toBe(out);
    expect([...p]).toEqual([0.1, 0.5, 0.9]);
    expect(inverseNormal(p, p)).toBe(p);
    expect([...p]).toEqual([...out]);
  });

  it('refuses other arrays', () => {
    const p = Float64Array.of(0.5);
    expect(() => inverseNormal([0.5] as never)).toThrow(new TypeError('p: expected a Float64Array, got [0.5]'));
    expect(() => inverseNormal(p, new Float32Array(1) as never)).toThrow(TypeError);
    expect(() => inverseNormal(p, new Float64Array(2))).toThrow(
      expect.objectContaining({ name: 'QmcError', code: 'bad-length', message: 'out: expected 1 elements, got 2' }),
    );
  });
});
