import { show } from '@gossamer/kit/errors';
import { fail } from './errors.ts';
import { PointSet } from './points.ts';
import { studentQuantile } from './student.ts';

/** How sure an error bound is. */
export interface ConfidenceOptions {
  /** The chance that the bound is too small, from 1e-100 to 0.5; 0.01 unless told, which is a confidence of 99 %. */
  readonly alpha?: number | undefined;
  /** A factor of the bound for those who trust it less, at least 1; 1 unless told. */
  readonly inflate?: number | undefined;
}

/** An integral over [0, 1)^d with an error bound. */
export interface Estimate {
  /** The mean of the replications' means. */
  readonly mean: number;
  /** Half the width of the confidence interval around it. */
  readonly bound: number;
  /** mean − bound */
  readonly lower: number;
  /** mean + bound */
  readonly upper: number;
  /** Points in each replication. */
  readonly n: number;
  /** How many values of the integrand are in it: n times the replications. */
  readonly evaluations: number;
}

/** Options that were checked. */
export interface Confidence {
  readonly alpha: number;
  readonly inflate: number;
}

/** @throws `bad-option` (alpha, inflate). */
export function confidenceOf({ alpha = 0.01, inflate = 1 }: ConfidenceOptions): Confidence {
  if (!Number.isFinite(alpha) || alpha < 1e-100 || alpha > 0.5) {
    throw fail('bad-option', `alpha: expected a number from 1e-100 to 0.5, got ${show(alpha)}`);
  }
  if (!Number.isFinite(inflate) || inflate < 1) {
    throw fail('bad-option', `inflate: expected a number of at least 1, got ${show(inflate)}`);
  }
  return { alpha, inflate };
}

/**
 * A Student-t interval over independent replications, each the mean of n values: μ̂ ± inflate·t·s/√R, where s² is the sample
 * variance of the R means and t the quantile 1 − alpha/2 for R − 1 degrees of freedom.
 *
 * Source: P. L'Ecuyer, M. K. Nakayama, A. B. Owen, B. Tuffin, *Confidence intervals for randomized quasi-Monte Carlo
 * estimators*, Winter Simulation Conference, 2023.
 *
 * @throws `bad-value` when the sums or what is computed of them overflow.
 */
export function estimateOf(sums: Float64Array, n: number, { alpha, inflate }: Confidence): Estimate {
  const replications = sums.length;
  const means = sums.map((sum) => sum / n);
  const first = means[0] as number; // taken off and put back, so that equal means give exactly that mean
  const mean = first + means.reduce((total, each) => total + (each - first), 0) / replications;
  const scale = means.reduce((most, each) => Math.max(most, Math.abs(each - mean)), 0) || 1; // squares would under- or overflow
  const squares = means.reduce((total, each) => total + ((each - mean) / scale) ** 2, 0);
  const s = scale * Math.sqrt(squares / (replications - 1));
  const bound = (inflate * studentQuantile(alpha / 2, replications - 1) * s) / Math.sqrt(replications);
  if (!Number.isFinite(mean) || !Number.isFinite(bound)) {
    throw fail('bad-value', `integrand: the sum of ${n} values is too large for a number`);
  }
  return { mean, bound, lower: mean - bound, upper: mean + bound, n, evaluations: n * replications };
}

/** @throws `TypeError` for no point set; `bad-option` for fewer than two replications, or such as are not random enough. */
export function checkReplications(points: PointSet): void {
  if (!(points instanceof PointSet)) throw new TypeError(`points: expected a PointSet, got ${show(points)}`);
  if (points.replications < 2) {
    throw fail('bad-option', `points: expected at least 2 replications, got ${points.replications}`);
  }
  if (!points.unbiased) {
    throw fail(
      'bad-option',
      'points: expected a randomisation that makes every point uniform, by a shift or permutations',
    );
  }
}
