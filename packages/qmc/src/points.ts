import { isCount, show } from '@gossamer/kit/errors';
import type { PointRun } from '#wasm/simd';
import { outFor } from './checks.ts';
import { fail } from './errors.ts';
import { coreMemory, refusable } from './instance.ts';
import { type Seed, type SeedSequence, seedOf } from './seed.ts';

/** Indices of points: start ≤ i < end. */
export interface PointRange {
  /** The first index; 0 unless told. */
  readonly start?: number;
  /** The index after the last. */
  readonly end: number;
}

/** A range that was checked. */
interface CheckedRange {
  readonly start: number;
  readonly end: number;
}

/** A point set as plain JSON: `pointSet(spec)` makes it again, in another thread or on another machine. */
export interface PointSetSpec {
  readonly sequence: string;
  readonly [option: string]: unknown;
}

/** Blocks of points in the core's memory, until `next` says 0. */
type BlockRun = Pick<PointRun, 'next' | 'points' | 'free'>;

/** How a set is made, for its base class. */
interface PointSetShape {
  readonly dimension: number;
  readonly replications: number;
  /** How many points there are. */
  readonly size: number;
  readonly seed: SeedSequence;
}

/**
 * Points in [0, 1)^d with random access: any range, in any sequence of calls, gives the same bits.
 *
 * A set is a plain value: it holds no memory outside JavaScript and needs no disposal. Replications are independent
 * randomisations of the same points.
 */
export abstract class PointSet {
  /** d, coordinates per point. */
  readonly dimension: number;
  /** R, how many independent randomisations a call gives; 1 unless told. */
  readonly replications: number;
  /** How many points the sequence has: the largest index is one below. */
  readonly size: number;
  /** What the randomisation was drawn from. */
  readonly seed: SeedSequence;

  /** @internal */
  protected constructor({ dimension, replications, size, seed }: PointSetShape) {
    this.dimension = dimension;
    this.replications = replications;
    this.size = size;
    this.seed = seed;
  }

  /**
   * The points of a range in double precision, row-major: (replications, end − start, dimension).
   *
   * @param out receives the points and is returned; made when it is left out.
   * @throws `QmcError` with code `bad-range` (start, end), `bad-length` (out), `out-of-memory`, or `unsupported` on a host
   * without WebAssembly SIMD; `TypeError` when `out` is no `Float64Array`.
   */
  points(range: PointRange, out?: Float64Array): Float64Array {
    return this.fill(range, out, Float64Array, (replication, checked) => this.run(replication, checked, false));
  }

  /**
   * The same in single precision, each coordinate cut to 24 bits: still below 1, and in the same elementary intervals.
   *
   * @param out receives the points and is returned; made when it is left out.
   * @throws as {@link PointSet.points}; `TypeError` when `out` is no `Float32Array`.
   */
  pointsF32(range: PointRange, out?: Float32Array): Float32Array {
    return this.fill(range, out, Float32Array, (replication, checked) => this.run(replication, checked, true));
  }

  /**
   * `count` sets of the same kind with seeds of their own, for independent work: levels, threads, experiments. Every call
   * gives new ones.
   *
   * @param dimensions of the sets; this set's unless told.
   * @throws `QmcError` with code `bad-option` (count, a dimension) or `bad-length` (dimensions).
   */
  spawn(count: number, dimensions?: readonly number[]): this[] {
    if (dimensions !== undefined && dimensions.length !== count) {
      throw fail('bad-length', `dimensions: expected ${show(count)} elements (count), got ${dimensions.length}`);
    }
    return this.seed.spawn(count).map((seed, k) => this.respawn(seed, dimensions?.[k] ?? this.dimension) as this);
  }

  /**
   * Which group the first 2^m points are, up to a shift, in the order that the fast transforms need: of addition modulo 1
   * (`lattice`), of digitwise exclusive or (`net`), or none. Kernel systems on such points are solved in O(n log n).
   */
  get group(): 'lattice' | 'net' | undefined {
    return undefined;
  }

  /**
   * Whether each point by itself is uniform in [0, 1)^d, so that a mean over any points is an unbiased estimate of an integral.
   * Randomisations that keep the origin or the middle of a stratum in place do not make it so.
   */
  get unbiased(): boolean {
    return true;
  }

  /** Why the first n points are less evenly spread than those of another n would be, as the end of "n = 300 …". @internal */
  uneven(_n: number): string | undefined {
    return undefined;
  }

  /** The set as plain JSON, for `pointSet` in another thread: it gives the same bits there. */
  abstract toJSON(): PointSetSpec;

  /** The same kind of set with another seed. @internal */
  protected abstract respawn(seed: SeedSequence, dimension: number): PointSet;

  /** The blocks of one replication's range, which was checked and is not empty. @internal */
  protected abstract run(replication: number, range: CheckedRange, single: boolean): PointRun;

  /** The points of a range, from the runs of its replications. @internal */
  protected fill<A extends Float64Array | Float32Array | BigUint64Array>(
    range: PointRange,
    out: A | undefined,
    Type: new (bufferOrLength: ArrayBufferLike | number, at?: number, length?: number) => A,
    runOf: (replication: number, range: CheckedRange) => BlockRun,
  ): A {
    const checked = checkRange(range, this.size);
    const length = (checked.end - checked.start) * this.dimension;
    const points = outFor(out, this.replications * length, Type as new (length: number) => A);
    if (points.length === 0) return points;
    const memory = coreMemory();
    for (let replication = 0; replication < this.replications; replication++) {
      const run = refusable(() => runOf(replication, checked));
      copyOut(run, memory, points, replication * length, Type);
    }
    return points;
  }
}

/** Block by block: the core's memory stays small, and a call into it short. */
function copyOut<A extends Float64Array | Float32Array | BigUint64Array>(
  run: BlockRun,
  memory: WebAssembly.Memory,
  points: A,
  start: number,
  Type: new (buffer: ArrayBufferLike, at: number, length: number) => A,
): void {
  try {
    let at = start;
    for (let length = run.next(); length > 0; length = run.next()) {
      points.set(new Type(memory.buffer, run.points(), length) as never, at);
      at += length;
    }
  } finally {
    run.free();
  }
}

/** @throws `bad-range` unless 0 ≤ start ≤ end ≤ size. */
export function checkRange({ start = 0, end }: PointRange, size: number): CheckedRange {
  if (!isCount(start, 0)) {
    throw fail('bad-range', `start: expected an integer from 0 to ${size}, got ${show(start)}`);
  }
  if (!isCount(end, start)) {
    throw fail('bad-range', `end: expected an integer from start = ${start} to ${size}, got ${show(end)}`);
  }
  if (end > size) throw fail('bad-range', `end: the sequence has ${size} points, got ${end}`);
  return { start, end };
}

/** Options that every randomised set has. */
export interface RandomisationOptions {
  /** What the randomisation is drawn from; fresh randomness of the host unless told. */
  readonly seed?: Seed | undefined;
  /** R, how many independent randomisations a call gives; 1 unless told. */
  readonly replications?: number | undefined;
}

/** @throws `bad-option` (seed, replications). */
export function randomisationOf({ seed, replications = 1 }: RandomisationOptions): {
  seed: SeedSequence;
  replications: number;
} {
  if (!isCount(replications)) {
    throw fail('bad-option', `replications: expected a positive integer, got ${show(replications)}`);
  }
  return { seed: seedOf(seed), replications };
}

/** What `uneven` says of points that come in blocks of 2^m. */
export function unlessPowerOfTwo(n: number): string | undefined {
  return Number.isInteger(Math.log2(n)) ? undefined : 'is no power of two';
}

/** What a spec says of them; `children` is how many children the seed had when the set was made, if that matters. */
export function randomisationSpec({ seed, replications }: PointSet, children = 0): Record<string, unknown> {
  const { entropy, spawnKey } = seed;
  return { seed: { entropy: String(entropy), spawnKey, ...(children > 0 && { children }) }, replications };
}
