import { isCount, show } from '@gossamer/kit/errors';
import { fail } from './errors.ts';

/**
 * Direction numbers of more than 1,024 dimensions, as `loadDirections` of `@gossamer/qmc/joe-kuo` gives them. It may be sent to
 * another thread.
 */
export interface Directions {
  /** Up to which dimension they go. */
  readonly dimension: number;
  /** The numbers after dimension 1,024, packed. */
  readonly bytes: Uint8Array;
}

/** Dimensions whose numbers are part of the core. */
export const BUNDLED = 1024;
/** All dimensions. */
export const MOST = 21_201;
/** Bytes of the numbers of dimensions 1,025 … 2,048, of those up to 4,096, … and up to the last. */
export const CHUNKS: readonly number[] = [13_500, 31_322, 74_384, 162_306, 102_362];

/** How many chunks a dimension needs. */
export function chunksFor(dimension: number): number {
  return dimension <= BUNDLED ? 0 : Math.ceil(Math.log2(dimension / BUNDLED));
}

/**
 * The packed numbers for a dimension beyond those that the core has.
 *
 * @throws `bad-option` (dimension, directions), `TypeError` (directions).
 */
export function packedFor(dimension: number, directions: Directions | undefined): Uint8Array {
  if (dimension > BUNDLED && directions === undefined) {
    const load = `await loadDirections(${dimension})`;
    throw fail('bad-option', `directions: over ${BUNDLED} dimensions expected ${load} of @gossamer/qmc/joe-kuo`);
  }
  if (directions === undefined) return new Uint8Array();
  const { bytes, dimension: most } = directions;
  if (!(bytes instanceof Uint8Array)) throw new TypeError(`directions: expected Directions, got ${show(directions)}`);
  const needed = CHUNKS.slice(0, chunksFor(most)).reduce((sum, length) => sum + length, 0);
  if (!isCount(most) || most > MOST || bytes.length !== needed) {
    throw fail(
      'bad-option',
      `directions: expected what loadDirections gives, got ${bytes.length} bytes for ${show(most)}`,
    );
  }
  if (dimension > most) {
    throw fail('bad-option', `directions: expected at least ${dimension} dimensions, got ${most}`);
  }
  return bytes;
}
