import { IntegerRun, netRun, type PointRun, randomiseNet } from '#wasm/simd';
import { outFor } from './checks.ts';
import { coreMemory, refusable } from './instance.ts';
import type { PointRange } from './points.ts';
import { type SeedSequence, seedWords } from './seed.ts';

/**
 * How a digital net is randomised:
 *
 * - `lms+ds`: a linear matrix scramble, then a digital shift.
 * - `lms`: the linear matrix scramble alone: the origin stays a point.
 * - `ds`: a digital shift alone.
 * - `none`: the points as they are.
 * - `owen`: nested uniform scrambling, keyed by the seed: every digit is flipped by a random bit of its own for each value of
 *   the digits before it.
 * - `owen-tree`: the same with the draws of QMCPy's `NUS`, which depend on all points before. So a call takes the time of all
 *   points from 0 to its end and the memory of their tree, about 48 bytes per point, and there are at most 2^24 points.
 *
 * The first four leave the net a net. A shift or a nested uniform scramble makes every point uniform in [0, 1)^d.
 *
 * Sources: J. Matoušek, *On the L2-discrepancy for anchored boxes*, J. Complexity 14(4), 1998, section 4 (`lms`); A. B. Owen,
 * *Randomly permuted (t, m, s)-nets and (t, s)-sequences*, Monte Carlo and Quasi-Monte Carlo Methods in Scientific Computing,
 * Springer, 1995, section 3 (`owen`).
 */
export type NetRandomization = 'lms+ds' | 'lms' | 'ds' | 'none' | 'owen' | 'owen-tree';

/** @internal */
export const NET_RANDOMIZATIONS: readonly NetRandomization[] = ['lms+ds', 'lms', 'ds', 'none', 'owen', 'owen-tree'];

/** Generating matrices in base 2, before any randomisation. @internal */
export interface Matrices {
  /** (m, α·d): row c holds column c of every matrix, as binary fractions of 64 bits. */
  readonly columns: BigUint64Array;
  /** m, so that there are 2^m points. */
  readonly size: number;
  /** Binary digits that a column has. */
  readonly bits: number;
}

/** What is done to them. @internal */
export interface Randomisation {
  readonly dimension: number;
  readonly alpha: number;
  readonly randomize: NetRandomization;
  readonly gray: boolean;
  readonly seed: SeedSequence;
  readonly replications: number;
}

/** How a net's points are had, once per replication; the range was checked and is not empty. @internal */
export interface NetRuns {
  points(replication: number, range: Required<PointRange>, single: boolean): PointRun;
  integers(replication: number, range: Required<PointRange>): IntegerRun;
  /** The first child of the seed that it was drawn from, if it was from children. */
  readonly firstChild?: number;
}

/** The nets of all replications. @internal */
export interface RandomisedNets {
  /** (R, m, d), or (1, m, d) if they share one. */
  readonly columns: BigUint64Array;
  /** (R, d) */
  readonly shift: BigUint64Array;
}

/** @throws `out-of-memory`. @internal */
export function randomised(matrices: Matrices, options: Randomisation): RandomisedNets {
  const { dimension, alpha, randomize, gray, seed, replications } = options;
  const lms = randomize.startsWith('lms');
  const ds = randomize.endsWith('ds');
  const columns = outFor(undefined, (lms ? replications : 1) * matrices.size * dimension, BigUint64Array);
  const shift = outFor(undefined, replications * dimension, BigUint64Array);
  const { columns: from, bits } = matrices;
  coreMemory();
  refusable(() => randomiseNet(from, alpha, bits, seedWords(seed), lms, ds, gray, replications, columns, shift));
  return { columns, shift };
}

/** Runs of a net that stays a net. @internal */
export function netRuns(matrices: Matrices, options: Randomisation): NetRuns {
  const { columns, shift } = randomised(matrices, options);
  const length = matrices.size * options.dimension;
  const net = (r: number): [BigUint64Array, BigUint64Array] => {
    const at = columns.length === length ? 0 : r * length;
    return [columns.subarray(at, at + length), shift.subarray(r * options.dimension, (r + 1) * options.dimension)];
  };
  return {
    points: (r, { start, end }, single) => netRun(...net(r), start, end, single),
    integers: (r, { start, end }) => new IntegerRun(...net(r), start, end),
  };
}
