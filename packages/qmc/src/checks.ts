import { checkLength, isCount, show } from '@gossamer/kit/errors';
import { fail } from './errors.ts';

/** @throws `bad-option` unless `dimension` is an integer from 1 to `most`. */
export function checkDimension(dimension: number, most: number = Number.MAX_SAFE_INTEGER): void {
  if (isCount(dimension) && dimension <= most) return;
  const expected = most === Number.MAX_SAFE_INTEGER ? 'a positive integer' : `an integer from 1 to ${most}`;
  throw fail('bad-option', `dimension: expected ${expected}, got ${show(dimension)}`);
}

/** @throws `bad-option` unless `value` is one of the words. */
export function checkWord(name: string, value: string, words: readonly string[]): void {
  if (words.includes(value)) return;
  const quoted = words.map((word) => `'${word}'`);
  throw fail(
    'bad-option',
    `${name}: expected ${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}, got ${show(value)}`,
  );
}

/**
 * A buffer for the result: the caller's, or a fresh one.
 *
 * @throws `TypeError` for another type, `bad-length` for another length, `out-of-memory`.
 */
export function outFor<A extends { readonly length: number }>(
  out: A | undefined,
  length: number,
  Type: new (length: number) => A,
): A {
  if (out === undefined) {
    try {
      return new Type(length);
    } catch (cause) {
      throw fail('out-of-memory', `out: no room for ${length} elements`, { cause });
    }
  }
  if (!(out instanceof Type)) throw new TypeError(`out: expected a ${Type.name}, got ${show(out)}`);
  checkLength('out', out, length, fail);
  return out;
}

/** @throws `TypeError` unless `array` is a `Float64Array`, `bad-length` unless it holds `length` elements. */
export function checkArray(name: string, array: Float64Array, length: number): void {
  if (!(array instanceof Float64Array)) throw new TypeError(`${name}: expected a Float64Array, got ${show(array)}`);
  checkLength(name, array, length, fail);
}
