import { checkLength, isCount, show } from '@gossamer/kit/errors';
import { drawLattice, latticeRun, type PointRun } from '#wasm/simd';
import { checkDimension, checkWord, outFor } from './checks.ts';
import { DEFAULT_DIMENSION, defaultVector } from './default-vector.ts';
import { fail } from './errors.ts';
import { coreMemory, refusable } from './instance.ts';
import {
  PointSet,
  type PointSetSpec,
  type RandomisationOptions,
  randomisationOf,
  randomisationSpec,
  unlessPowerOfTwo,
} from './points.ts';
import { type SeedSequence, seedWords } from './seed.ts';

/**
 * The index behind the i-th point. φ is the radical inverse in base 2, which mirrors the binary digits of i at the point:
 *
 * - `radical-inverse`: xᵢ = φ(i)·g. Any first 2^m points are a lattice, so the sequence can go on for ever.
 * - `gray`: xᵢ = φ(i xor ⌊i/2⌋)·g. The same lattices, each in the order of the Gray code.
 * - `linear`: xᵢ = (i/n)·g, a lattice of n points.
 */
export type LatticeOrder = 'radical-inverse' | 'gray' | 'linear';

const ORDERS: readonly LatticeOrder[] = ['radical-inverse', 'gray', 'linear'];

/** A generating vector to draw: 1, then uniform odd numbers from 3 to 2^M − 1. */
export interface RandomVector {
  /** M, from 2 to 32: the vector is made for up to 2^M points. */
  readonly random: number;
}

/** How a {@link Lattice} is made. */
export interface LatticeOptions extends RandomisationOptions {
  /** d, coordinates per point. */
  readonly dimension: number;
  /**
   * The generating vector g: at least `dimension` numbers, of which the first `dimension` are used (even ones too, though the
   * points repeat in such a coordinate), or a random one for each replication. Unless told, our own of 2,000 entries, made for
   * 2^10 to 2^20 points: more are a lattice still, but nobody has looked for a good one.
   */
  readonly vector?: Uint32Array | RandomVector | undefined;
  /** `radical-inverse` unless told. */
  readonly order?: LatticeOrder | undefined;
  /** n, for `linear` order alone, where it is needed. */
  readonly size?: number | undefined;
  /** `shift` (unless told): a uniform shift modulo 1 per replication. */
  readonly randomize?: 'shift' | 'none' | undefined;
  /** Δ, in place of a random one: replications × dimension numbers in [0, 1). */
  readonly shift?: Float64Array | undefined;
}

/**
 * A randomly shifted rank-1 lattice: frac(xᵢ + Δ).
 *
 * Without a shift a coordinate is the exact number in `radical-inverse` and `gray` order and the nearest double in
 * `linear` order; a shift adds one rounding. No coordinate is ever 1. A seed gives QMCPy's
 * random vector and shift.
 *
 * Source: R. Cools, F. Y. Kuo, D. Nuyens, *Constructing embedded lattice rules for multivariate integration*, SIAM J. Sci.
 * Comput. 28(6), 2006 (https://doi.org/10.1137/06065074X): the embedded rules and the radical inverse order.
 *
 * @example
 * ```ts
 * const lattice = new Lattice({ dimension: 3, seed: 7 });
 * const x = lattice.points({ end: 1024 }); // 1,024 points, x[3·i + j]
 * ```
 */
export class Lattice extends PointSet {
  readonly #options: LatticeOptions;
  readonly #drawn: Drawn;

  /**
   * @throws `QmcError` with code `bad-option` (dimension, vector, order, size, randomize, seed, replications, shift), `bad-length`
   * (vector, shift), `bad-value` (shift) or `out-of-memory`; `TypeError` when an array is of another type.
   */
  constructor(options: LatticeOptions) {
    const { dimension, vector, order = 'radical-inverse', randomize = 'shift' } = options;
    checkDimension(dimension, vector === undefined ? DEFAULT_DIMENSION : undefined);
    checkWord('order', order, ORDERS);
    checkWord('randomize', randomize, ['shift', 'none']);
    const { seed, replications } = randomisationOf(options);
    super({ dimension, replications, seed, size: latticeSize(options.size, order) });
    this.#drawn = drawn(options, this);
    this.#options = options;
  }

  /** `lattice` in radical inverse order. */
  override get group(): 'lattice' | undefined {
    return (this.#options.order ?? 'radical-inverse') === 'radical-inverse' ? 'lattice' : undefined;
  }

  /** Whether there is a shift: a random one, or one that was given, which is taken for random. */
  override get unbiased(): boolean {
    return this.#options.randomize !== 'none';
  }

  /** As {@link PointSet.uneven}. @internal */
  override uneven(n: number): string | undefined {
    if (this.#options.order === 'linear') return n === this.size ? undefined : `is less than size = ${this.size}`;
    return unlessPowerOfTwo(n);
  }

  /** The generating vectors, row-major: (replications, dimension) if they are random, (dimension) otherwise. */
  get vector(): Uint32Array {
    return this.#drawn.vectors.slice();
  }

  /** The set as plain JSON, for `pointSet`. */
  override toJSON(): PointSetSpec {
    const { dimension } = this;
    const { vector, order, size, randomize, shift } = this.#options;
    return {
      sequence: 'lattice',
      dimension,
      vector: vector instanceof Uint32Array ? [...vector.subarray(0, dimension)] : vector,
      order,
      size,
      randomize,
      shift: shift && [...shift],
      ...randomisationSpec(this),
    };
  }

  /** The same kind of set with another seed. @internal */
  protected override respawn(seed: SeedSequence, dimension: number): Lattice {
    return new Lattice({ ...this.#options, shift: undefined, seed, dimension });
  }

  /** The blocks of one replication. @internal */
  protected override run(replication: number, range: { start: number; end: number }, single: boolean): PointRun {
    const { vectors, shift } = this.#drawn;
    const d = this.dimension;
    const part = [replication * d, (replication + 1) * d] as const;
    const vector = vectors.length === d ? vectors : vectors.subarray(...part);
    const { order } = this.#options;
    const size = order === 'linear' ? this.size : undefined;
    return latticeRun(vector, shift.subarray(...part), order === 'gray', size, range.start, range.end, single);
  }
}

/** What distinguishes the replications. */
interface Drawn {
  /** (R, d), or (d) if all have the same. */
  readonly vectors: Uint32Array;
  /** (R, d) */
  readonly shift: Float64Array;
}

/** All that is random, in QMCPy's sequence: the vectors of all replications, then their shifts. */
function drawn({ vector, randomize = 'shift', shift }: LatticeOptions, set: PointSet): Drawn {
  const { dimension, replications, seed } = set;
  const length = replications * dimension;
  const fixed = fixedVector(vector, dimension);
  const given = shift && checkShift(shift, length, randomize);
  const vectors = fixed ?? outFor(undefined, length, Uint32Array);
  const shifts = given ?? outFor(undefined, length, Float64Array);
  const draws = given === undefined && randomize === 'shift';
  if (fixed === undefined || draws) {
    coreMemory();
    const bits = fixed === undefined ? (vector as RandomVector).random : undefined;
    refusable(() => drawLattice(seedWords(seed), dimension, bits, vectors, shifts.subarray(0, draws ? length : 0)));
  }
  return { vectors, shift: shifts };
}

/** g, unless it is random. */
function fixedVector(vector: LatticeOptions['vector'], dimension: number): Uint32Array | undefined {
  if (vector === undefined) return defaultVector(dimension);
  if (vector instanceof Uint32Array) {
    if (vector.length >= dimension) return vector.slice(0, dimension);
    throw fail('bad-length', `vector: expected at least ${dimension} elements (dimension), got ${vector.length}`);
  }
  const bits = vector?.random;
  if (bits === undefined) throw new TypeError(`vector: expected a Uint32Array or { random }, got ${show(vector)}`);
  if (isCount(bits, 2) && bits <= 32) return undefined;
  throw fail('bad-option', `vector.random: expected an integer from 2 to 32, got ${show(bits)}`);
}

/** n of a linear lattice; the others go on for ever. */
function latticeSize(size: number | undefined, order: LatticeOrder): number {
  if (order !== 'linear') {
    if (size === undefined) return Number.MAX_SAFE_INTEGER;
    throw fail('bad-option', `size: only the order 'linear' has one, got ${show(size)}`);
  }
  if (!isCount(size)) throw fail('bad-option', `size: expected an integer from 1 to 2^53 − 1, got ${show(size)}`);
  return size;
}

function checkShift(shift: Float64Array, length: number, randomize: string): Float64Array {
  if (!(shift instanceof Float64Array)) throw new TypeError(`shift: expected a Float64Array, got ${show(shift)}`);
  checkLength('shift', shift, length, fail);
  if (randomize === 'none') throw fail('bad-option', "shift: expected none with randomize 'none', got one");
  const bad = shift.findIndex((delta) => !(delta >= 0 && delta < 1));
  if (bad >= 0) throw fail('bad-value', `shift[${bad}]: expected a number in [0, 1), got ${show(shift[bad])}`);
  return shift.slice();
}
