import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fftbr, ifftbr } from '../src/index.ts';
import { combine, expectClose, FOURIER, pair, signal, transformed, WALSH, walsh } from './transform-helpers.ts';
import { type Complex, norm, U } from './transform-oracle.ts';

/** A power up to 2^14, past every change of the algorithm within a block, and a seed. */
const SHAPE = fc.record({ m: fc.integer({ min: 0, max: 14 }), seed: fc.integer({ min: 0, max: 2 ** 30 }) });

describe('properties', () => {
  it('keeps the norm', () => {
    fc.assert(
      fc.property(SHAPE, ({ m, seed }) => {
        const x = signal(2 ** m, seed);
        const size = norm(...pair(x));
        // and a norm by a sum of 2n squares has an error below (n + 1)·U
        const tolerance = (FOURIER(m) + 2 * (2 ** m + 1)) * U * size;
        for (const y of [transformed(fftbr, x), transformed(ifftbr, x)]) {
          expect(Math.abs(norm(...pair(y)) - size)).toBeLessThanOrEqual(tolerance);
        }
        expect(Math.abs(norm(walsh(x.re)) - norm(x.re))).toBeLessThanOrEqual(tolerance);
      }),
    );
  });

  it('is linear', () => {
    fc.assert(
      fc.property(SHAPE, fc.double({ min: -2, max: 2, noNaN: true }), ({ m, seed }, factor) => {
        const [x, y] = [signal(2 ** m, seed), signal(2 ** m, seed + 2)];
        const sum = { re: combine(1, x.re, factor, y.re), im: combine(1, x.im, factor, y.im) };
        // Either side has two transforms at most and two roundings per number.
        const unit = U * (norm(...pair(x)) + Math.abs(factor) * norm(...pair(y)));
        for (const transform of [fftbr, ifftbr]) {
          const [a, b] = [transformed(transform, x), transformed(transform, y)];
          const want = [combine(1, a.re, factor, b.re), combine(1, a.im, factor, b.im)];
          expectClose(pair(transformed(transform, sum)), want, 2 * (FOURIER(m) + 2) * unit);
        }
        expectClose([walsh(sum.re)], [combine(1, walsh(x.re), factor, walsh(y.re))], 2 * (WALSH(m) + 2) * unit);
      }),
    );
  });

  it('doubles: T(x, y) = (Tx + ωTy, Tx − ωTy)/√2', () => {
    fc.assert(fc.property(SHAPE, ({ m, seed }) => expectDoubling(m, seed)));
  });

  it('gives the transforms of two real vectors by symmetry', () => {
    fc.assert(fc.property(SHAPE, ({ m, seed }) => expectPair(m, seed)));
  });

  it('rows together are rows one by one, bit for bit', () => {
    const rows = fc.record({
      m: fc.integer({ min: 0, max: 12 }),
      count: fc.integer({ min: 1, max: 9 }),
      seed: fc.nat(),
    });
    // 4,097 rows of 8 are more than two blocks of the wall, and each of 3 rows of 2^15 is one of its own.
    const examples: Array<[Rows]> = [[{ m: 3, count: 4097, seed: 1 }], [{ m: 15, count: 3, seed: 2 }]];
    fc.assert(fc.property(rows, expectRows), { examples });
  });
});

// From 2^17 on, where the textbook holds, to one and two passes across the rows of a matrix, with even and odd m.
it.each([17, 18, 19, 20])('doubles from n = 2^%i', (m) => expectDoubling(m, m));

function expectDoubling(m: number, seed: number): void {
  const n = 2 ** m;
  const both = signal(2 * n, seed);
  const [a, b] = [transformed(fftbr, slice(both, 0, n)), transformed(fftbr, slice(both, n, 2 * n))];
  const rotated = { re: new Float64Array(n), im: new Float64Array(n) };
  for (let k = 0; k < n; k++) {
    const [c, s] = [Math.cos((-Math.PI * k) / n), Math.sin((-Math.PI * k) / n)];
    const [x, y] = [b.re[k] as number, b.im[k] as number];
    rotated.re[k] = x * c - y * s;
    rotated.im[k] = x * s + y * c;
  }
  // The right side has the error of a level of the textbook, and two roundings of the scale.
  const tolerance = (2 * FOURIER(m + 1) + 9.1 + 3) * U * norm(...pair(both));
  expectClose(pair(transformed(fftbr, both)), [joined(a.re, rotated.re), joined(a.im, rotated.im)], tolerance);
  expectClose(pair(transformed(ifftbr, transformed(fftbr, both))), pair(both), tolerance);
  const want = joined(walsh(both.re.slice(0, n)), walsh(both.re.slice(n)));
  expectClose([walsh(both.re)], [want], (2 * WALSH(m + 1) + 3) * U * norm(both.re));
}

/** (x + y, x − y)/√2 */
function joined(x: Float64Array, y: Float64Array): Float64Array {
  const out = new Float64Array(2 * x.length);
  out.set(combine(Math.SQRT1_2, x, Math.SQRT1_2, y));
  out.set(combine(Math.SQRT1_2, x, -Math.SQRT1_2, y), x.length);
  return out;
}

/** x̂_k = (z_k + conj z_(n−k))/2 and ŷ_k = (z_k − conj z_(n−k))/2i for z = T(x + iy). */
function expectPair(m: number, seed: number): void {
  const { re: x, im: y } = signal(2 ** m, seed);
  const none = new Float64Array(2 ** m);
  const z = transformed(fftbr, { re: x, im: y });
  const back = (vector: Float64Array): Float64Array => vector.map((_, k) => vector[(2 ** m - k) % 2 ** m] as number);
  const first = [combine(0.5, z.re, 0.5, back(z.re)), combine(0.5, z.im, -0.5, back(z.im))];
  const second = [combine(0.5, z.im, 0.5, back(z.im)), combine(-0.5, z.re, 0.5, back(z.re))];
  // Both sides are transforms of vectors no longer than z, and a sum is one rounding.
  const tolerance = (2 * FOURIER(m) + 1) * U * norm(x, y);
  expectClose(pair(transformed(fftbr, { re: x, im: none })), first, tolerance);
  expectClose(pair(transformed(fftbr, { re: y, im: none })), second, tolerance);
}

interface Rows {
  readonly m: number;
  readonly count: number;
  readonly seed: number;
}

function expectRows({ m, count, seed }: Rows): void {
  const size = 2 ** m;
  const x = signal(count * size, seed);
  const together = [transformed(fftbr, x, size), transformed(ifftbr, x, size), { re: walsh(x.re, size), im: x.im }];
  for (let start = 0; start < x.re.length; start += size) {
    const row = slice(x, start, start + size);
    const alone = [transformed(fftbr, row), transformed(ifftbr, row), { re: walsh(row.re), im: row.im }];
    for (const [k, want] of alone.entries()) {
      const got = slice(together[k] as Complex, start, start + size);
      expect([got.re, got.im].map((part, c) => difference(part, c === 0 ? want.re : want.im))).toEqual([-1, -1]);
    }
  }
}

/** Where the first other bits are, or −1: quicker than toEqual of long arrays. */
function difference(got: Float64Array, want: Float64Array): number {
  return got.findIndex((value, k) => !Object.is(value, want[k]));
}

function slice({ re, im }: Complex, start: number, end: number): Complex {
  return { re: re.slice(start, end), im: im.slice(start, end) };
}
