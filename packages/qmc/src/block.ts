import { show } from '@gossamer/kit/errors';
import { fail } from './errors.ts';
import type { PointSet } from './points.ts';
import { type DyadicSums, dyadicPieces, type Range, treeSum } from './sum.ts';

/** Points that an integrand gets at once, at most, unless there are more replications. */
const BLOCK_POINTS = 2 ** 12;
/** Coordinates that it gets at once, at most, unless one point of each replication has more: 8 MB. */
const BLOCK_COORDINATES = 2 ** 20;

/** Arrays that all blocks of a run use. */
export interface Buffers {
  /** Points of each replication in a block, at most: a power of two. */
  readonly rows: number;
  readonly x: Float64Array;
  readonly values: Float64Array;
  readonly point: Float64Array;
}

/**
 * @param most how many points of each replication the run has at most.
 * @throws `out-of-memory`.
 */
export function blockBuffers({ dimension, replications }: PointSet, most: number): Buffers {
  const fit = Math.min(most, BLOCK_POINTS / replications, BLOCK_COORDINATES / dimension / replications);
  const rows = 2 ** Math.max(0, Math.floor(Math.log2(fit)));
  const n = replications * rows;
  try {
    const [x, values, point] = [new Float64Array(n * dimension), new Float64Array(n), new Float64Array(dimension)];
    return { rows, x, values, point };
  } catch (cause) {
    throw fail('out-of-memory', `points: no room for ${n} points of ${dimension} coordinates`, { cause });
  }
}

/** Adds the values at a range of points: yields blocks, each to be given its values before the next is asked for. */
export function* sumBlocks(
  points: PointSet,
  range: Range,
  sums: DyadicSums,
  buffers: Buffers,
): Generator<Block, void, void> {
  for (const piece of dyadicPieces(range, buffers.rows)) {
    const block = new Block(points, piece, buffers);
    yield block;
    sums.add(piece, block.sums());
  }
}

/** The points of a range of 2^k indices in every replication, and the values that an integrand takes there. */
export class Block {
  /** Row-major: (replications, end − start, dimension). */
  readonly x: Float64Array;
  /** How many points there are in all. */
  readonly n: number;
  readonly #range: Range;
  readonly #values: Float64Array;
  readonly #point: Float64Array;

  constructor(points: PointSet, range: Range, { x, values, point }: Buffers) {
    this.n = points.replications * (range.end - range.start);
    this.x = points.points(range, x.subarray(0, this.n * points.dimension));
    this.#range = range;
    this.#values = values.subarray(0, this.n);
    this.#point = point;
  }

  /** The k-th point, in an array that the next call uses again. */
  point(k: number): Float64Array {
    const start = k * this.#point.length;
    for (let j = 0; j < this.#point.length; j++) this.#point[j] = this.x[start + j] as number;
    return this.#point;
  }

  /**
   * Takes the value at the k-th point.
   *
   * @throws `TypeError` for what is no number, `bad-value` for NaN and ±∞.
   */
  set(k: number, value: unknown): void {
    if (typeof value !== 'number') {
      throw new TypeError(`integrand: expected a number at ${this.#place(k)}, got ${show(value)}`);
    }
    if (!Number.isFinite(value)) {
      throw fail('bad-value', `integrand: expected a finite number at ${this.#place(k)}, got ${value}`);
    }
    this.#values[k] = value;
  }

  /**
   * Takes the values at all points.
   *
   * @throws as {@link Block.set}; `TypeError` for what is no array, `bad-length`.
   */
  setAll(values: unknown): void {
    const { length } = (values ?? {}) as { length?: unknown };
    if (typeof values !== 'object' || typeof length !== 'number') {
      throw new TypeError(`integrand: expected an array of ${this.n} numbers, got ${show(values)}`);
    }
    if (length !== this.n) throw fail('bad-length', `integrand: expected ${this.n} values, got ${length}`);
    for (let k = 0; k < this.n; k++) this.set(k, (values as ArrayLike<unknown>)[k]);
  }

  /** The sum of each replication's values, which are lost. */
  sums(): Float64Array {
    const { rows } = this;
    return Float64Array.from({ length: this.n / rows }, (_, r) =>
      treeSum(this.#values.subarray(r * rows, (r + 1) * rows)),
    );
  }

  get rows(): number {
    return this.#range.end - this.#range.start;
  }

  #place(k: number): string {
    return `point ${this.#range.start + (k % this.rows)} of replication ${Math.floor(k / this.rows)}`;
  }
}
