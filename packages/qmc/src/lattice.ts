import { checkLength, isCount, show } from '@gossamer/kit/errors';
import { LatticeRun } from '#wasm/simd';
import { fail, QmcError } from './errors.ts';
import { coreMemory, refusable } from './instance.ts';

/**
 * The index behind the i-th point. φ is the radical inverse in base 2, which mirrors the binary digits of i at the point:
 *
 * - `radical-inverse`: xᵢ = φ(i)·g. Any first 2^m points are a lattice, so the sequence can go on for ever.
 * - `gray`: xᵢ = φ(i xor ⌊i/2⌋)·g. The same lattices, each in the order of the Gray code.
 * - `linear`: xᵢ = (i/n)·g, a lattice of n points.
 */
export type LatticeOrder = 'radical-inverse' | 'gray' | 'linear';

/** Which points {@link latticePoints} computes. */
export interface LatticeOptions {
  /** Coordinates per point. */
  readonly dimension: number;
  /** The generating vector g: at least `dimension` numbers, of which the first `dimension` are used. */
  readonly vector: Uint32Array;
  /** The first index; 0 unless told. */
  readonly start?: number;
  /** The index after the last, at most 2^53 − 1. */
  readonly end: number;
  /** `radical-inverse` unless told. */
  readonly order?: LatticeOrder;
  /** For `linear` alone: n, the points of the lattice; `end` unless told. */
  readonly size?: number;
  /** Δ, one number in [0, 1) per coordinate, added to every point modulo 1; zeros unless told. */
  readonly shift?: Float64Array;
}

/**
 * The points frac(xᵢ + Δ), start ≤ i < end, of a rank-1 lattice, row-major: (end − start, dimension).
 *
 * Any range costs what its points cost, wherever it lies, and gives the same bits as the same indices of a longer range.
 * Without a shift a coordinate is the exact number in `radical-inverse` and `gray` order and the nearest double in
 * `linear` order; a shift adds one rounding. No coordinate is ever 1.
 *
 * Source: R. Cools, F. Y. Kuo, D. Nuyens, *Constructing embedded lattice rules for multivariate integration*, SIAM J. Sci.
 * Comput. 28(6), 2006 (https://doi.org/10.1137/06065074X): the embedded rules and the radical inverse order.
 *
 * @param out receives the points and is returned; made when it is left out.
 * @throws `QmcError` with code `bad-option` (order, dimension, size), `bad-range` (start, end), `bad-length` (vector,
 * shift, out), `bad-value` (shift), `out-of-memory`, or `unsupported` on a host without WebAssembly SIMD; `TypeError` when
 * an array is of another type.
 * @example
 * ```ts
 * const vector = Uint32Array.of(1, 182667, 469891);
 * const x = latticePoints({ dimension: 3, vector, end: 4 }); // 4 points, x[3·i + j]
 * ```
 */
export function latticePoints(options: LatticeOptions, out?: Float64Array): Float64Array {
  const { dimension, start = 0, end, order = 'radical-inverse' } = options;
  checkDimension(dimension);
  if (order !== 'radical-inverse' && order !== 'gray' && order !== 'linear') {
    throw fail('bad-option', `order: expected 'radical-inverse', 'gray' or 'linear', got ${show(order)}`);
  }
  checkRange(start, end);
  const size = latticeSize(options, order);
  const vector = vectorOf(options.vector, dimension);
  const shift = shiftOf(options.shift, dimension);
  const points = out === undefined ? allocate(end - start, dimension) : checkOut(out, (end - start) * dimension);
  if (points.length === 0) return points;
  const memory = coreMemory();
  const run = refusable(() =>
    order === 'linear'
      ? LatticeRun.linear(size, vector, shift, start, end)
      : LatticeRun.digits(order === 'gray', vector, shift, start, end),
  );
  copyOut(run, memory, points);
  return points;
}

/** Block by block: the core's memory stays small, and a call into it short. */
function copyOut(run: LatticeRun, memory: WebAssembly.Memory, points: Float64Array): void {
  try {
    let at = 0;
    for (let length = run.next(); length > 0; length = run.next()) {
      points.set(new Float64Array(memory.buffer, run.points(), length), at);
      at += length;
    }
  } finally {
    run.free();
  }
}

function checkDimension(dimension: number): void {
  if (!isCount(dimension)) throw fail('bad-option', `dimension: expected a positive integer, got ${show(dimension)}`);
}

function checkRange(start: number, end: number): void {
  if (!isCount(start, 0)) {
    throw fail('bad-range', `start: expected an integer from 0 to 2^53 − 1, got ${show(start)}`);
  }
  if (!isCount(end, start)) {
    throw fail('bad-range', `end: expected an integer from start = ${start} to 2^53 − 1, got ${show(end)}`);
  }
}

/** n of a linear lattice. */
function latticeSize({ size, end }: LatticeOptions, order: LatticeOrder): number {
  if (size === undefined) return end;
  if (order !== 'linear') throw fail('bad-option', `size: only the order 'linear' has one, got ${show(size)}`);
  if (!isCount(size)) throw fail('bad-option', `size: expected an integer from 1 to 2^53 − 1, got ${show(size)}`);
  if (size < end) throw fail('bad-range', `end: a lattice of size = ${size} ends there, got ${end}`);
  return size;
}

function vectorOf(vector: Uint32Array, dimension: number): Uint32Array {
  if (!(vector instanceof Uint32Array)) throw new TypeError(`vector: expected a Uint32Array, got ${show(vector)}`);
  if (vector.length < dimension) {
    throw fail('bad-length', `vector: expected at least ${dimension} elements (dimension), got ${vector.length}`);
  }
  return vector.subarray(0, dimension);
}

function shiftOf(shift: Float64Array | undefined, dimension: number): Float64Array {
  if (shift === undefined) return new Float64Array(dimension);
  if (!(shift instanceof Float64Array)) throw new TypeError(`shift: expected a Float64Array, got ${show(shift)}`);
  checkLength('shift', shift, dimension, fail);
  const bad = shift.findIndex((delta) => !(delta >= 0 && delta < 1));
  if (bad >= 0) throw fail('bad-value', `shift[${bad}]: expected a number in [0, 1), got ${show(shift[bad])}`);
  return shift;
}

function checkOut(out: Float64Array, length: number): Float64Array {
  if (!(out instanceof Float64Array)) throw new TypeError(`out: expected a Float64Array, got ${show(out)}`);
  checkLength('out', out, length, fail);
  return out;
}

function allocate(points: number, dimension: number): Float64Array {
  try {
    return new Float64Array(points * dimension);
  } catch (cause) {
    throw new QmcError('out-of-memory', `out: no room for ${points} points of ${dimension} coordinates`, { cause });
  }
}
