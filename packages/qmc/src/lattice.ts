import { checkLength, isCount, show } from '@gossamer/kit/errors';
import { fillUniform, latticeRun, type PointRun } from '#wasm/simd';
import { checkDimension, checkWord } from './checks.ts';
import { fail } from './errors.ts';
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
 * The index behind the i-th point. φ is the radical inverse in base 2, which mirrors the binary digits of i at the point:
 *
 * - `radical-inverse`: xᵢ = φ(i)·g. Any first 2^m points are a lattice, so the sequence can go on for ever.
 * - `gray`: xᵢ = φ(i xor ⌊i/2⌋)·g. The same lattices, each in the order of the Gray code.
 * - `linear`: xᵢ = (i/n)·g, a lattice of n points.
 */
export type LatticeOrder = 'radical-inverse' | 'gray' | 'linear';

const ORDERS: readonly LatticeOrder[] = ['radical-inverse', 'gray', 'linear'];

/** How a {@link Lattice} is made. */
export interface LatticeOptions extends RandomisationOptions {
  /** d, coordinates per point. */
  readonly dimension: number;
  /** The generating vector g: at least `dimension` numbers, of which the first `dimension` are used. */
  readonly vector: Uint32Array;
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
 * `linear` order; a shift adds one rounding. No coordinate is ever 1. A seed gives QMCPy's shift.
 *
 * Source: R. Cools, F. Y. Kuo, D. Nuyens, *Constructing embedded lattice rules for multivariate integration*, SIAM J. Sci.
 * Comput. 28(6), 2006 (https://doi.org/10.1137/06065074X): the embedded rules and the radical inverse order.
 *
 * @example
 * ```ts
 * const lattice = new Lattice({ dimension: 3, vector: Uint32Array.of(1, 182667, 469891), seed: 7 });
 * const x = lattice.points({ end: 4 }); // 4 points, x[3·i + j]
 * ```
 */
export class Lattice extends PointSet {
  readonly #options: LatticeOptions;
  readonly #vector: Uint32Array;
  readonly #shift: Float64Array;

  /**
   * @throws `QmcError` with code `bad-option` (dimension, order, size, randomize, seed, replications), `bad-length` (vector,
   * shift) or `bad-value` (shift); `TypeError` when an array is of another type.
   */
  constructor(options: LatticeOptions) {
    const { dimension, order = 'radical-inverse', randomize = 'shift' } = options;
    checkDimension(dimension);
    checkWord('order', order, ORDERS);
    checkWord('randomize', randomize, ['shift', 'none']);
    const { seed, replications } = randomisationOf(options);
    super({ dimension, replications, seed, size: latticeSize(options.size, order) });
    this.#vector = vectorOf(options.vector, dimension);
    this.#shift = shiftOf(options, this);
    this.#options = options;
  }

  override get group(): 'lattice' | undefined {
    return (this.#options.order ?? 'radical-inverse') === 'radical-inverse' ? 'lattice' : undefined;
  }

  override toJSON(): PointSetSpec {
    const { order, size, randomize, shift } = this.#options;
    return {
      sequence: 'lattice',
      dimension: this.dimension,
      vector: [...this.#vector],
      order,
      size,
      randomize,
      shift: shift && [...shift],
      ...randomisationSpec(this),
    };
  }

  protected override respawn(seed: SeedSequence, dimension: number): Lattice {
    return new Lattice({ ...this.#options, seed, dimension });
  }

  protected override run(replication: number, range: { start: number; end: number }, single: boolean): PointRun {
    const { order } = this.#options;
    const d = this.dimension;
    const shift = this.#shift.subarray(replication * d, (replication + 1) * d);
    const size = order === 'linear' ? this.size : undefined;
    return latticeRun(this.#vector, shift, order === 'gray', size, range.start, range.end, single);
  }
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

function vectorOf(vector: Uint32Array, dimension: number): Uint32Array {
  if (!(vector instanceof Uint32Array)) throw new TypeError(`vector: expected a Uint32Array, got ${show(vector)}`);
  if (vector.length < dimension) {
    throw fail('bad-length', `vector: expected at least ${dimension} elements (dimension), got ${vector.length}`);
  }
  return vector.slice(0, dimension);
}

function shiftOf({ shift, randomize = 'shift' }: LatticeOptions, set: PointSet): Float64Array {
  const length = set.replications * set.dimension;
  if (shift !== undefined) return checkShift(shift, length);
  const drawn = new Float64Array(length);
  if (randomize === 'shift') {
    coreMemory();
    refusable(() => fillUniform(seedWords(set.seed), drawn));
  }
  return drawn;
}

function checkShift(shift: Float64Array, length: number): Float64Array {
  if (!(shift instanceof Float64Array)) throw new TypeError(`shift: expected a Float64Array, got ${show(shift)}`);
  checkLength('shift', shift, length, fail);
  const bad = shift.findIndex((delta) => !(delta >= 0 && delta < 1));
  if (bad >= 0) throw fail('bad-value', `shift[${bad}]: expected a number in [0, 1), got ${show(shift[bad])}`);
  return shift.slice();
}
