import { isCount, show } from '@gossamer/kit/errors';
import { fractionsOf, latticeFractions } from '#wasm/simd';
import { outFor } from './checks.ts';
import { fail } from './errors.ts';
import { coreMemory, refusable } from './instance.ts';
import type { CheckedKernel } from './kernel.ts';
import type { Lattice } from './lattice.ts';
import type { Net } from './net.ts';
import type { PointSet } from './points.ts';

/** The first n points of one replication. */
export interface Nodes {
  readonly points: PointSet;
  readonly n: number;
  readonly replication: number;
}

/** So many numbers fill half of all the memory that the core can have. */
const MOST = 2 ** 28;
/** Coordinates per block of points: a block takes the core well below a millisecond. */
const BLOCK = 1 << 14;

/** @throws `bad-option` (points, n, replication), `TypeError` (points). */
export function checkNodes(points: PointSet, n: number, replication = 0): Nodes {
  if (typeof points?.points !== 'function') throw new TypeError(`points: expected a point set, got ${show(points)}`);
  if (points.group === undefined) {
    throw fail(
      'bad-option',
      'points: expected a lattice in radical inverse order or a digital net without Owen scrambling, whose first 2^m points ' +
        'are a group up to a shift; these are none, so their Gram matrices have no fast transform',
    );
  }
  if (!isCount(n) || !Number.isInteger(Math.log2(n)) || n > points.size) {
    throw fail('bad-option', `n: expected a power of two up to ${points.size}, got ${show(n)}`);
  }
  if (n > MOST) throw fail('out-of-memory', `n: the core has room for ${MOST} points, got ${n}`);
  if (!isCount(replication, 0) || replication >= points.replications) {
    throw fail('bad-option', `replication: expected an integer below ${points.replications}, got ${show(replication)}`);
  }
  return { points, n, replication };
}

/** @throws `bad-option` unless the kernel is invariant in the group of the points. */
export function checkMatch({ type }: CheckedKernel, { group }: PointSet): void {
  const lattice = type === 'shift-invariant';
  if (lattice === (group === 'lattice')) return;
  const expected = lattice ? "'digital' or 'digital-adaptive' for a digital net" : "'shift-invariant' for a lattice";
  throw fail('bad-option', `kernel.type: expected ${expected}, got ${show(type)}`);
}

/** The points start … end of some nodes as 64-bit fractions (end − start, d), without any rounding. */
export function elements({ points, replication }: Nodes, start: number, end: number): BigUint64Array {
  const d = points.dimension;
  const length = (end - start) * d;
  if (points.group === 'net') {
    const all = (points as Net).integers({ start, end });
    return all.subarray(replication * length, (replication + 1) * length);
  }
  const lattice = points as Lattice;
  const shift = lattice.points({ end: 1 }).subarray(replication * d, (replication + 1) * d); // φ(0)·g = 0
  const vectors = lattice.vector;
  const vector = vectors.length === d ? vectors : vectors.subarray(replication * d, (replication + 1) * d);
  const out = outFor(undefined, length, BigUint64Array);
  refusable(() => latticeFractions(vector, fractions(shift), start, out));
  return out;
}

/** Coordinates in [0, 1) as 64-bit fractions: exact from 2^−11 on, cut at 2^−64 below. */
export function fractions(x: Float64Array): BigUint64Array {
  const out = outFor(undefined, x.length, BigUint64Array);
  coreMemory();
  refusable(() => fractionsOf(x, out));
  return out;
}

/** The points start … end of some nodes, block by block. */
export function* blocks(
  nodes: Nodes,
  start: number,
  end: number,
): Generator<{ start: number; end: number; block: BigUint64Array }, void, void> {
  const rows = Math.max(1, Math.floor(BLOCK / nodes.points.dimension));
  for (let at = start; at < end; at += rows) {
    const to = Math.min(at + rows, end);
    yield { start: at, end: to, block: elements(nodes, at, to) };
  }
}
