import { isCount, show } from '@gossamer/kit/errors';
import { runSliced } from '@gossamer/kit/host';
import { outFor } from './checks.ts';
import { fail } from './errors.ts';
import { fractionsIn } from './evaluate-kernel.ts';
import { evidenceAt, type FitProgress, type LikelihoodGradient } from './evidence.ts';
import { doubled, fresh, type GaussianProcessOptions, type Parts } from './fitting.ts';
import { Gram } from './gram.ts';
import { type CheckedKernel, checkKernel, type Kernel } from './kernel.ts';
import type { PointSet } from './points.ts';
import { Posterior, type Prediction } from './posterior.ts';
import type { Seed } from './seed.ts';
import { FLOOR } from './spectrum.ts';

/** How a fit is watched. */
export interface FitRun {
  /** Called after each step. */
  readonly onProgress?: ((progress: FitProgress) => void) | undefined;
}

/** How a fit is watched and ended. */
export interface AsyncFitRun extends FitRun {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gaussian-process regression on the first n points of a lattice or a digital net, in O(n log n) operations per step of the fit
 * and O(n) memory: f ~ N(τ, K), y = f + noise. It is a plain value; nothing needs disposal.
 *
 * τ is constant, and its most likely value the mean of y. The fit maximises the marginal likelihood, along its exact gradient,
 * in the logarithms of γⱼ from 10⁻⁶ to 10⁴ and of σ²/S from 10⁻¹⁰ to 10⁴; S has a closed form. Predictions take the
 * hyper-parameters for certain. Eigenvalues below 2.2e−14 of the largest are raised to it, as by so much noise.
 *
 * Source: A. G. Sorokin, arXiv 2502.14256; R. Jagadeeswaran, F. J. Hickernell, *Fast automatic Bayesian cubature using lattice
 * sampling*, Stat. Comput. 29, 2019 (https://doi.org/10.1007/s11222-019-09895-9).
 *
 * @example
 * ```ts
 * const points = new Sobol({ dimension: 1, seed: 7 });
 * const y = points.points({ end: 64 }).map((x) => Math.abs(x - 0.3));
 * const process = await GaussianProcess.fit({ points, n: 64, y, kernel: { type: 'digital', alpha: 2 } });
 * const { mean, variance } = process.predict(Float64Array.of(0.2, 0.6)); // near 0.1 and 0.3
 * ```
 */
export class GaussianProcess {
  readonly points: PointSet;
  /** How many points. */
  readonly n: number;
  /** Which replication of the points. */
  readonly replication: number;
  /** The prior's covariance, with the weights γ and the scale S that were fitted. */
  readonly kernel: Kernel;
  /** σ² */
  readonly noise: number;
  /** τ, the prior's mean. */
  readonly mean: number;
  /** log p(y) at these hyper-parameters. */
  readonly logMarginalLikelihood: number;
  /** How the fit went, if there was one: `converged` is false when its iterations did not suffice. */
  readonly fitted: { readonly iterations: number; readonly converged: boolean } | undefined;
  /** The matrix of the observations' covariance. */
  readonly gram: Gram;
  readonly #parts: Parts;
  readonly #kernel: CheckedKernel;
  readonly #posterior: Posterior;

  private constructor(parts: Parts) {
    const { kernel, nodes, hyper, spectrum, fitted } = parts;
    const { points, n, replication } = nodes;
    this.points = points;
    this.n = n;
    this.replication = replication;
    this.kernel = { ...kernel, weights: hyper.weights, scale: hyper.scale };
    this.noise = hyper.noise;
    this.fitted = fitted;
    this.#kernel = checkKernel(this.kernel, points.dimension);
    this.#parts = parts;
    this.gram = parts.gram ?? new Gram({ points, n, kernel: this.kernel, noise: hyper.noise, replication });
    this.gram.checkDistinct();
    this.mean = (spectrum[0] as number) / Math.sqrt(n);
    const floor = FLOOR * this.gram.eigenvalues.reduce((most, lambda) => Math.max(most, lambda), 0);
    const eigenvalues = this.gram.eigenvalues.map((lambda) => Math.max(lambda, floor));
    this.logMarginalLikelihood = logLikelihood(spectrum, eigenvalues);
    const { mean } = this;
    this.#posterior = new Posterior({
      nodes,
      kernel: this.kernel,
      checked: this.#kernel,
      mean,
      spectrum,
      eigenvalues,
    });
  }

  /**
   * Fits a process. Long fits let the host in between their evaluations, each of which takes O(n log n + n d).
   *
   * @throws `QmcError` with code `bad-option` (points without a group, n, replication, kernel, noise, fit), `bad-length` (y, lists of
   * the kernel), `bad-value` (y not finite, or all equal, so that S is 0), `singular` (points that come twice, without
   * noise), `out-of-memory`, or `unsupported` on a host without WebAssembly SIMD; `TypeError` when `y` is no `Float64Array`;
   * the reason of `signal`; whatever `onProgress` throws.
   */
  static async fit(
    options: GaussianProcessOptions,
    { signal, onProgress }: AsyncFitRun = {},
  ): Promise<GaussianProcess> {
    signal?.throwIfAborted();
    return new GaussianProcess(await runSliced(fresh(options, onProgress), () => signal?.throwIfAborted()));
  }

  /**
   * The same in one go.
   *
   * @throws as {@link GaussianProcess.fit}.
   */
  static fitSync(options: GaussianProcessOptions, { onProgress }: FitRun = {}): GaussianProcess {
    return new GaussianProcess(finish(fresh(options, onProgress)));
  }

  /**
   * The distributions of f at test points, each in O(n log n + n d).
   *
   * @param x m points of [0, 1)^d, row-major.
   * @param out receives the m means and variances and is returned; made when it is left out.
   * @throws `QmcError` with code `bad-length` (x, out), `bad-value` (a coordinate outside [0, 1)) or `out-of-memory`;
   * `TypeError` when an array is of another type.
   */
  predict(x: Float64Array | BigUint64Array, out?: Prediction): Prediction {
    const tests = fractionsIn('x', x, this.points.dimension);
    const m = tests.length / this.points.dimension;
    const mean = outFor(out?.mean, m, Float64Array);
    const variance = outFor(out?.variance, m, Float64Array);
    const prediction = out ?? { mean, variance };
    this.#posterior.predict(tests, prediction);
    return prediction;
  }

  /**
   * The means alone, each in O(n d).
   *
   * @param x m points of [0, 1)^d, row-major.
   * @param out receives the m means and is returned; made when it is left out.
   * @throws as {@link GaussianProcess.predict}.
   */
  predictMean(x: Float64Array | BigUint64Array, out?: Float64Array): Float64Array {
    const tests = fractionsIn('x', x, this.points.dimension);
    return this.#posterior.means(tests, outFor(out, tests.length / this.points.dimension, Float64Array));
  }

  /**
   * Draws functions f and evaluates them at test points, jointly: takes O(m·n log n + m²n + m³) and m·n numbers.
   *
   * @param x m points of [0, 1)^d, row-major.
   * @param count how many functions.
   * @param seed what they are drawn from; fresh randomness of the host unless told.
   * @returns row-major (count, m).
   * @throws as {@link GaussianProcess.predict}; `bad-option` (count, seed).
   */
  sample(x: Float64Array | BigUint64Array, count: number, seed?: Seed): Float64Array {
    if (!isCount(count)) throw fail('bad-option', `count: expected a positive integer, got ${show(count)}`);
    return this.#posterior.draw(fractionsIn('x', x, this.points.dimension), count, seed);
  }

  /**
   * How log p(y) changes with the hyper-parameters; at those that were fitted, by nearly 0. Takes O(n log n + n d) and n·d
   * numbers.
   *
   * @throws `QmcError` with code `out-of-memory`.
   */
  gradient(): LikelihoodGradient {
    const { nodes, hyper, spectrum } = this.#parts;
    return evidenceAt({ nodes, kernel: this.#kernel, spectrum }, hyper).gradient;
  }

  /**
   * The distribution of f's integral over [0, 1)^d: Bayesian cubature. Its mean is that of y.
   */
  get integral(): { readonly mean: number; readonly variance: number } {
    const { scale } = this.#kernel;
    const rest = scale * this.gram.excess + this.noise; // λ₁ − n·S, with nothing cancelled
    const first = this.gram.eigenvalues[0] as number;
    return { mean: this.mean, variance: Math.max(0, (scale * rest) / first) };
  }

  /**
   * The process of the first 2n points. What was transformed of y is used again, and without a fit what was computed of the
   * kernel; a fit begins with these hyper-parameters.
   *
   * @param y the n values that were observed at the points n … 2n − 1.
   * @throws as {@link GaussianProcess.fit}.
   */
  async double(y: Float64Array, { signal, onProgress }: AsyncFitRun = {}): Promise<GaussianProcess> {
    signal?.throwIfAborted();
    const steps = doubled(this.#parts, this.gram, y, onProgress);
    return new GaussianProcess(await runSliced(steps, () => signal?.throwIfAborted()));
  }

  /**
   * The same in one go.
   *
   * @throws as {@link GaussianProcess.fit}.
   */
  doubleSync(y: Float64Array, { onProgress }: FitRun = {}): GaussianProcess {
    return new GaussianProcess(finish(doubled(this.#parts, this.gram, y, onProgress)));
  }
}

/** Runs all steps at once. */
function finish<Result>(steps: Generator<void, Result, void>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** log N(y; τ, K + σ²I) from T y and the eigenvalues. */
function logLikelihood(spectrum: Float64Array, eigenvalues: Float64Array): number {
  let sum = spectrum.length * Math.log(2 * Math.PI);
  for (const [i, lambda] of eigenvalues.entries()) {
    sum += Math.log(lambda) + (i === 0 ? 0 : (spectrum[i] as number) ** 2 / lambda);
  }
  return -sum / 2;
}
