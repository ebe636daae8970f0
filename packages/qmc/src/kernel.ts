import { isCount, show } from '@gossamer/kit/errors';
import { ProductKernel } from '#wasm/simd';
import { checkWord } from './checks.ts';
import { fail } from './errors.ts';
import { coreMemory, refusable } from './instance.ts';

/**
 * A product kernel, K(x, z) = S·Πⱼ (1 + γⱼ·K̃(xⱼ ∘ zⱼ)). Its mean over z is S at every x.
 *
 * - `shift-invariant`: δ = x − z mod 1 and K̃_α(δ) = (−1)^{α+1} (2π)^{2α}/(2α)!·B_{2α}(δ) = Σ_{k≠0} k^{−2α} e^{2πikδ}, with the
 *   Bernoulli polynomials B. Functions are periodic, with α derivatives.
 * - `digital`: δ = x ⊕ z, digit by digit in base 2, and K̃_α(δ) = Σ_{k≥1} 2^{−μ_α(k)} wal_k(δ), where μ_α(k) sums the positions
 *   of the α highest bits of k; K̃_1 = ½ Σ_{k≥1} 4^{−⌊log₂k⌋} wal_k. Functions need not be periodic.
 * - `digital-adaptive`: K̃_α(δ) = Σ_{k≥1} 2^{−(α+1)⌊log₂k⌋} wal_k(δ), for any real α > 0.
 *
 * Sources: V. Kaarnioja, F. Y. Kuo, I. H. Sloan, *Lattice-based kernel approximation and serendipitous weights*, MCQMC 2022;
 * J. Dick, *The decay of the Walsh coefficients of smooth functions*, Bull. Aust. Math. Soc. 80(3), 2009; A. G. Sorokin, arXiv
 * 2502.14256.
 */
export interface Kernel {
  readonly type: 'shift-invariant' | 'digital' | 'digital-adaptive';
  /** α, for all coordinates or one each; 2 unless told. Up to 5 (`shift-invariant`) or 4 (`digital`), or any α > 0. */
  readonly alpha?: number | ArrayLike<number> | undefined;
  /**
   * In place of α: K̃ = Σ_p a_p·K̃_p with these a_1, a_2, … ≥ 0, not all 0, for all coordinates or a list for each. Not for
   * `digital-adaptive`.
   */
  readonly combine?: ArrayLike<number> | ArrayLike<ArrayLike<number>> | undefined;
  /** γ > 0, for all coordinates or one each; 2^{1/d} − 1 unless told, so that Πⱼ(1 + γⱼ) = 2. */
  readonly weights?: number | ArrayLike<number> | undefined;
  /** S > 0; 1 unless told. */
  readonly scale?: number | undefined;
}

const TYPES = ['shift-invariant', 'digital', 'digital-adaptive'] as const;
/** How many shares of α the core takes for each coordinate. */
export const SHARES = 5;

/** A kernel that was checked, for d coordinates. */
export interface CheckedKernel {
  readonly type: Kernel['type'];
  readonly dimension: number;
  /** Shares of α = 1 … 5, (d, 5), or a real α each, (d). */
  readonly parameters: Float64Array;
  readonly weights: Float64Array;
  readonly scale: number;
}

/** @throws `bad-option` (kernel), `bad-length` (a list of another length than `dimension`), `TypeError` for no object. */
export function checkKernel(kernel: Kernel, dimension: number): CheckedKernel {
  if (typeof kernel !== 'object' || kernel === null) {
    throw new TypeError(`kernel: expected an object, got ${show(kernel)}`);
  }
  const { type, alpha = 2, combine, weights = 2 ** (1 / dimension) - 1, scale = 1 } = kernel;
  checkWord('kernel.type', type, TYPES);
  return {
    type,
    dimension,
    parameters: combine === undefined ? alphas(type, alpha, dimension) : combination(kernel, combine, dimension),
    weights: each('kernel.weights', weights, dimension, isPositive, 'a number > 0'),
    scale: each('kernel.scale', scale, 1, isPositive, 'a number > 0')[0] as number,
  };
}

/** The largest integer α. */
const most = (type: Kernel['type']): number => (type === 'digital' ? 4 : SHARES);

function alphas(type: Kernel['type'], alpha: number | ArrayLike<number>, dimension: number): Float64Array {
  if (type === 'digital-adaptive') return each('kernel.alpha', alpha, dimension, isPositive, 'a number > 0');
  const isAlpha = (value: number): boolean => isCount(value) && value <= most(type);
  const values = each('kernel.alpha', alpha, dimension, isAlpha, `an integer from 1 to ${most(type)}`);
  const shares = new Float64Array(SHARES * dimension);
  for (const [j, value] of values.entries()) shares[SHARES * j + value - 1] = 1;
  return shares;
}

function combination(
  { type, alpha }: Kernel,
  combine: ArrayLike<number> | ArrayLike<ArrayLike<number>>,
  dimension: number,
): Float64Array {
  if (type === 'digital-adaptive' || alpha !== undefined) {
    const other = alpha === undefined ? "a kernel of type 'digital-adaptive'" : 'alpha as well';
    throw fail('bad-option', `kernel.combine: expected a kernel with either alpha or combine, got ${other}`);
  }
  const one = typeof combine[0] === 'number';
  if (!one && combine.length !== dimension) {
    throw fail('bad-length', `kernel.combine: expected numbers or ${dimension} lists, got ${combine.length} elements`);
  }
  const all = new Float64Array(SHARES * dimension);
  for (let j = 0; j < dimension; j++) {
    const name = one ? 'kernel.combine' : `kernel.combine[${j}]`;
    all.set(sharesOf(name, (one ? combine : combine[j]) as ArrayLike<number>, most(type)), SHARES * j);
  }
  return all;
}

function sharesOf(name: string, list: ArrayLike<number>, longest: number): number[] {
  const shares = Array.from(list);
  if (shares.length > longest) {
    throw fail('bad-length', `${name}: expected at most ${longest} elements, got ${shares.length}`);
  }
  if (shares.every((share) => share >= 0 && Number.isFinite(share)) && shares.some((share) => share > 0)) return shares;
  throw fail('bad-option', `${name}: expected numbers >= 0, not all of them 0, got ${show(shares)}`);
}

const isPositive = (value: number): boolean => value > 0 && Number.isFinite(value);

/** One value for all, or one each. */
function each(
  name: string,
  values: number | ArrayLike<number>,
  dimension: number,
  holds: (value: number) => boolean,
  expected: string,
): Float64Array {
  const one = typeof values !== 'object' || values === null;
  if (!one && values.length !== dimension) {
    throw fail('bad-length', `${name}: expected a number or ${dimension} elements, got ${show(values.length)}`);
  }
  const list = one ? new Array<number>(dimension).fill(values) : Array.from(values);
  const bad = list.findIndex((value) => typeof value !== 'number' || !holds(value));
  if (bad < 0) return Float64Array.from(list);
  throw fail('bad-option', `${one ? name : `${name}[${bad}]`}: expected ${expected}, got ${show(list[bad])}`);
}

/**
 * Runs `use` with the core's kernel, which knows no scale.
 *
 * @param orders β₀ and β₁ per coordinate, (d, 2).
 */
export function withCore<T>(kernel: CheckedKernel, use: (core: ProductKernel) => T, orders?: Uint8Array): T {
  coreMemory();
  const { type, parameters, weights } = kernel;
  const core = refusable(() => new ProductKernel(TYPES.indexOf(type), parameters, orders, weights));
  try {
    return refusable(() => use(core));
  } finally {
    core.free();
  }
}
