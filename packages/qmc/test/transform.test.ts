import { readJson } from '@gossamer/testkit/fixtures';
import { describe, expect, it } from 'vitest';
import { fftbr, fwht, ifftbr } from '../src/index.ts';
import { expectClose, FOURIER, pair, signal, transformed, WALSH, walsh } from './transform-helpers.ts';
import {
  type Complex,
  directFourier,
  directWalsh,
  noise,
  norm,
  textbookFourier,
  textbookWalsh,
  U,
} from './transform-oracle.ts';

const POWERS = Array.from({ length: 17 }, (_, m) => m);

describe('golden values', () => {
  /** They are given to 12 digits after the point, 16 numbers of them. */
  const DIGITS = 4 * 5e-13;
  const COUNT = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const SUM = 12.727922061358;

  it('of fwht', () => {
    const want = Float64Array.of(SUM, -Math.SQRT2, -2.828427124746, 0, -5.656854249492, 0, 0, 0);
    expectClose([walsh(COUNT)], [want], DIGITS);
  });

  it('of fftbr', () => {
    const x = { re: Float64Array.of(1, 0, 1, 0, 0, 1, 1, 0), im: Float64Array.of(0, 1, 0, 1, 1, 0, 0, 1) };
    const re = Float64Array.of(Math.SQRT2, -0.5, 0, 1.207106781187, 0, 0.5, 0, 0.207106781187);
    const im = Float64Array.of(Math.SQRT2, -0.207106781187, 0, -0.5, 0, -1.207106781187, 0, 0.5);
    expectClose(pair(transformed(fftbr, x)), [re, im], DIGITS);
  });

  it('of fftbr of real numbers', () => {
    const re = [-0.353553390593, -Math.SQRT2, -0.353553390593];
    const im = [0.853553390593, Math.SQRT2, 0.146446609407];
    const want = [
      Float64Array.of(SUM, ...re, -5.656854249492, ...re.toReversed()),
      Float64Array.of(0, ...im, 0, ...im.map((y) => -y).toReversed()),
    ];
    expectClose(pair(transformed(fftbr, { re: COUNT, im: new Float64Array(8) })), want, DIGITS);
  });

  it('of ifftbr', () => {
    const re = Float64Array.of(SUM, ...Array<number>(7).fill(-Math.SQRT2));
    const [a, b, c] = [Math.SQRT2, 3.414213562373, 0.585786437627];
    const want = [re, Float64Array.of(0, 0, -a, a, -b, c, -c, b)];
    expectClose(pair(transformed(ifftbr, { re: COUNT, im: new Float64Array(8) })), want, DIGITS);
  });
});

describe('references', () => {
  interface Arrays {
    readonly re: number[];
    readonly im: number[];
  }
  interface Case {
    readonly size: number;
    readonly x: Arrays;
    readonly fftbr: Arrays;
    readonly ifftbr: Arrays;
    readonly scipy: Arrays;
    readonly fwht: number[];
  }
  const { cases } = readJson<{ cases: Case[] }>(new URL('fixtures/transform.json', import.meta.url));
  const numbers = ({ re, im }: Arrays): Complex => ({ re: Float64Array.from(re), im: Float64Array.from(im) });

  it.each(cases)('QMCPy and SciPy agree at size = $size', ({ size, x, ...want }) => {
    const input = numbers(x);
    // Theirs go by levels of at most four parts too, with roots at least as good: at most the same error.
    const tolerance = 2 * U * norm(...pair(input));
    const m = Math.log2(size);
    expectClose(pair(transformed(fftbr, input, size)), pair(numbers(want.fftbr)), FOURIER(m) * tolerance);
    expectClose(pair(transformed(fftbr, input, size)), pair(numbers(want.scipy)), FOURIER(m) * tolerance);
    expectClose(pair(transformed(ifftbr, input, size)), pair(numbers(want.ifftbr)), FOURIER(m) * tolerance);
    expectClose([walsh(input.re, size)], [Float64Array.from(want.fwht)], WALSH(m) * tolerance);
  });
});

describe('the formula', () => {
  it.each(POWERS.slice(0, 10))('holds at n = 2^%i', (m) => {
    const x = signal(2 ** m, m);
    const tolerance = (FOURIER(m) + 8 * 2 ** (m / 2) + 3) * U * norm(...pair(x));
    expectClose(pair(transformed(fftbr, x)), pair(directFourier(x, -1)), tolerance);
    expectClose(pair(transformed(ifftbr, x)), pair(directFourier(x, 1)), tolerance);
    const walshTolerance = (WALSH(m) + 4 * 2 ** (m / 2)) * U * norm(x.re);
    expectClose([walsh(x.re)], [directWalsh(x.re)], walshTolerance);
  });
});

describe('the textbook', () => {
  it.each([...POWERS, 17])('gives the same at n = 2^%i, and the inverse undoes it', (m) => {
    const x = signal(2 ** m, m);
    const unit = U * norm(...pair(x));
    const y = transformed(fftbr, x);
    expectClose(pair(y), pair(textbookFourier(x)), (FOURIER(m) + 9.1 * m + 3) * unit);
    expectClose(pair(transformed(ifftbr, y)), pair(x), 2 * FOURIER(m) * unit);
    const z = walsh(x.re);
    expectClose([z], [textbookWalsh(x.re)], 2 * WALSH(m) * U * norm(x.re));
    expectClose([walsh(z)], [x.re], 2 * WALSH(m) * U * norm(x.re));
  });
});

it('works in place on parts of larger arrays, also of one buffer', () => {
  const x = signal(8, 1);
  const buffer = new Float64Array(32).fill(7);
  const [re, im] = [buffer.subarray(3, 11), buffer.subarray(11, 19)];
  re.set(x.re);
  im.set(x.im);
  fftbr(re, im);
  expect({ re: re.slice(), im: im.slice() }).toEqual(transformed(fftbr, x));
  expect([...buffer.subarray(0, 3), ...buffer.subarray(19)]).toEqual(Array<number>(16).fill(7));
  expect(fwht(re)).toBe(re);
});

it('lets NaN and ∞ through', () => {
  const x = noise(64, 1);
  x[5] = Number.NaN;
  expect(walsh(x).every(Number.isNaN)).toBe(true);
  expect(transformed(fftbr, { re: x, im: noise(64, 2) }).re.every(Number.isNaN)).toBe(true);
  x[5] = Number.POSITIVE_INFINITY;
  expect(walsh(x).every((value) => Math.abs(value) === Number.POSITIVE_INFINITY)).toBe(true);
  expect(transformed(ifftbr, { re: x, im: noise(64, 2) }).re.some(Number.isFinite)).toBe(false);
});
