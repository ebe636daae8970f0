const LN2_HIGH = 0.6931471803691238; // ln 2 without its last 20 bits: k·LN2_HIGH is exact for |k| < 2^20
const LN2_LOW = 1.9082149292705877e-10; // what it lacks

/** 2^−k for k = 0 … 1075; the last is 0. */
const POWERS: Float64Array = Float64Array.from({ length: 1076 }, (_, k) => 2 ** -k);
/** Below this e^x rounds to 0. */
const UNDERFLOW = -745.14;

/**
 * e^x for x ≤ 0, from additions and multiplications only: `Math.exp` differs between engines in its last bit, and the same
 * seed must draw the same token on each. Relative error below 4·2^−53 down to the subnormal numbers.
 */
export function expOfNegative(x: number): number {
  if (x < UNDERFLOW) {
    return 0;
  }
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW; // |r| ≤ ln 2 / 2
  // Taylor series to r^13 / 13!: what is left out is below 2^−57.
  let sum = 1 / 6227020800;
  sum = sum * r + 1 / 479001600;
  sum = sum * r + 1 / 39916800;
  sum = sum * r + 1 / 3628800;
  sum = sum * r + 1 / 362880;
  sum = sum * r + 1 / 40320;
  sum = sum * r + 1 / 5040;
  sum = sum * r + 1 / 720;
  sum = sum * r + 1 / 120;
  sum = sum * r + 1 / 24;
  sum = sum * r + 1 / 6;
  sum = sum * r + 1 / 2;
  sum = sum * r * r + r + 1;
  return sum * (POWERS[-k] as number);
}
