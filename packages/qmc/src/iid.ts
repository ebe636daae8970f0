import { iidRun, type PointRun } from '#wasm/simd';
import { checkDimension, outFor } from './checks.ts';
import {
  PointSet,
  type PointSetSpec,
  type RandomisationOptions,
  randomisationOf,
  randomisationSpec,
} from './points.ts';
import { type SeedSequence, seedWords } from './seed.ts';

/** How an {@link Iid} is made. */
export interface IidOptions extends RandomisationOptions {
  /** d, coordinates per point. */
  readonly dimension: number;
}

/** Coordinates that one seed of NumPy's generator is used for: a tenth of a second to pass over. */
const STRETCH = 2 ** 26;
/** Six words of a generator in the middle of its work. */
const CURSOR = 6;

/**
 * Independent uniform points, for comparison with plain Monte Carlo.
 *
 * The first 2^26 coordinates of a seed are those of QMCPy's first call, which are NumPy's SFC64 doubles; then, and for every
 * further replication, follow those of seeds that are derived from it. A range that goes on where an earlier one ended costs
 * nothing extra; any other is sought by passing over up to 2^26 draws, in at most about a tenth of a second.
 *
 * @example
 * ```ts
 * const iid = new Iid({ dimension: 2, seed: 7 });
 * const x = iid.points({ end: 4 }); // x[2·i + j]
 * ```
 */
export class Iid extends PointSet {
  /** Points per seed. */
  readonly #stretch: number;
  /** Where the last run of each replication ended: all zero before the first. */
  readonly #cursors: BigUint64Array;

  /** @throws `QmcError` with code `bad-option` (dimension, seed, replications) or `out-of-memory`. */
  constructor(options: IidOptions) {
    const { dimension } = options;
    checkDimension(dimension);
    const { seed, replications } = randomisationOf(options);
    const stretch = Math.max(1, Math.floor(STRETCH / dimension));
    // as many seeds as there are
    super({ dimension, replications, seed, size: Math.min(Number.MAX_SAFE_INTEGER, stretch * 2 ** 32) });
    this.#stretch = stretch;
    this.#cursors = outFor(undefined, replications * CURSOR, BigUint64Array);
  }

  /** The set as plain JSON, for `pointSet`. */
  override toJSON(): PointSetSpec {
    return { sequence: 'iid', dimension: this.dimension, ...randomisationSpec(this) };
  }

  /** The same kind of set with another seed. @internal */
  protected override respawn(seed: SeedSequence, dimension: number): Iid {
    return new Iid({ dimension, replications: this.replications, seed });
  }

  /** The blocks of one replication. @internal */
  protected override run(replication: number, range: { start: number; end: number }, single: boolean): PointRun {
    const cursor = this.#cursors.subarray(replication * CURSOR, (replication + 1) * CURSOR);
    const words = seedWords(this.seed);
    return iidRun(words, replication, this.dimension, this.#stretch, cursor, range.start, range.end, single);
  }
}
