import { isCount, show } from '@gossamer/kit/errors';
import { checkDimension, outFor } from './checks.ts';
import { fail } from './errors.ts';
import { Net, type NetOptions, netOptions } from './net.ts';
import type { PointSetSpec } from './points.ts';
import type { Matrices } from './scramble.ts';
import type { SeedSequence } from './seed.ts';

/** Generating matrices in base 2, as `parseNet` reads them. */
export interface NetMatrices {
  /** How many matrices there are. */
  readonly dimension: number;
  /** Their columns, (dimension, m) for 2^m points: each is an integer of `bits` digits, of which the highest is row 1. */
  readonly columns: BigUint64Array;
  /** Rows of every matrix, from 1 to 64. */
  readonly bits: number;
}

/** How a {@link DigitalNet} is made. */
export interface DigitalNetOptions extends NetOptions {
  /** The columns of the α·d generating matrices, as {@link NetMatrices} has them. */
  readonly columns: BigUint64Array;
  /** Rows of every matrix, from 1 to 64. */
  readonly bits: number;
}

/** The largest m: every index is a number that JavaScript holds exactly. */
export const MOST_COLUMNS = 52;

/**
 * A randomised digital net in base 2 from generating matrices of your own.
 *
 * A coordinate is the double nearest to the exact binary fraction, and never 1. A seed gives QMCPy's points.
 *
 * Source: H. Niederreiter, *Random Number Generation and Quasi-Monte Carlo Methods*, SIAM 1992, section 4.3
 * (https://doi.org/10.1137/1.9781611970081).
 *
 * @example
 * ```ts
 * // The Hammersley net of 4 points: the identity, and the same with its columns mirrored.
 * const net = new DigitalNet({ dimension: 2, columns: BigUint64Array.of(2n, 1n, 1n, 2n), bits: 2, randomize: 'none' });
 * net.points({ end: 4 }); // (0, 0), (1/2, 1/4), (1/4, 1/2), (3/4, 3/4)
 * ```
 */
export class DigitalNet extends Net {
  readonly #columns: BigUint64Array;
  readonly #bits: number;

  /**
   * @throws `QmcError` with code `bad-option` (dimension, bits, randomize, order, alpha, seed, replications), `bad-length` or
   * `bad-value` (columns), or `out-of-memory`; `TypeError` when `columns` are no `BigUint64Array`.
   */
  constructor(options: DigitalNetOptions) {
    const { dimension, columns, bits } = options;
    const { alpha } = netOptions(options);
    checkDimension(dimension);
    super(options, leftAligned({ dimension: dimension * alpha, columns, bits }));
    this.#columns = columns.slice();
    this.#bits = bits;
  }

  /** The set as plain JSON, matrices included. */
  override toJSON(): PointSetSpec {
    const columns = Array.from(this.#columns, (column) => `0x${column.toString(16)}`);
    return { sequence: 'digital-net', ...this.netSpec(), columns, bits: this.#bits };
  }

  /** The first matrices serve a lower dimension. @internal */
  protected override respawn(seed: SeedSequence, dimension: number): DigitalNet {
    checkDimension(dimension, this.dimension);
    const { randomize, order, alpha, replications } = this;
    const columns = this.#columns.subarray(0, (this.#columns.length / this.dimension) * dimension);
    return new DigitalNet({ dimension, columns, bits: this.#bits, randomize, order, alpha, replications, seed });
  }
}

/** @throws what {@link DigitalNet} throws. */
export function checkMatrices({ dimension, columns, bits }: NetMatrices): number {
  if (!isCount(bits) || bits > 64)
    throw fail('bad-option', `bits: expected an integer from 1 to 64, got ${show(bits)}`);
  if (!(columns instanceof BigUint64Array)) {
    throw new TypeError(`columns: expected a BigUint64Array, got ${show(columns)}`);
  }
  const size = columns.length / dimension;
  if (!isCount(size) || size > MOST_COLUMNS) {
    const expected = `1 to ${MOST_COLUMNS} for each of ${dimension} matrices`;
    throw fail('bad-length', `columns: expected ${expected}, got ${columns.length} elements`);
  }
  const bad = columns.findIndex((column) => column >> BigInt(bits) !== 0n);
  if (bad >= 0) throw fail('bad-value', `columns[${bad}]: expected an integer below 2^${bits}, got ${columns[bad]}`);
  return size;
}

function leftAligned(matrices: NetMatrices): Matrices {
  const size = checkMatrices(matrices);
  const { dimension, columns: integers, bits } = matrices;
  const columns = outFor(undefined, integers.length, BigUint64Array);
  const shift = BigInt(64 - bits);
  for (let c = 0; c < size; c++) {
    for (let j = 0; j < dimension; j++) columns[c * dimension + j] = (integers[j * size + c] as bigint) << shift;
  }
  return { columns, size, bits };
}
