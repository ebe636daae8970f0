import type { LatticeRequest } from './lattice-points.ts';

/** An exact number in [0, 1): numerator / denominator. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** frac(xᵢ) of one coordinate before any shift, straight from the definition, in integers of any length. */
export function coordinate(i: number, g: number, { order = 'radical-inverse', size, end }: LatticeRequest): Fraction {
  if (order === 'linear') {
    const denominator = BigInt(size ?? end);
    return { numerator: (BigInt(i) * BigInt(g)) % denominator, denominator };
  }
  const index = order === 'gray' ? BigInt(i) ^ (BigInt(i) >> 1n) : BigInt(i);
  const digits = index.toString(2);
  const mirrored = BigInt(`0b${[...digits].reverse().join('')}`);
  const denominator = 1n << BigInt(digits.length);
  return { numerator: (mirrored * BigInt(g)) % denominator, denominator };
}

/** The digits of i in some base, mirrored at the point. */
export function radicalInverse(i: number, base: number): Fraction {
  let [numerator, denominator] = [0n, 1n];
  for (let rest = i; rest > 0; rest = Math.floor(rest / base)) {
    numerator = numerator * BigInt(base) + BigInt(rest % base);
    denominator *= BigInt(base);
  }
  return { numerator, denominator };
}

/** The double nearest to a fraction, ties to even. */
export function nearest({ numerator, denominator }: Fraction): number {
  if (numerator === 0n) return 0;
  let scale = 0n;
  while (numerator << scale < denominator << 53n) scale++; // a quotient of 54 bits: one more than a double holds
  const quotient = (numerator << scale) / denominator;
  const exact = quotient * denominator === numerator << scale;
  const sticky = exact ? quotient << 1n : (quotient << 1n) | 1n;
  return Number(sticky) * 2 ** -Number(scale + 1n); // Number() rounds to nearest even, the scaling is exact
}

/** |x − (fraction + Δ)| on the circle of length 1, without any rounding but that of the answer. */
export function distance(x: number, { numerator, denominator }: Fraction, delta: number): number {
  const one = 1n << BITS;
  const exact = ((numerator << BITS) / denominator + fixedPoint(delta)) % one;
  const gap = (fixedPoint(x) - exact + one) % one;
  const near = gap < one - gap ? gap : one - gap;
  return Number(near >> (BITS - 200n)) * 2 ** -200;
}

/** Every double below 1 is a multiple of 2^−1074. */
const BITS = 1075n;

function fixedPoint(value: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const word = bits.getBigUint64(0);
  const exponent = word >> 52n;
  const mantissa = word & ((1n << 52n) - 1n);
  return exponent === 0n ? mantissa << 1n : (mantissa | (1n << 52n)) << exponent;
}
