import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromUniform, toUniform } from '../src/index.ts';

const F = Float64Array;

const boxes = fc.integer({ min: 1, max: 5 }).chain((d) =>
  fc.record({
    lower: fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: d, maxLength: d }),
    width: fc.array(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), { minLength: d, maxLength: d }),
    u: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4 * d, maxLength: 4 * d }),
  }),
);

describe('toUniform', () => {
  it('is lower + (upper − lower)·x in every coordinate', () => {
    const x = F.of(0, 0.5, 0.25, 1, 0.75, 0.125);
    expect([...toUniform(x, { lower: F.of(-1, 10), upper: F.of(1, 18) })]).toEqual([-1, 14, -0.5, 18, 0.5, 11]);
    expect([...toUniform(x, { lower: -1, upper: F.of(1, 3) })]).toEqual([-1, 1, -0.5, 3, 0.5, -0.5]);
    expect([...toUniform(x, { lower: 2, upper: 4 })]).toEqual([2, 3, 2.5, 4, 3.5, 2.25]);
    expect([...toUniform(x, {})]).toEqual([...x]);
  });

  it('stays in the box, and fromUniform takes it back', () => {
    fc.assert(
      fc.property(boxes, ({ lower, width, u }) => {
        const box = { lower: F.from(lower), upper: F.from(lower, (from, j) => from + (width[j] as number)) };
        const y = toUniform(F.from(u), box);
        const x = fromUniform(y, box);
        for (const [i, value] of y.entries()) {
          const [from, to] = [box.lower[i % lower.length] as number, box.upper[i % lower.length] as number];
          expect(value >= from && value <= to).toBe(true);
          expect(x[i] as number).toBeGreaterThanOrEqual(0);
          expect(x[i] as number).toBeLessThanOrEqual(1);
          // y is rounded to half an ulp of the larger end, twice; the width is divided out
          const bound = (2 ** -51 * Math.max(Math.abs(from), Math.abs(to))) / (to - from);
          expect(Math.abs((x[i] as number) - (u[i] as number))).toBeLessThanOrEqual(bound + 2 ** -52);
        }
      }),
    );
  });

  it('does not pass the upper bound where the width was rounded up', () => {
    const [lower, upper] = [-0.1, 0.7]; // upper − lower rounds to 0.8, and −0.1 + 0.8 to 0.7000000000000001
    expect([...toUniform(F.of(1), { lower, upper })]).toEqual([0.7]);
  });

  it('fills and returns out, which may be the input', () => {
    const x = F.of(0.25, 0.5);
    const out = new F(2);
    expect(toUniform(x, { upper: 4 }, out)).toBe(out);
    expect([...out]).toEqual([1, 2]);
    expect(fromUniform(out, { upper: 4 }, out)).toBe(out);
    expect([...out]).toEqual([...x]);
    expect(toUniform(new F(0), { upper: 2 })).toHaveLength(0);
  });
});

describe('refusals', () => {
  it.each<[string, string, object, Float64Array?, Float64Array?]>([
    [
      'bad-value',
      'upper: expected a number above lower = 1, both finite and their difference too, got 1',
      { lower: 1 },
    ],
    [
      'bad-value',
      'upper[1]: expected a number above lower[1] = 3, both finite and their difference too, got 2',
      { lower: F.of(0, 3), upper: F.of(1, 2) },
    ],
    [
      'bad-value',
      'upper: expected a number above lower = -1e+308, both finite and their difference too, got 1e+308',
      { lower: -1e308, upper: 1e308 },
    ],
    ['bad-value', 'upper: expected a finite number, got Infinity', { upper: Infinity }],
    ['bad-value', 'lower[0]: expected a finite number, got NaN', { lower: F.of(Number.NaN) }],
    ['bad-length', 'upper: expected 2 elements (as lower has), got 3', { lower: F.of(0, 0), upper: F.of(1, 1, 1) }],
    ['bad-length', 'lower: expected at least 1 element, got 0', { lower: new F(0) }],
    ['bad-length', 'x: expected a multiple of 3 elements (dimension), got 2', { lower: new F(3) }],
    ['bad-value', 'x[1]: expected a number in [0, 1], got 1.5', {}, F.of(1, 1.5)],
    ['bad-value', 'x[0]: expected a number in [0, 1], got NaN', {}, F.of(Number.NaN)],
    ['bad-length', 'out: expected 2 elements, got 3', {}, F.of(0, 1), new F(3)],
  ])('%s: %s', (code, message, options, x = F.of(0, 1), out) => {
    expect(() => toUniform(x, options, out)).toThrow(expect.objectContaining({ name: 'QmcError', code, message }));
  });

  it('a point outside the box is not taken back', () => {
    expect(() => fromUniform(F.of(0, 3), { upper: F.of(1, 2) })).toThrow(
      expect.objectContaining({ code: 'bad-value', message: 'y[1]: expected a number within the bounds, got 3' }),
    );
  });

  it('an argument of another type is a TypeError', () => {
    expect(() => toUniform([0] as never, {})).toThrow(new TypeError('x: expected a Float64Array, got [0]'));
    expect(() => fromUniform([0] as never, {})).toThrow(new TypeError('y: expected a Float64Array, got [0]'));
    expect(() => toUniform(F.of(0), { lower: [0] as never })).toThrow(
      new TypeError('lower: expected a number or a Float64Array, got [0]'),
    );
    expect(() => toUniform(F.of(0), {}, [0] as never)).toThrow(TypeError);
  });
});
