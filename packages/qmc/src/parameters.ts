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

/** @throws `bad-value` unless lower < upper and their distance is finite; `where` says which pair of them. */
export function checkBelow(lower: number, upper: number, where = ''): void {
  if (lower < upper && Number.isFinite(upper - lower)) return;
  const expected = `a finite number above lower${where} = ${show(lower)} at a finite distance`;
  throw fail('bad-value', `upper${where}: expected ${expected}, got ${show(upper)}`);
}

/**
 * Checks whole points of d coordinates, each of which must satisfy `good`.
 *
 * @throws `bad-length`, `bad-value` with the index of the first bad coordinate; `TypeError` for another type.
 */
export function checkPoints(
  name: string,
  x: Float64Array,
  d: number,
  good: (value: number, coordinate: number) => boolean,
  where: string,
): void {
  if (!(x instanceof Float64Array)) throw new TypeError(`${name}: expected a Float64Array, got ${show(x)}`);
  if (x.length % d !== 0) {
    throw fail('bad-length', `${name}: expected a multiple of ${d} elements (dimension), got ${x.length}`);
  }
  for (let i = 0, j = 0; i < x.length; i++) {
    if (!good(x[i] as number, j))
      throw fail('bad-value', `${name}[${i}]: expected a number ${where}, got ${show(x[i])}`);
    j = j + 1 === d ? 0 : j + 1;
  }
}
