import { isCount, show } from '@gossamer/kit/errors';
import { korobovMultiplier } from '#wasm/simd';
import { checkDimension, outFor } from './checks.ts';
import { fail } from './errors.ts';
import { coreMemory, refusable } from './instance.ts';
import { Lattice } from './lattice.ts';
import { type PointSetSpec, type RandomisationOptions, randomisationSpec } from './points.ts';
import type { SeedSequence } from './seed.ts';

/** How a {@link Korobov} is made. */
export interface KorobovOptions extends RandomisationOptions {
  /** d, coordinates per point. */
  readonly dimension: number;
  /** n, from 1 to 2^32 − 1. */
  readonly size: number;
  /** a, from 1 to 2^32 − 1; unless told, a search finds a good one, for n up to 8,192 in up to 1,000 dimensions. */
  readonly multiplier?: number | undefined;
  /** `shift` (unless told): a uniform shift modulo 1 per replication. */
  readonly randomize?: 'shift' | 'none' | undefined;
}

/**
 * A randomly shifted Korobov lattice of n points: xᵢ = (i/n)·(1, a, a², …) + Δ mod 1.
 *
 * Unless told, a is coprime to n and minimises the squared worst-case error P₂ with the weights γⱼ = 1/j²; of equally good ones it
 * is the lowest. The search takes time in proportion to n²·d at worst, a second at its limits.
 *
 * Source: N. M. Korobov, *The approximate computation of multiple integrals*, Dokl. Akad. Nauk SSSR 124, 1959; for the merit:
 * J. Dick, F. Y. Kuo, I. H. Sloan, *High-dimensional integration: the quasi-Monte Carlo way*, Acta Numerica 22, 2013, §5
 * (https://doi.org/10.1017/S0962492913000044).
 *
 * @example
 * ```ts
 * const korobov = new Korobov({ dimension: 2, size: 8, randomize: 'none' }); // a = 3
 * const x = korobov.points({ end: 8 }); // (0, 0), (0.125, 0.375), (0.25, 0.75), …
 * ```
 */
export class Korobov extends Lattice {
  readonly #options: KorobovOptions;
  /** a, which makes the generating vector. */
  readonly multiplier: number;

  /** @throws `QmcError` with code `bad-option` (dimension, size, multiplier, randomize, seed, replications) or `out-of-memory`. */
  constructor(options: KorobovOptions) {
    const { dimension, size, randomize, seed, replications } = options;
    const multiplier = multiplierOf(options);
    const vector = powers(multiplier, size, dimension);
    super({ dimension, vector, order: 'linear', size, randomize, seed, replications });
    this.#options = options;
    this.multiplier = multiplier;
  }

  /** The set as plain JSON, for `pointSet`. */
  override toJSON(): PointSetSpec {
    const { dimension, size, multiplier } = this;
    const { randomize } = this.#options;
    return { sequence: 'korobov', dimension, size, multiplier, randomize, ...randomisationSpec(this) };
  }

  /** The same kind of set with another seed. @internal */
  protected override respawn(seed: SeedSequence, dimension: number): Korobov {
    const multiplier = dimension === this.dimension ? this.multiplier : this.#options.multiplier;
    return new Korobov({ ...this.#options, multiplier, seed, dimension });
  }
}

const MOST = 2 ** 32 - 1;
/** What a search takes on: a second. */
const SEARCHED = { size: 2 ** 13, dimension: 1000 } as const;

function multiplierOf({ dimension, size, multiplier }: KorobovOptions): number {
  checkDimension(dimension);
  if (!isCount(size) || size > MOST) {
    throw fail('bad-option', `size: expected an integer from 1 to 2^32 − 1, got ${show(size)}`);
  }
  if (multiplier !== undefined) {
    if (isCount(multiplier) && multiplier <= MOST) return multiplier;
    throw fail('bad-option', `multiplier: expected an integer from 1 to 2^32 − 1, got ${show(multiplier)}`);
  }
  if (size > SEARCHED.size || dimension > SEARCHED.dimension) {
    const most = `size = ${SEARCHED.size} and dimension = ${SEARCHED.dimension}`;
    throw fail('bad-option', `multiplier: expected one, as the search goes up to ${most}, got undefined`);
  }
  coreMemory();
  return refusable(() => korobovMultiplier(size, dimension));
}

/** (1, a, a², …) mod n, exactly. */
function powers(multiplier: number, size: number, dimension: number): Uint32Array {
  const [a, n] = [BigInt(multiplier), BigInt(size)];
  let power = 1n;
  return outFor(undefined, dimension, Uint32Array).map(() => {
    const entry = Number(power % n);
    power = (power * a) % n;
    return entry;
  });
}
