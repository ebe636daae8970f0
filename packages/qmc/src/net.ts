import { isCount, show } from '@gossamer/kit/errors';
import type { PointRun } from '#wasm/simd';
import { checkWord } from './checks.ts';
import { fail } from './errors.ts';
import { MOST_TREE_POINTS, owenRuns } from './owen.ts';
import {
  type PointRange,
  PointSet,
  type RandomisationOptions,
  randomisationOf,
  randomisationSpec,
  unlessPowerOfTwo,
} from './points.ts';
import { type Matrices, NET_RANDOMIZATIONS, type NetRandomization, type NetRuns, netRuns } from './scramble.ts';

/**
 * Which index the i-th point has: i itself (`natural`), or i xor ⌊i/2⌋ (`gray`). Any first 2^m points are the same set.
 */
export type NetOrder = 'natural' | 'gray';

/** How a digital net is made. */
export interface NetOptions extends RandomisationOptions {
  /** d, coordinates per point. */
  readonly dimension: number;
  /** `lms+ds` unless told. */
  readonly randomize?: NetRandomization | undefined;
  /** `natural` unless told. */
  readonly order?: NetOrder | undefined;
  /**
   * α, how many matrices are interlaced to one; 1 unless told. A net of order α integrates functions with α derivatives at a
   * rate near n^−α, and one that is randomised by `lms+ds` at a rate near n^−(α + 1/2).
   */
  readonly alpha?: number | undefined;
}

/** The largest α: each of 64 digits from a matrix of its own. */
const MOST_ALPHA = 64;

/** The options of a net with everything that was left out. @internal */
export function netOptions(options: NetOptions): { randomize: NetRandomization; order: NetOrder; alpha: number } {
  const { randomize = 'lms+ds', order = 'natural', alpha = 1 } = options;
  checkWord('randomize', randomize, NET_RANDOMIZATIONS);
  checkWord('order', order, ['natural', 'gray']);
  if (!isCount(alpha) || alpha > MOST_ALPHA) {
    throw fail('bad-option', `alpha: expected an integer from 1 to ${MOST_ALPHA}, got ${show(alpha)}`);
  }
  return { randomize, order, alpha };
}

/**
 * A digital net in base 2, whatever its matrices: the coordinates of point i are sums modulo 2, digit by digit, of the columns
 * that the binary digits of i choose, and of a shift.
 */
export abstract class Net extends PointSet {
  /** How the net is randomised. */
  readonly randomize: NetRandomization;
  /** Which index the i-th point has. */
  readonly order: NetOrder;
  /** α, how many matrices are interlaced to one. */
  readonly alpha: number;
  readonly #runs: NetRuns;

  /** @internal */
  protected constructor(options: NetOptions, matrices: Matrices) {
    const { randomize, order, alpha } = netOptions(options);
    const { dimension } = options;
    const { seed, replications } = randomisationOf(options);
    const size = Math.min(2 ** matrices.size, randomize === 'owen-tree' ? MOST_TREE_POINTS : Infinity);
    super({ dimension, replications, seed, size });
    this.randomize = randomize;
    this.order = order;
    this.alpha = alpha;
    const gray = order === 'gray';
    const runs = randomize.startsWith('owen') ? owenRuns : netRuns;
    this.#runs = runs(matrices, { dimension, alpha, randomize, gray, seed, replications });
  }

  /** `net`: the first 2^m points are a group of exclusive or in both orders; `undefined` after a nested uniform scramble. */
  override get group(): 'net' | undefined {
    return this.randomize.startsWith('owen') ? undefined : 'net';
  }

  /** Whether there is a digital shift or a nested uniform scramble. */
  override get unbiased(): boolean {
    return this.randomize !== 'none' && this.randomize !== 'lms';
  }

  /** As {@link PointSet.uneven}. @internal */
  override uneven(n: number): string | undefined {
    return unlessPowerOfTwo(n);
  }

  /**
   * The points of a range as integers, row-major: (replications, end − start, dimension). An integer X is the coordinate
   * X·2^−64 without any rounding.
   *
   * @param out receives the points and is returned; made when it is left out.
   * @throws as {@link PointSet.points}; `TypeError` when `out` is no `BigUint64Array`.
   */
  integers(range: PointRange, out?: BigUint64Array): BigUint64Array {
    return this.fill(range, out, BigUint64Array, (replication, checked) => this.#runs.integers(replication, checked));
  }

  /** The blocks of one replication's range. @internal */
  protected override run(replication: number, range: { start: number; end: number }, single: boolean): PointRun {
    return this.#runs.points(replication, range, single);
  }

  /** What the specs of all nets say. @internal */
  protected netSpec(): Record<string, unknown> {
    const { dimension, randomize, order, alpha } = this;
    return { dimension, randomize, order, alpha, ...randomisationSpec(this, this.#runs.firstChild) };
  }
}
