import { haltonDraw, haltonDrawLength, haltonOwenRun, haltonRun, type PointRun } from '#wasm/simd';
import { checkDimension, checkWord, outFor } from './checks.ts';
import { coreMemory, refusable } from './instance.ts';
import { PointSet, type PointSetSpec, type RandomisationOptions, randomisationOf, randomisationSpec } from './points.ts';
import { type SeedSequence, seedWords } from './seed.ts';

/**
 * How the digits a₁a₂… of a coordinate 0.a₁a₂… in base b are randomised:
 *
 * - `permutation`: every digit by a random permutation of its position.
 * - `shift`: the same with a number that is added modulo b.
 * - `lms`: by a linear matrix scramble, which multiplies them by a random lower triangular matrix modulo b. The origin stays.
 * - `lms+permutation`, `lms+shift`: by that, then by the other.
 * - `owen`: nested, every digit by a random permutation of its position and of all digits before it. The permutations are
 *   a ↦ f·a + s mod b; any two digits fall as under uniform ones, so an integral has the mean and variance of A. B. Owen's
 *   nested uniform scramble.
 * - `owen-tree`: nested with uniform permutations in the order in which QMCPy draws them, point by point. This is slow: a call
 *   goes through all points from the first one on. There are 2^16 points.
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
  /** d, coordinates per point: from 1 to 1028. The bases are the first d primes. */
  readonly dimension: number;
  /** `lms+permutation` unless told. */
  readonly randomize?: HaltonRandomization | undefined;
}

/** So many primes are below 2^13. */
const MAX_DIMENSION = 1028;
const SIZE = 2 ** 32;

export class Halton extends PointSet {
  /** How the points are randomised. */
  readonly randomize: HaltonRandomization;
  /** (R, length) */
  readonly #drawn: Uint16Array;

  constructor(options: HaltonOptions) {
    const { dimension, randomize = 'lms+permutation' } = options;
    checkDimension(dimension, MAX_DIMENSION);
    checkWord('randomize', randomize, RANDOMIZATIONS);
    const { seed, replications } = randomisationOf(options);
    super({ dimension, replications, seed, size: SIZE });
    this.randomize = randomize;
    this.#drawn = drawn(this);
  }

  override toJSON(): PointSetSpec {
    const { dimension, randomize } = this;
    return { sequence: 'halton', dimension, randomize, ...randomisationSpec(this) };
  }

  protected override respawn(seed: SeedSequence, dimension: number): Halton {
    return new Halton({ dimension, randomize: this.randomize, seed, replications: this.replications });
  }

  protected override run(replication: number, range: { start: number; end: number }, single: boolean): PointRun {
    const { dimension, randomize } = this;
    const { start, end } = range;
    if (randomize.startsWith('owen')) {
      return haltonOwenRun(dimension, seedWords(this.seed), replication, start, end, single);
    }
    const length = this.#drawn.length / this.replications;
    const drawn = this.#drawn.subarray(replication * length, (replication + 1) * length);
    return haltonRun(dimension, ...scramble(randomize), drawn, start, end, single);
  }
}

/** Whether there is a matrix, and which numbers there are for each digit. */
function scramble(randomize: HaltonRandomization): [linear: boolean, digits: number] {
  const digits = randomize.endsWith('permutation') ? 2 : randomize.endsWith('shift') ? 1 : 0;
  return [randomize.startsWith('lms'), digits];
}

/** All replications' draws. */
function drawn({ dimension, randomize, replications, seed }: Halton): Uint16Array {
  coreMemory();
  const kind = scramble(randomize);
  const drawn = outFor(undefined, replications * haltonDrawLength(dimension, ...kind), Uint16Array);
  refusable(() => haltonDraw(seedWords(seed), dimension, ...kind, replications, drawn));
  return drawn;
}
