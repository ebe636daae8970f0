import { isCount, show } from '@gossamer/kit/errors';
import { GlaError } from './errors.ts';

/** Maps that fla applies to q and k before the recurrence (`feature_map`); its gelu is the tanh form. */
export type FeatureMap = 'relu' | 'sigmoid' | 'logsigmoid' | 'swish' | 'sqrelu' | 'gelu';

/** Shape and options of a GLA layer, named as in flash-linear-attention's `GatedLinearAttention`. */
export interface GlaLayerConfig {
  /** Model width h. */
  readonly hiddenSize: number;
  /** Query heads H. */
  readonly heads: number;
  /** Key/value heads, a divisor of `heads`; default `heads`. */
  readonly kvHeads?: number;
  /** Key width over h; default 0.5. `hiddenSize · expandK` must be a multiple of `heads`. */
  readonly expandK?: number;
  /** Value width over h; default 1. */
  readonly expandV?: number;
  /** Map of q and k; default none. */
  readonly featureMap?: FeatureMap | null;
  /** Taps of the causal depthwise convolution of q, k and v, followed by swish; default none. */
  readonly convSize?: number | null;
  /** Per-head RMSNorm gated by swish(g_proj x) when true (default), plain per-head RMSNorm when false. */
  readonly outputGate?: boolean;
  /** Whether the per-head norm has a weight; default true. */
  readonly elementwiseAffine?: boolean;
  /** Lower bound of the log gate after the division by τ, ≤ 0; default none. */
  readonly clampMin?: number | null;
  /** τ of g = logσ(·)/τ (paper §4.4); default 16. */
  readonly gateLogitNormalizer?: number;
  /** Rank of the gate projection (paper §4.4); default 16. */
  readonly gateLowRankDim?: number;
  /** ε of the per-head RMSNorm; default 1e-5. */
  readonly normEps?: number;
}

/** A checked {@link GlaLayerConfig} with every default filled in and the derived sizes. */
export interface LayerShape {
  readonly hiddenSize: number;
  readonly heads: number;
  readonly kvHeads: number;
  /** K and V: sizes per head. */
  readonly keySize: number;
  readonly valueSize: number;
  /** Widths of q and g/o, and of k and v. */
  readonly queryDim: number;
  readonly valueDim: number;
  readonly kvKeyDim: number;
  readonly kvValueDim: number;
  readonly featureMap: FeatureMap | undefined;
  readonly convSize: number | undefined;
  readonly outputGate: boolean;
  readonly elementwiseAffine: boolean;
  readonly clampMin: number;
  readonly gateLogitNormalizer: number;
  readonly gateLowRankDim: number;
  readonly normEps: number;
}

const FEATURE_MAPS: readonly string[] = [
  'relu',
  'sigmoid',
  'logsigmoid',
  'swish',
  'sqrelu',
  'gelu',
] satisfies FeatureMap[];

/** Most elements a dimension may have: keeps every product of two of them exact and every byte count meaningful. */
const MAX_DIM = 2 ** 20;

/** Checks a layer's configuration. */
export function layerShape(config: GlaLayerConfig): LayerShape {
  const { hiddenSize, heads, kvHeads = heads, convSize, featureMap, clampMin } = config;
  const { expandK = 0.5, expandV = 1, gateLogitNormalizer = 16, gateLowRankDim = 16, normEps = 1e-5 } = config;
  checkDim('hiddenSize', hiddenSize);
  checkDim('heads', heads);
  checkDim('kvHeads', kvHeads);
  checkDim('gateLowRankDim', gateLowRankDim);
  if (heads % kvHeads !== 0) {
    throw new GlaError('bad-shape', `kvHeads: expected a divisor of heads = ${heads}, got ${kvHeads}`);
  }
  const queryDim = width('expandK', hiddenSize, expandK, heads);
  const valueDim = width('expandV', hiddenSize, expandV, heads);
  if (convSize != null) checkDim('convSize', convSize);
  if (featureMap != null && !FEATURE_MAPS.includes(featureMap)) {
    throw new GlaError(
      'unsupported',
      `featureMap: expected one of ${FEATURE_MAPS.join(', ')}, got ${show(featureMap)}`,
    );
  }
  checkReal('gateLogitNormalizer', gateLogitNormalizer, gateLogitNormalizer > 0, 'a positive number');
  checkReal('normEps', normEps, normEps >= 0, 'a number ≥ 0');
  if (clampMin != null) checkReal('clampMin', clampMin, clampMin <= 0, 'a number ≤ 0');
  const keySize = queryDim / heads;
  const valueSize = valueDim / heads;
  return {
    hiddenSize,
    heads,
    kvHeads,
    keySize,
    valueSize,
    queryDim,
    valueDim,
    kvKeyDim: keySize * kvHeads,
    kvValueDim: valueSize * kvHeads,
    featureMap: featureMap ?? undefined,
    convSize: convSize ?? undefined,
    outputGate: config.outputGate ?? true,
    elementwiseAffine: config.elementwiseAffine ?? true,
    clampMin: clampMin ?? Number.NEGATIVE_INFINITY,
    gateLogitNormalizer,
    gateLowRankDim,
    normEps,
  };
}

function checkDim(name: string, value: number): void {
  if (!isCount(value) || value > MAX_DIM) {
    throw new GlaError('bad-shape', `${name}: expected an integer from 1 to ${MAX_DIM}, got ${show(value)}`);
  }
}

function checkReal(name: string, value: number, holds: boolean, expected: string): void {
  if (!Number.isFinite(value) || !holds) {
    throw new GlaError('bad-value', `${name}: expected ${expected}, got ${show(value)}`);
  }
}

/** round(h·expand), which must be that number and a multiple of the heads, as the reference demands. */
function width(name: string, hiddenSize: number, expand: number, heads: number): number {
  const exact = hiddenSize * expand;
  const rounded = Math.round(exact);
  if (
    !(Math.abs(exact - rounded) <= 1e-9 * Math.abs(exact)) ||
    rounded < 1 ||
    rounded > MAX_DIM ||
    rounded % heads !== 0
  ) {
    throw new GlaError(
      'bad-shape',
      `${name}: hiddenSize · ${name} must be a multiple of heads = ${heads}, got ${exact}`,
    );
  }
  return rounded;
}
