import { randomiseNet } from '#wasm/simd';
import { outFor } from './checks.ts';
import { coreMemory, refusable } from './instance.ts';
import { type SeedSequence, seedWords } from './seed.ts';

/**
 * How a digital net is randomised:
 *
 * - `lms+ds`: a linear matrix scramble, then a digital shift.
 * - `lms`: the linear matrix scramble alone: the origin stays a point.
 * - `ds`: a digital shift alone.
 * - `none`: the points as they are.
 *
 * All of them leave the net a net; a shift makes every point uniform in [0, 1)^d.
 */
export type NetRandomization = 'lms+ds' | 'lms' | 'ds' | 'none';

/** @internal */
export const NET_RANDOMIZATIONS: readonly NetRandomization[] = ['lms+ds', 'lms', 'ds', 'none'];

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
