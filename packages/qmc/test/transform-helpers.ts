import { expect } from 'vitest';
import { type fftbr, fwht } from '../src/index.ts';
import { type Complex, noise, norm } from './transform-oracle.ts';

/** ‖error‖ ≤ bound(m)·U·‖x‖, as crate/src/transform/fft.rs and fwht.rs derive it. */
export const FOURIER = (m: number): number => 4 * (m + 1);
export const WALSH = (m: number): number => m + 2;

/** A copy, transformed. */
export const transformed = (transform: typeof fftbr, { re, im }: Complex, size?: number): Complex => {
  const out = { re: re.slice(), im: im.slice() };
  transform(out.re, out.im, { size });
  return out;
};
/** The same for fwht. */
export const walsh = (x: Float64Array, size?: number): Float64Array => fwht(x.slice(), { size });
/** Complex numbers with parts in [−1, 1). */
export const signal = (n: number, seed: number): Complex => ({ re: noise(n, seed), im: noise(n, seed + 1) });
/** a·x + b·y */
export const combine = (a: number, x: Float64Array, b: number, y: Float64Array): Float64Array =>
  x.map((value, k) => a * value + b * (y[k] as number));

/** ‖got − want‖ ≤ tolerance */
export function expectClose(got: Float64Array[], want: Float64Array[], tolerance: number): void {
  const error = norm(...got.map((vector, k) => combine(1, vector, -1, want[k] as Float64Array)));
  expect(error).toBeLessThanOrEqual(tolerance);
}

export const pair = ({ re, im }: Complex): Float64Array[] => [re, im];
