import { expect, it } from 'vitest';
import { fftbr, fwht, ifftbr } from '../src/index.ts';

/** The goldens are given to 12 digits after the point. */
const DIGITS = 5e-13;

function expectClose(got: Float64Array, want: readonly number[], tolerance: number): void {
  expect(got.length).toBe(want.length);
  for (const [k, value] of got.entries()) expect(Math.abs(value - (want[k] as number))).toBeLessThanOrEqual(tolerance);
}

const COUNT = [1, 2, 3, 4, 5, 6, 7, 8];

it('fwht gives the golden values', () => {
  const want = [12.727922061358, -Math.SQRT2, -2.828427124746, 0, -5.656854249492, 0, 0, 0];
  expectClose(fwht(Float64Array.from(COUNT)), want, DIGITS);
});

it('fftbr gives the golden values', () => {
  const re = Float64Array.of(1, 0, 1, 0, 0, 1, 1, 0);
  const im = Float64Array.of(0, 1, 0, 1, 1, 0, 0, 1);
  fftbr(re, im);
  expectClose(re, [Math.SQRT2, -0.5, 0, 1.207106781187, 0, 0.5, 0, 0.207106781187], DIGITS);
  expectClose(im, [Math.SQRT2, -0.207106781187, 0, -0.5, 0, -1.207106781187, 0, 0.5], DIGITS);
});

it('ifftbr gives the golden values', () => {
  const [re, im] = [Float64Array.from(COUNT), new Float64Array(8)];
  ifftbr(re, im);
  const root = Math.SQRT2;
  expectClose(re, [12.727922061358, -root, -root, -root, -root, -root, -root, -root], DIGITS);
  expectClose(
    im,
    [0, 0, -Math.SQRT2, Math.SQRT2, -3.414213562373, 0.585786437627, -0.585786437627, 3.414213562373],
    DIGITS,
  );
});
