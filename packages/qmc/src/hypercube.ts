import { isCount, show } from '@gossamer/kit/errors';
import { columnRun, fillHypercubes, type PointRun } from '#wasm/simd';
import { checkDimension, outFor } from './checks.ts';
import { fail } from './errors.ts';
import { refusable } from './instance.ts';
import {
  PointSet,
  type PointSetSpec,
  type RandomisationOptions,
  randomisationOf,
  randomisationSpec,
} from './points.ts';
import { type SeedSequence, seedWords } from './seed.ts';

/** How a {@link LatinHypercube} is made. */
export interface LatinHypercubeOptions extends RandomisationOptions {
  /** d, coordinates per point. */
  readonly dimension: number;
  /** n, how many points there are; replications × dimension × n is below 2^32. */
  readonly size: number;
  /** Points in the middle of their strata, not anywhere in them; false unless told. */
  readonly centered?: boolean | undefined;
}

/**
 * A Latin hypercube: in every coordinate each of the n intervals [k/n, (k + 1)/n) holds exactly one of the n points.
 *
 * It is a design of n points as a whole, made and kept (8·R·d·n bytes) by the first call that asks for any of them, in
 * O(R·d·n log n). A seed gives QMCPy's points, but none that is rounded up to its interval's end.
 *
 * Source: M. D. McKay, R. J. Beckman, W. J. Conover, *A comparison of three methods for selecting values of input variables in the
 * analysis of output from a computer code*, Technometrics 21(2), 1979 (https://doi.org/10.1080/00401706.1979.10489755).
 *
 * @example
 * ```ts
 * const design = new LatinHypercube({ dimension: 2, size: 4, seed: 7 });
 * const x = design.points({ end: 4 }); // x[2·i + j]
 * ```
 */
export class LatinHypercube extends PointSet {
  /** Whether the points lie in the middle of their strata. */
  readonly centered: boolean;
  /** (R, d, n), once it was asked for. */
  #columns: Float64Array | undefined;

  /** @throws `QmcError` with code `bad-option` (dimension, size, centered, seed, replications). */
  constructor(options: LatinHypercubeOptions) {
    const { dimension, size, centered = false } = options;
    checkDimension(dimension);
    const { seed, replications } = randomisationOf(options);
    if (!isCount(size) || replications * dimension * size >= 2 ** 32) {
      const most = 'replications × dimension × size below 2^32';
      throw fail('bad-option', `size: expected a positive integer with ${most}, got ${show(size)}`);
    }
    if (typeof centered !== 'boolean') {
      throw fail('bad-option', `centered: expected true or false, got ${show(centered)}`);
    }
    super({ dimension, replications, seed, size });
    this.centered = centered;
  }

  /** Whether the points lie anywhere in their strata. */
  override get unbiased(): boolean {
    return !this.centered;
  }

  /** As {@link PointSet.uneven}. @internal */
  override uneven(n: number): string | undefined {
    return n === this.size ? undefined : `is less than size = ${this.size}`;
  }

  /** The set as plain JSON, for `pointSet`. */
  override toJSON(): PointSetSpec {
    const { dimension, size, centered } = this;
    return { sequence: 'latin-hypercube', dimension, size, centered, ...randomisationSpec(this) };
  }

  /** The same kind of set with another seed. @internal */
  protected override respawn(seed: SeedSequence, dimension: number): LatinHypercube {
    const { size, centered, replications } = this;
    return new LatinHypercube({ dimension, size, centered, replications, seed });
  }

  /** The blocks of one replication. @internal */
  protected override run(replication: number, range: { start: number; end: number }, single: boolean): PointRun {
    this.#columns ??= this.#draw();
    const length = this.dimension * this.size;
    const columns = this.#columns.subarray(replication * length, (replication + 1) * length);
    return columnRun(columns, this.dimension, range.start, range.end, single);
  }

  #draw(): Float64Array {
    const columns = outFor(undefined, this.replications * this.dimension * this.size, Float64Array);
    refusable(() => fillHypercubes(seedWords(this.seed), this.size, this.centered, columns));
    return columns;
  }
}
