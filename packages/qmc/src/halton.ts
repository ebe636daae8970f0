import { haltonDraw, haltonDrawLength, haltonOwenRun, haltonRun, haltonTreeRun, type PointRun } from '#wasm/simd';
import { checkDimension, checkWord, outFor } from './checks.ts';
import { coreMemory, refusable } from './instance.ts';
import {
  PointSet,
  type PointSetSpec,
  type RandomisationOptions,
  randomisationOf,
  randomisationSpec,
} from './points.ts';
import { type SeedSequence, seedWords } from './seed.ts';

/**
 * How the digits a₁a₂… of a coordinate 0.a₁a₂… in base b are randomised:
 *
 * - `lms+permutation`, `lms+shift`: by the first, then by the second of the following.
 * - `lms`: all of them by a random lower triangular matrix modulo b, a linear matrix scramble. The origin stays a point.
 * - `permutation`: each by a random permutation of its position.
 * - `shift`: each by a random number of its position, which is added modulo b.
 * - `owen`: nested, each by a permutation a ↦ f·a + s mod b with random f ≠ 0 and s of its position and of the digits before it.
 *   Two points fall as under uniform permutations, so estimates have the mean and the variance of Owen's nested uniform
 *   scramble, and for b = 2 and 3 it is that scramble.
 * - `owen-tree`: nested uniform with the permutations that QMCPy draws on its way from point to point. It is slow and needs
 *   memory, for each call goes there from the origin; there are 2^16 points.
 * - `none`: not at all.
 */
export type HaltonRandomization =
  | 'lms+permutation'
  | 'lms+shift'
  | 'lms'
  | 'permutation'
  | 'shift'
  | 'owen'
  | 'owen-tree'
  | 'none';

const RANDOMIZATIONS: readonly HaltonRandomization[] = [
  'lms+permutation',
  'lms+shift',
  'lms',
  'permutation',
  'shift',
  'owen',
  'owen-tree',
  'none',
];

/** How a {@link Halton} is made. */
export interface HaltonOptions extends RandomisationOptions {
  /** d, coordinates per point: from 1 to 1028. */
  readonly dimension: number;
  /** `lms+permutation` unless told. */
  readonly randomize?: HaltonRandomization | undefined;
}

/** So many primes have no more than 13 bits, for which the core's integers are made. */
const MAX_DIMENSION = 1028;
const SIZE = 2 ** 32;
const TREE_SIZE = 2 ** 16;

/**
 * The Halton sequence of 2^32 points: coordinate j of point i is 0.a₁a₂… in base b, the j-th prime, where …a₂a₁ are the digits
 * of i, randomised or not. The first b^k points from a multiple of b^k on fall one into each interval of length b^−k.
 *
 * Without randomisation a coordinate is the double nearest to the exact number. Otherwise it is within half a unit in the
 * last place + 2^−67 of the number whose digits QMCPy draws from the seed, 63 for each coordinate, and below 1; with `owen`,
 * which is not in QMCPy, it has 53 binary digits. Drawing permutations takes a time of 63 × the sum of the primes: a second or
 * two for d = 1000.
 *
 * Sources: J. H. Halton, *On the efficiency of certain quasi-random sequences of points in evaluating multi-dimensional
 * integrals*, Numer. Math. 2, 1960; J. Matoušek, *On the L2-discrepancy for anchored boxes*, J. Complexity 14(4), 1998
 * (linear scrambles); A. B. Owen, *Variance with alternative scramblings of digital nets*, ACM TOMACS 13(4), 2003
 * (https://doi.org/10.1145/945511.945518).
 *
 * @example
 * ```ts
 * const halton = new Halton({ dimension: 2, seed: 7 });
 * const x = halton.points({ end: 4 }); // x[0] = 0.8379045723950361, x[1] = 0.8998147801261218
 * ```
 */
export class Halton extends PointSet {
  /** How the points are randomised. */
  readonly randomize: HaltonRandomization;
  /** (R, …): matrices, permutations or shifts. */
  readonly #drawn: Uint16Array;
  /** The child of the seed that draws the first tree. */
  readonly #firstChild: number | undefined;

  /**
   * @throws `QmcError` with code `bad-option` (dimension, randomize, seed, replications), `out-of-memory`, or `unsupported` on a
   * host without WebAssembly SIMD.
   */
  constructor(options: HaltonOptions) {
    const { dimension, randomize = 'lms+permutation' } = options;
    checkDimension(dimension, MAX_DIMENSION);
    checkWord('randomize', randomize, RANDOMIZATIONS);
    const { seed, replications } = randomisationOf(options);
    super({ dimension, replications, seed, size: randomize === 'owen-tree' ? TREE_SIZE : SIZE });
    this.randomize = randomize;
    this.#drawn = drawn(this);
    this.#firstChild = randomize === 'owen-tree' ? seed.reserve(replications * dimension) : undefined;
  }

  /** Whether the digits are permuted or shifted. */
  override get unbiased(): boolean {
    return this.randomize !== 'none' && this.randomize !== 'lms';
  }

  /** The set as plain JSON, for `pointSet`. */
  override toJSON(): PointSetSpec {
    const { dimension, randomize } = this;
    return { sequence: 'halton', dimension, randomize, ...randomisationSpec(this, this.#firstChild) };
  }

  /** The same kind of set with another seed. @internal */
  protected override respawn(seed: SeedSequence, dimension: number): Halton {
    return new Halton({ dimension, randomize: this.randomize, seed, replications: this.replications });
  }

  /** The blocks of one replication. @internal */
  protected override run(replication: number, range: { start: number; end: number }, single: boolean): PointRun {
    const { dimension, randomize } = this;
    const { start, end } = range;
    if (this.#firstChild !== undefined) {
      const child = this.#firstChild + replication * dimension;
      return haltonTreeRun(dimension, seedWords(this.seed), child, start, end, single);
    }
    if (randomize === 'owen') {
      return haltonOwenRun(dimension, seedWords(this.seed), replication, start, end, single);
    }
    const length = this.#drawn.length / this.replications;
    const drawn = this.#drawn.subarray(replication * length, (replication + 1) * length);
    return haltonRun(dimension, ...scramble(randomize), drawn, start, end, single);
  }
}

/** Whether a matrix is drawn, and what for each digit: 1 for a number to add, 2 for a permutation. */
function scramble(randomize: HaltonRandomization): [linear: boolean, digits: number] {
  const digits = randomize.endsWith('permutation') ? 2 : randomize.endsWith('shift') ? 1 : 0;
  return [randomize.startsWith('lms'), digits];
}

/** What all replications draw from the seed. */
function drawn({ dimension, randomize, replications, seed }: Halton): Uint16Array {
  coreMemory();
  const kind = scramble(randomize);
  const drawn = outFor(undefined, replications * haltonDrawLength(dimension, ...kind), Uint16Array);
  if (drawn.length > 0) refusable(() => haltonDraw(seedWords(seed), dimension, ...kind, replications, drawn));
  return drawn;
}
