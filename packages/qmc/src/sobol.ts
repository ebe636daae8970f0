import { sobolMatrices } from '#wasm/simd';
import { checkDimension, outFor } from './checks.ts';
import { type Directions, MOST, packedFor } from './directions.ts';
import { coreMemory, refusable } from './instance.ts';
import { Net, type NetOptions, netOptions } from './net.ts';
import type { PointSetSpec } from './points.ts';
import type { Matrices } from './scramble.ts';
import type { SeedSequence } from './seed.ts';

/** How a {@link Sobol} is made. */
export interface SobolOptions extends NetOptions {
  /** Direction numbers for more than 1,024 dimensions (α·d): from `loadDirections` of `@gossamer/qmc/joe-kuo`. */
  readonly directions?: Directions | undefined;
}

/** Columns of each matrix, as many as QMCPy has: 2^32 points. */
const COLUMNS = 32;

/**
 * Randomised Sobol' points in up to 21,201 dimensions.
 *
 * A coordinate is the double nearest to the exact binary fraction, and never 1. A seed gives QMCPy's points.
 *
 * Source: the direction numbers `new-joe-kuo-6.21201` of S. Joe and F. Y. Kuo, *Constructing Sobol' sequences with better
 * two-dimensional projections*, SIAM J. Sci. Comput. 30(5), 2008 (https://doi.org/10.1137/070709359).
 *
 * @example
 * ```ts
 * const sobol = new Sobol({ dimension: 3, seed: 7 });
 * const x = sobol.points({ end: 8 }); // 8 points, x[3·i + j]
 * ```
 */
export class Sobol extends Net {
  readonly #directions: Directions | undefined;

  /**
   * @throws `QmcError` with code `bad-option` (dimension, randomize, order, alpha, seed, replications, directions) or
   * `out-of-memory`; `TypeError` when `directions` are none.
   */
  constructor(options: SobolOptions) {
    const { alpha } = netOptions(options);
    checkDimension(options.dimension, Math.floor(MOST / alpha));
    super(options, matrices(options.dimension * alpha, options.directions));
    this.#directions = options.directions;
  }

  /** The set as plain JSON, without the direction numbers that were loaded for it. */
  override toJSON(): PointSetSpec {
    return { sequence: 'sobol', ...this.netSpec() };
  }

  /** The same kind of set with another seed. @internal */
  protected override respawn(seed: SeedSequence, dimension: number): Sobol {
    const { randomize, order, alpha, replications } = this;
    return new Sobol({ dimension, randomize, order, alpha, replications, seed, directions: this.#directions });
  }
}

function matrices(dimension: number, directions: Directions | undefined): Matrices {
  const packed = packedFor(dimension, directions);
  const columns = outFor(undefined, COLUMNS * dimension, BigUint64Array);
  coreMemory();
  refusable(() => sobolMatrices(dimension, packed, columns));
  return { columns, size: COLUMNS, bits: COLUMNS };
}
