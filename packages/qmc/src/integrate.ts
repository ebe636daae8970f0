import { isCount, show } from '@gossamer/kit/errors';
import { type Block, blockBuffers, sumBlocks } from './block.ts';
import { fail } from './errors.ts';
import {
  type Confidence,
  type ConfidenceOptions,
  checkReplications,
  confidenceOf,
  type Estimate,
  estimateOf,
} from './estimate.ts';
import { type AsyncIntegrand, checkIntegrand, evaluate, evaluateSync, type Integrand } from './integrand.ts';
import type { PointSet } from './points.ts';
import { DyadicSums } from './sum.ts';

/** How an integral is computed. */
export interface IntegrateOptions extends ConfidenceOptions {
  /** Randomised points with two or more replications; about 10 to 30 give a good bound. */
  readonly points: PointSet;
  /** The error that is allowed; one of the two tolerances has to be given. */
  readonly absTol?: number | undefined;
  /** The error that is allowed, as a part of the integral; with both tolerances the larger error is allowed. */
  readonly relTol?: number | undefined;
  /** Points in each replication to begin with; 256 unless told, or fewer when `nMax` is below. */
  readonly nInit?: number | undefined;
  /** Points in each replication, at most; 2^20 unless told, or as many as there are. */
  readonly nMax?: number | undefined;
  /** Called after each doubling. */
  readonly onProgress?: ((refinement: Refinement) => void) | undefined;
}

/** What was known after one of the doublings. */
export interface Refinement {
  /** Points in each replication. */
  readonly n: number;
  /** The estimate of the integral. */
  readonly mean: number;
  /** Half the width of the confidence interval around it. */
  readonly bound: number;
  /** Time since the start. */
  readonly seconds: number;
}

/** An integral, how sure it is, and how it was found. */
export interface Integral extends Estimate {
  /** Whether the bound is within the tolerance. */
  readonly converged: boolean;
  /** What the reader of the result should know: that the tolerance was not met, that n does not suit the points. */
  readonly warnings: readonly string[];
  /** Time it took. */
  readonly seconds: number;
  /** One entry per doubling. */
  readonly history: readonly Refinement[];
}

/**
 * The integral of a function over [0, 1)^d to a tolerance.
 *
 * Every replication's mean is an unbiased estimate of its own, so their spread says how far their mean is off: a Student-t
 * interval, which holds with confidence 1 − alpha as far as the means are normally distributed. The number of points
 * doubles, and old values are kept, until bound ≤ max(absTol, relTol·(|mean| − bound)), so that mean is within the
 * tolerance of every integral in the interval; or until a doubling would pass `nMax`, which `converged` and `warnings` tell.
 *
 * Source: P. L'Ecuyer, M. K. Nakayama, A. B. Owen, B. Tuffin, *Confidence intervals for randomized quasi-Monte Carlo
 * estimators*, Winter Simulation Conference, 2023; the doubling as in QMCPy's CubQMCRepStudentT.
 *
 * @throws `QmcError` with code `bad-option` (points, tolerances, alpha, inflate, nInit, nMax), `bad-value` (the integrand
 * gave NaN or ±∞; which point it was is said), `bad-length` (a batch of values), `out-of-memory`; `TypeError` for
 * arguments and values of another type; whatever the integrand and `onProgress` throw; the reason of `signal`.
 *
 * @example
 * ```ts
 * const points = new Lattice({ dimension: 2, replications: 16, seed: 7 });
 * const { mean, bound } = await integrate(([x, y]) => Math.exp(x * y), { points, absTol: 1e-6 });
 * ```
 */
export async function integrate(
  integrand: AsyncIntegrand,
  options: IntegrateOptions & { readonly signal?: AbortSignal | undefined },
): Promise<Integral> {
  checkIntegrand(integrand);
  return evaluate(refine(settingsOf(options)), integrand, options.signal);
}

/**
 * {@link integrate} without promises: it returns when it is done, and nothing else happens meanwhile.
 *
 * @throws as {@link integrate}.
 *
 * @example
 * ```ts
 * const points = new Lattice({ dimension: 2, replications: 16, seed: 7 });
 * const { mean, bound } = integrateSync(([x, y]) => Math.exp(x * y), { points, absTol: 1e-6 });
 * ```
 */
export function integrateSync(integrand: Integrand, options: IntegrateOptions): Integral {
  checkIntegrand(integrand);
  return evaluateSync(refine(settingsOf(options)), integrand);
}

/** Options that were checked. */
interface Settings extends Confidence {
  readonly points: PointSet;
  readonly absTol: number;
  readonly relTol: number;
  readonly nInit: number;
  readonly nMax: number;
  readonly onProgress: ((refinement: Refinement) => void) | undefined;
}

function settingsOf({ points, absTol, relTol, nInit, nMax, onProgress, ...confidence }: IntegrateOptions): Settings {
  checkReplications(points);
  if (absTol === undefined && relTol === undefined) {
    throw fail('bad-option', 'absTol: expected a positive number, or one as relTol, got neither');
  }
  const most = countOf('nMax', nMax ?? Math.min(2 ** 20, points.size), points.size);
  return {
    points,
    absTol: toleranceOf('absTol', absTol),
    relTol: toleranceOf('relTol', relTol),
    nInit: countOf('nInit', nInit ?? Math.min(256, most), most),
    nMax: most,
    onProgress,
    ...confidenceOf(confidence),
  };
}

function toleranceOf(name: string, tolerance: number | undefined): number {
  if (tolerance === undefined) return 0;
  if (Number.isFinite(tolerance) && tolerance > 0) return tolerance;
  throw fail('bad-option', `${name}: expected a positive number, got ${show(tolerance)}`);
}

function countOf(name: string, count: number, most: number): number {
  if (isCount(count) && count <= most) return count;
  throw fail('bad-option', `${name}: expected an integer from 1 to ${most}, got ${show(count)}`);
}

function* refine(settings: Settings): Generator<Block, Integral, void> {
  const { points, nInit, nMax, absTol, relTol } = settings;
  const started = performance.now();
  const buffers = blockBuffers(points, nMax);
  const sums = new DyadicSums(points.replications);
  const history: Refinement[] = [];
  for (let [start, n] = [0, nInit]; ; [start, n] = [n, 2 * n]) {
    yield* sumBlocks(points, { start, end: n }, sums, buffers);
    const estimate = estimateOf(sums.total(), n, settings);
    const { mean, bound } = estimate;
    const seconds = (performance.now() - started) / 1000;
    const refinement = { n, mean, bound, seconds };
    history.push(refinement);
    settings.onProgress?.(refinement);
    const converged = bound <= Math.max(absTol, relTol * (Math.abs(mean) - bound));
    if (converged || 2 * n > nMax) {
      return { ...estimate, converged, warnings: warningsOf(points, estimate, converged), seconds, history };
    }
  }
}

function warningsOf(points: PointSet, { n, bound }: Estimate, converged: boolean): string[] {
  const warnings: string[] = [];
  if (!converged) warnings.push(`tolerance not met: the bound is ${bound} with n = ${n} points in each replication`);
  if (bound === 0)
    warnings.push('all replications gave the same mean: they can have missed what the integrand does elsewhere');
  const uneven = points.uneven(n);
  if (uneven) warnings.push(`n = ${n} ${uneven}: the points are less even than others would be`);
  return warnings;
}
