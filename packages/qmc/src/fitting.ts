import { isCount, show } from '@gossamer/kit/errors';
import { checkArray, outFor } from './checks.ts';
import { checkMatch, checkNodes, type Nodes } from './elements.ts';
import { fail } from './errors.ts';
import { type FitOptions, type FitProgress, type Hyper, type Model, search } from './evidence.ts';
import { checkNoise, Gram } from './gram.ts';
import { checkKernel, type Kernel } from './kernel.ts';
import type { PointSet } from './points.ts';
import { doubledSpectrum, forward } from './spectrum.ts';

/** What a {@link GaussianProcess} is fitted to. */
export interface GaussianProcessOptions {
  /** A lattice in radical inverse order, for a `shift-invariant` kernel, or a digital net in any order, for the others. */
  readonly points: PointSet;
  /** How many of its points, from the first on: 2^m. */
  readonly n: number;
  /** The n values that were observed at them. */
  readonly y: Float64Array;
  /** The prior's covariance; the fit begins with its weights and scale. */
  readonly kernel: Kernel;
  /** σ² ≥ 0, the variance of the observations' independent errors; 0 unless told. A fit of the noise begins with it. */
  readonly noise?: number | undefined;
  /** Which hyper-parameters are fitted; `false` keeps them all. */
  readonly fit?: FitOptions | false | undefined;
  /** Which replication of the points; 0 unless told. */
  readonly replication?: number | undefined;
}

/** Everything that a process is made of. */
export interface Parts {
  readonly kernel: Kernel;
  readonly fit: FitOptions | false;
  readonly nodes: Nodes;
  readonly hyper: Hyper;
  /** T y */
  readonly spectrum: Float64Array;
  readonly fitted: { readonly iterations: number; readonly converged: boolean } | undefined;
  /** Where it is known already. */
  readonly gram?: Gram;
}

type Watch = ((progress: FitProgress) => void) | undefined;

/** Checks the options, then fits, in steps. */
export function* fresh(options: GaussianProcessOptions, watch: Watch): Generator<void, Parts, void> {
  const { points, n, y, kernel, noise = 0, fit = {}, replication } = options;
  const nodes = checkNodes(points, n, replication);
  const checked = checkKernel(kernel, points.dimension);
  checkMatch(checked, points);
  checkNoise(noise);
  checkFit(fit);
  const spectrum = spectrumOf(y, nodes);
  const { weights, scale } = checked;
  const free = kernel.scale === undefined && fit !== false && fit.scale !== false;
  const from = { weights, scale: free ? varianceOf(spectrum) : scale, noise };
  return yield* fitted({ kernel, fit, nodes, hyper: from, spectrum, fitted: undefined }, watch);
}

/** The parts of the process of twice as many points, with y at the second half of them. */
export function* doubled(parts: Parts, gram: Gram, y: Float64Array, watch: Watch): Generator<void, Parts, void> {
  const { points, n, replication } = parts.nodes;
  const nodes = checkNodes(points, 2 * n, replication);
  const spectrum = doubledSpectrum(parts.spectrum, spectrumOf(y, parts.nodes), points);
  if (parts.fit === false) return { ...parts, nodes, spectrum, gram: gram.double() };
  return yield* fitted({ ...parts, nodes, spectrum }, watch);
}

function* fitted(parts: Parts, watch: Watch): Generator<void, Parts, void> {
  const { fit, nodes, hyper, spectrum, kernel } = parts;
  if (fit === false) return parts;
  const variance = varianceOf(spectrum);
  if (variance === 0) {
    throw fail('bad-value', 'y: expected values that differ by more than their rounding, or no fit, got equal ones');
  }
  if (hyper.noise === 0 && !fit.noise) new Gram({ ...nodes, kernel }).checkDistinct(); // before it takes long
  const model: Model = { nodes, kernel: checkKernel(kernel, nodes.points.dimension), spectrum };
  const { iterations = ITERATIONS } = fit;
  const { hyper: found, ...course } = yield* search(model, hyper, { ...fit, iterations }, variance, watch);
  return { ...parts, hyper: found, fitted: course };
}

/** Steps of a fit, unless told. */
const ITERATIONS = 200;

function checkFit(fit: FitOptions | false): void {
  if (fit === false) return;
  if (typeof fit !== 'object' || fit === null)
    throw new TypeError(`fit: expected an object or false, got ${show(fit)}`);
  if (fit.iterations === undefined || isCount(fit.iterations)) return;
  throw fail('bad-option', `fit.iterations: expected a positive integer, got ${show(fit.iterations)}`);
}

function spectrumOf(y: Float64Array, { n, points }: Nodes): Float64Array {
  checkArray('y', y, n);
  const bad = y.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw fail('bad-value', `y[${bad}]: expected a finite number, got ${show(y[bad])}`);
  const spectrum = outFor(undefined, n, Float64Array);
  spectrum.set(y);
  forward(spectrum, points);
  return spectrum;
}

/** The variance of y; 0 if it is below the rounding of the transform, 2^−45 of a deviation. */
function varianceOf(spectrum: Float64Array): number {
  const first = (spectrum[0] as number) ** 2;
  const rest = spectrum.reduce((sum, value, i) => (i === 0 ? sum : sum + value ** 2), 0);
  return rest <= 2 ** -90 * first ? 0 : rest / spectrum.length;
}
