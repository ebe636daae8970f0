import { GpLikelihood } from '#wasm/simd';
import { blocks, elements, type Nodes } from './elements.ts';
import { coreMemory, refusable } from './instance.ts';
import { type CheckedKernel, withCore } from './kernel.ts';
import { type Minimum, minimise } from './minimise.ts';

/** Which hyper-parameters of a Gaussian process are fitted to the data, and for how long. */
export interface FitOptions {
  /** γ, one for each coordinate; fitted unless told. */
  readonly weights?: boolean | undefined;
  /** S; fitted unless told. */
  readonly scale?: boolean | undefined;
  /** σ²; kept unless told. */
  readonly noise?: boolean | undefined;
  /** The most steps; 200 unless told. */
  readonly iterations?: number | undefined;
}

/** How far a fit is. */
export interface FitProgress {
  /** Steps that were taken. */
  readonly iterations: number;
  /** log p(y) after them. */
  readonly logMarginalLikelihood: number;
}

/** Hyper-parameters. */
export interface Hyper {
  readonly weights: Float64Array;
  readonly scale: number;
  /** σ² */
  readonly noise: number;
}

/** How the logarithm of the marginal likelihood changes with those of the hyper-parameters. */
export interface LikelihoodGradient {
  /** ∂/∂log γⱼ */
  readonly weights: Float64Array;
  /** ∂/∂log S */
  readonly scale: number;
  /** ∂/∂log σ²; 0 without noise. */
  readonly noise: number;
}

/** Data, and the kernel of their prior but for the hyper-parameters. */
export interface Model {
  readonly nodes: Nodes;
  readonly kernel: CheckedKernel;
  /** T y */
  readonly spectrum: Float64Array;
}

/** What the fit may choose from: γ, σ²/S, and, where S has to be searched for, S as a multiple of the data's variance. */
const RANGES = { weight: [1e-6, 1e4], ratio: [1e-10, 1e4], scale: [1e-8, 1e8] } as const;
/** σ²/S to begin with, when nothing is known of the noise. */
const RATIO = 1e-2;

/** The marginal likelihood as the core has it, until `free` is called. */
class Evidence {
  readonly #core: GpLikelihood;
  readonly #out: Float64Array;

  constructor({ nodes, kernel, spectrum }: Model) {
    coreMemory();
    const lattice = nodes.points.group === 'lattice';
    this.#core = refusable(() => new GpLikelihood(lattice, spectrum, kernel.dimension));
    this.#out = new Float64Array(kernel.dimension + 4);
  }

  /** Takes the points, in steps. */
  *fill({ nodes, kernel }: Model): Generator<void, void, void> {
    const origin = elements(nodes, 0, 1);
    for (const { block } of blocks(nodes, 0, nodes.n)) {
      withCore(kernel, (core) => this.#core.add(core, block, origin));
      yield;
    }
  }

  /** log p(y), S, and the gradient by log γⱼ, log S and log σ²; without a `scale`, S is the most likely. */
  at(
    weights: Float64Array,
    scale: number | undefined,
    ratio: number,
  ): { value: number; scale: number; slopes: Float64Array } {
    refusable(() => this.#core.evaluate(weights, scale, ratio, this.#out));
    return { value: this.#out[0] as number, scale: this.#out[1] as number, slopes: this.#out.slice(2) };
  }

  free(): void {
    this.#core.free();
  }
}

/** log p(y) and its gradient at some hyper-parameters. */
export function evidenceAt(
  model: Model,
  { weights, scale, noise }: Hyper,
): { value: number; gradient: LikelihoodGradient } {
  const evidence = new Evidence(model);
  try {
    for (const _ of evidence.fill(model));
    const { value, slopes } = evidence.at(weights, scale, noise / scale);
    const d = weights.length;
    const gradient = { weights: slopes.slice(0, d), scale: slopes[d] as number, noise: slopes[d + 1] as number };
    return { value, gradient };
  } finally {
    evidence.free();
  }
}

/** The parameters of a search, all logarithms, and what they stand for. */
interface Chart {
  readonly start: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** γ, S (undefined: the most likely one) and σ²/S. */
  hyper(x: Float64Array): [weights: Float64Array, scale: number | undefined, ratio: number];
  /** The gradient by x, from the slopes by log γ, log S and log σ². */
  gradient(slopes: Float64Array): Float64Array;
}

/**
 * S alone has a closed form as long as σ²/S is given or searched for. With a σ² of its own it is one more parameter.
 *
 * @param variance of the data, above 0.
 */
function chart(from: Hyper, fit: FitOptions, variance: number): Chart {
  const d = from.weights.length;
  const { weights: byWeights = true, scale: byScale = true, noise: byNoise = false } = fit;
  const profiled = byScale && (byNoise || from.noise === 0);
  const parameters: Array<readonly [value: number, low: number, high: number, slope: number]> = [];
  if (byWeights) for (let j = 0; j < d; j++) parameters.push([from.weights[j] as number, ...RANGES.weight, j]);
  if (byScale && !profiled) parameters.push([from.scale, RANGES.scale[0] * variance, RANGES.scale[1] * variance, d]);
  if (byNoise) {
    const scale = profiled ? variance : from.scale;
    const ratio = from.noise === 0 ? RATIO : from.noise / scale;
    parameters.push(profiled ? [ratio, ...RANGES.ratio, d + 1] : [ratio * scale, ...times(RANGES.ratio, scale), d + 1]);
  }
  const logs = (of: (parameter: (typeof parameters)[number]) => number): Float64Array =>
    Float64Array.from(parameters, (parameter) => Math.log(of(parameter)));
  return {
    start: logs(([value, low, high]) => Math.min(Math.max(value, low), high)),
    lower: logs(([, low]) => low),
    upper: logs(([, , high]) => high),
    hyper(x) {
      const values = x.map(Math.exp);
      const weights = byWeights ? values.subarray(0, d) : from.weights;
      const last = values[values.length - 1] as number;
      if (profiled) return [weights, undefined, byNoise ? last : 0];
      const scale = byScale ? (values[byWeights ? d : 0] as number) : from.scale;
      return [weights, scale, (byNoise ? last : from.noise) / scale];
    },
    gradient: (slopes) => Float64Array.from(parameters, ([, , , slope]) => slopes[slope] as number),
  };
}

const times = (range: readonly [number, number], factor: number): [number, number] => [
  range[0] * factor,
  range[1] * factor,
];

/**
 * Maximises the marginal likelihood, from the hyper-parameters `from` on, in steps.
 *
 * @param variance of the data, above 0.
 */
export function* search(
  model: Model,
  from: Hyper,
  fit: FitOptions & { iterations: number },
  variance: number,
  onProgress: ((progress: FitProgress) => void) | undefined,
): Generator<void, { hyper: Hyper } & Omit<Minimum, 'x'>, void> {
  const { n } = model.nodes;
  const map = chart(from, fit, variance);
  const evidence = new Evidence(model);
  try {
    yield* evidence.fill(model);
    const steps = minimise(map.start, map, fit.iterations);
    const told = { iterations: 0, value: Number.NEGATIVE_INFINITY };
    let turn = steps.next();
    while (!turn.done) {
      const { x, iteration } = turn.value;
      if (iteration > told.iterations) {
        told.iterations = iteration;
        onProgress?.({ iterations: iteration, logMarginalLikelihood: told.value });
      }
      const { value, slopes } = evidence.at(...map.hyper(x));
      told.value = Math.max(told.value, value); // every step is a gain
      turn = steps.next({ value: -value / n, gradient: map.gradient(slopes).map((slope) => -slope / n) });
      yield;
    }
    const { x, iterations, converged } = turn.value;
    const [weights, scale, ratio] = map.hyper(x);
    const found = evidence.at(weights, scale, ratio);
    if (iterations > told.iterations) onProgress?.({ iterations, logMarginalLikelihood: found.value });
    const noise = fit.noise ? ratio * found.scale : from.noise;
    return { hyper: { weights, scale: found.scale, noise }, iterations, converged };
  } finally {
    evidence.free();
  }
}
