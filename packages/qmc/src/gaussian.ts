import { checkLength, show } from '@gossamer/kit/errors';
import { factorCovariance } from '#wasm/simd';
import { checkWord, outFor } from './checks.ts';
import { fail } from './errors.ts';
import { coreMemory, refusable } from './instance.ts';
import { throughCore } from './normal.ts';
import { checkFinite, checkPoints, checkWithin, dimensionOf, expand, OPEN_UNIT } from './parameters.ts';

/**
 * How a covariance Σ is written as AAᵀ:
 *
 * - `pca`: A = V√Λ, eigenvalues in descending order, so that the first coordinates of a point matter most. The first entry
 *   of each eigenvector is positive, or if it is 0 up to rounding, the next one that is not.
 * - `cholesky`: A is lower triangular with a positive diagonal.
 */
export type CovarianceDecomposition = 'pca' | 'cholesky';

/** A normal distribution. At most one of `standardDeviation`, `covariance` and `factor` may be given. */
export interface GaussianOptions {
  /** μ, one number for all coordinates or d numbers; 0 unless told. */
  readonly mean?: number | Float64Array | undefined;
  /** σ ≥ 0 of independent coordinates, one number for all or d numbers; 1 unless told. */
  readonly standardDeviation?: number | Float64Array | undefined;
  /** Σ, row-major (d, d), symmetric and positive semidefinite, for `cholesky` definite. */
  readonly covariance?: Float64Array | undefined;
  /** How Σ is decomposed; `pca` unless told. */
  readonly decomposition?: CovarianceDecomposition | undefined;
  /** A with AAᵀ = Σ, row-major (d, d), from {@link covarianceFactor}: for many calls with one Σ. */
  readonly factor?: Float64Array | undefined;
}

/**
 * Points of (0, 1)^d to normally distributed ones: y = μ + A·Φ⁻¹(x), AAᵀ = Σ.
 *
 * @param x whole points, row-major: (…, d). Unrandomised sets begin with the point 0, which has no finite image: it is
 * refused.
 * @param out receives the points and is returned; made when it is left out. It may be `x` itself.
 * @throws `QmcError` with code `bad-value` (a coordinate outside (0, 1), with its index; a parameter that is not finite; a
 * covariance that is not symmetric or has a negative eigenvalue), `bad-length` (parameters, x, out), `bad-option`
 * (decomposition, two of the three that say the spread), `out-of-memory`, or `unsupported` on a host without WebAssembly
 * SIMD; `TypeError` when an array is no `Float64Array`.
 *
 * @example
 * ```ts
 * const covariance = Float64Array.of(9, 4, 4, 5);
 * toGaussian(Float64Array.of(0.5, 0.5), { mean: Float64Array.of(1, 2), covariance }); // 1, 2
 * ```
 */
export function toGaussian(x: Float64Array, options: GaussianOptions, out?: Float64Array): Float64Array {
  const { mean = 0, standardDeviation, covariance, decomposition, factor } = options;
  const told = Object.entries({ standardDeviation, covariance, factor }).filter(([, value]) => value !== undefined);
  if (told.length > 1) {
    const names = told.map(([name]) => name).join(' and ');
    throw fail('bad-option', `options: expected one of standardDeviation, covariance and factor, got ${names}`);
  }
  if (decomposition !== undefined && covariance === undefined) {
    throw fail('bad-option', `decomposition: only a covariance has one, got ${show(decomposition)}`);
  }
  const matrix = covariance === undefined ? factor : covarianceFactor(covariance, decomposition);
  const d = matrix === undefined ? dimensionOf({ mean, standardDeviation }) : sideOf('factor', matrix);
  if (mean instanceof Float64Array) checkLength('mean', mean, d, fail);
  const mu = expand('mean', mean, d);
  if (factor !== undefined) checkFinite('factor', factor);
  const spread = matrix ?? deviationsOf(standardDeviation ?? 1, d);
  checkPoints('x', x, d);
  checkWithin('x', x, OPEN_UNIT);
  return throughCore(x, outFor(out, x.length, Float64Array), { dimension: d, mean: mu, factor: spread });
}

/**
 * A with AAᵀ = Σ, row-major (d, d). Takes O(d³): a second at about d = 1000.
 *
 * @throws `QmcError` with code `bad-length` (no square), `bad-value` (not finite, not symmetric, a negative eigenvalue, for
 * `cholesky` not definite), `bad-option` (decomposition), `out-of-memory`, or `unsupported` on a host without WebAssembly
 * SIMD; `TypeError` when `covariance` is no `Float64Array`.
 *
 * @example
 * ```ts
 * const factor = covarianceFactor(Float64Array.of(9, 4, 4, 5), 'cholesky'); // 3, 0, 4/3, 1.795
 * ```
 */
export function covarianceFactor(
  covariance: Float64Array,
  decomposition: CovarianceDecomposition = 'pca',
): Float64Array {
  checkWord('decomposition', decomposition, ['pca', 'cholesky']);
  const d = sideOf('covariance', covariance);
  checkFinite('covariance', covariance);
  checkSymmetric(covariance, d);
  const factor = outFor(undefined, d * d, Float64Array);
  coreMemory();
  refusable(() => factorCovariance(covariance, d, decomposition === 'cholesky', factor));
  return factor;
}

function sideOf(name: string, matrix: Float64Array): number {
  if (!(matrix instanceof Float64Array)) throw new TypeError(`${name}: expected a Float64Array, got ${show(matrix)}`);
  const d = Math.round(Math.sqrt(matrix.length));
  if (d > 0 && d * d === matrix.length) return d;
  throw fail('bad-length', `${name}: expected d·d elements, got ${matrix.length}`);
}

/** Entries that were computed in two ways may differ by their rounding, which 2^-40 of the deviations' product allows. */
function checkSymmetric(covariance: Float64Array, d: number): void {
  const at = (i: number, j: number): number => covariance[i * d + j] as number;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) {
      if (Math.abs(at(i, j) - at(j, i)) <= 2 ** -40 * Math.sqrt(Math.abs(at(i, i) * at(j, j)))) continue;
      throw fail(
        'bad-value',
        `covariance: expected a symmetric matrix, got ${at(i, j)} in row ${i}, column ${j} and ${at(j, i)} there and back`,
      );
    }
  }
}

function deviationsOf(standardDeviation: number | Float64Array, d: number): Float64Array {
  const deviations = expand('standardDeviation', standardDeviation, d);
  const bad = deviations.findIndex((deviation) => deviation < 0);
  if (bad < 0) return deviations;
  const where = typeof standardDeviation === 'number' ? '' : `[${bad}]`;
  throw fail('bad-value', `standardDeviation${where}: expected a number from 0 on, got ${show(deviations[bad])}`);
}
