import { show } from '@gossamer/kit/errors';
import { fail } from './errors.ts';

/** A parameter for all coordinates, or one per coordinate. */
export type Parameter = number | Float64Array;

/**
 * d: the common length of the parameters that are arrays, or 1.
 *
 * @throws `bad-length` when two lengths differ or one is 0.
 */
export function dimensionOf(parameters: Readonly<Record<string, Parameter | undefined>>): number {
  let [first, d] = ['', 1];
  for (const [name, value] of Object.entries(parameters)) {
    if (!(value instanceof Float64Array)) continue;
    if (value.length === 0) throw fail('bad-length', `${name}: expected at least 1 element, got 0`);
    if (first !== '' && value.length !== d) {
      throw fail('bad-length', `${name}: expected ${d} elements (as ${first} has), got ${value.length}`);
    }
    [first, d] = [name, value.length];
  }
  return d;
}

/**
 * A parameter as d numbers of our own.
 *
 * @throws `bad-value` for one that is not finite; `TypeError` for another type.
 */
export function expand(name: string, value: Parameter, d: number): Float64Array {
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return new Float64Array(d).fill(value);
    throw fail('bad-value', `${name}: expected a finite number, got ${show(value)}`);
  }
  if (!(value instanceof Float64Array)) {
    throw new TypeError(`${name}: expected a number or a Float64Array, got ${show(value)}`);
  }
  checkFinite(name, value);
  return value.slice();
}

/** @throws `bad-value` with the index of an element that is not finite. */
export function checkFinite(name: string, array: Float64Array): void {
  const bad = array.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw fail('bad-value', `${name}[${bad}]: expected a finite number, got ${show(array[bad])}`);
}

/** @throws `bad-value` unless lower < upper and their distance is finite. */
export function checkBelow(lowerName: string, lower: number, upperName: string, upper: number): void {
  if (lower < upper && Number.isFinite(upper - lower)) return;
  const expected = `a number above ${lowerName} = ${show(lower)}, both finite and their difference too`;
  throw fail('bad-value', `${upperName}: expected ${expected}, got ${show(upper)}`);
}

/** lower + (upper − lower)·u, which rounding must not carry beyond. */
export function within(u: number, lower: number, upper: number): number {
  return Math.min(lower + (upper - lower) * u, upper);
}

/** @throws `bad-length` unless `x` holds whole points of d coordinates; `TypeError` for another type. */
export function checkPoints(name: string, x: Float64Array, d: number): void {
  if (!(x instanceof Float64Array)) throw new TypeError(`${name}: expected a Float64Array, got ${show(x)}`);
  if (x.length % d !== 0) {
    throw fail('bad-length', `${name}: expected a multiple of ${d} elements (dimension), got ${x.length}`);
  }
}

/** What a coordinate may be. */
interface Interval {
  readonly least: number;
  readonly most: number;
  readonly where: string;
}

export const CLOSED_UNIT: Interval = { least: 0, most: 1, where: 'in [0, 1]' };
export const OPEN_UNIT: Interval = { least: Number.MIN_VALUE, most: 1 - 2 ** -53, where: 'in (0, 1)' };

/** @throws `bad-value` with the index of the first element outside the interval, NaN too. */
export function checkWithin(name: string, x: Float64Array, { least, most, where }: Interval): void {
  for (let i = 0; i < x.length; i++) {
    const value = x[i] as number;
    if (!(value >= least && value <= most)) throw outside(name, i, value, where);
  }
}

export function outside(name: string, index: number, value: number, where: string): Error {
  return fail('bad-value', `${name}[${index}]: expected a number ${where}, got ${show(value)}`);
}
