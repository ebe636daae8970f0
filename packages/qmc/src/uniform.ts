import { outFor } from './checks.ts';
import {
  CLOSED_UNIT,
  checkBelow,
  checkPoints,
  checkWithin,
  dimensionOf,
  expand,
  outside,
  within,
} from './parameters.ts';

/** A box: lower < upper, one number for all coordinates or one per coordinate. */
export interface UniformOptions {
  /** The lower bound, or d of them; 0 unless told. */
  readonly lower?: number | Float64Array | undefined;
  /** The upper bound, or d of them; 1 unless told. */
  readonly upper?: number | Float64Array | undefined;
}

/**
 * Points of [0, 1]^d to a box: y = lower + (upper − lower)·x, in every coordinate, and never outside the box.
 *
 * @param x whole points, row-major: (…, d).
 * @param out receives the points and is returned; made when it is left out. It may be `x` itself.
 * @throws `QmcError` with code `bad-value` (a bound that is not finite, lower ≥ upper, a coordinate outside [0, 1], with
 * its index), `bad-length` (bounds, x, out) or `out-of-memory`; `TypeError` when an array is no `Float64Array`.
 *
 * @example
 * ```ts
 * toUniform(Float64Array.of(0.5, 0.5), { lower: -1, upper: Float64Array.of(1, 3) }); // 0, 1
 * ```
 */
export function toUniform(x: Float64Array, options: UniformOptions, out?: Float64Array): Float64Array {
  const { lower, upper } = boxOf(options);
  const d = lower.length;
  checkPoints('x', x, d);
  checkWithin('x', x, CLOSED_UNIT);
  const y = outFor(out, x.length, Float64Array);
  for (let j = 0; j < d; j++) {
    const [from, to] = [lower[j] as number, upper[j] as number];
    for (let i = j; i < x.length; i += d) y[i] = within(x[i] as number, from, to);
  }
  return y;
}

/**
 * Points of a box back to [0, 1]^d: x = (y − lower)/(upper − lower).
 *
 * @param y whole points of the box, row-major: (…, d).
 * @param out receives the points and is returned; made when it is left out. It may be `y` itself.
 * @throws as {@link toUniform}; `bad-value` for a coordinate outside the box.
 *
 * @example
 * ```ts
 * fromUniform(Float64Array.of(0, 1), { lower: -1, upper: Float64Array.of(1, 3) }); // 0.5, 0.5
 * ```
 */
export function fromUniform(y: Float64Array, options: UniformOptions, out?: Float64Array): Float64Array {
  const { lower, upper } = boxOf(options);
  const d = lower.length;
  checkPoints('y', y, d);
  for (const [i, value] of y.entries()) {
    const inside = value >= (lower[i % d] as number) && value <= (upper[i % d] as number);
    if (!inside) throw outside('y', i, value, 'within the bounds');
  }
  const x = outFor(out, y.length, Float64Array);
  for (let j = 0; j < d; j++) {
    const [from, to] = [lower[j] as number, upper[j] as number];
    for (let i = j; i < y.length; i += d) x[i] = ((y[i] as number) - from) / (to - from);
  }
  return x;
}

function boxOf({ lower = 0, upper = 1 }: UniformOptions): { lower: Float64Array; upper: Float64Array } {
  const d = dimensionOf({ lower, upper });
  const box = { lower: expand('lower', lower, d), upper: expand('upper', upper, d) };
  for (let j = 0; j < d; j++) {
    const where = d === 1 ? '' : `[${j}]`;
    checkBelow(`lower${where}`, box.lower[j] as number, `upper${where}`, box.upper[j] as number);
  }
  return box;
}
