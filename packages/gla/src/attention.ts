import type { Kernel } from '#wasm/simd';
import type { FeatureMap, LayerShape } from './layer-config.ts';
import { Activations, type Matrix, STORAGE, type Storage } from './matrix.ts';
import { recur } from './segments.ts';
import type { LayerWeights } from './weights.ts';

/** Numbers of assembly/layer.ts. */
const FEATURE_MAPS: Record<FeatureMap, number> = { relu: 0, sigmoid: 1, logsigmoid: 2, swish: 3, sqrelu: 4, gelu: 5 };

/** Gives out blocks of wasm memory: an arena, or a counter of what one would need. */
export interface Allocator {
  alloc(bytes: number): number;
}

/** Addresses of one layer's buffers, sized for a block of tokens. They hold nothing between two blocks. */
export interface AttentionBuffers {
  readonly q: number;
  readonly k: number;
  readonly v: number;
  readonly g: number;
  readonly low: number;
  readonly decay: number;
  readonly o: number;
  /** Values before the short convolution. */
  readonly raw: number;
  readonly recurrence: number;
  readonly matmul: number;
}

/** Address of a layer's state: recurrent (kvHeads, K, V), then the convolutions' last W − 1 inputs of q, k and v, all f32. */
export type StateAddress = number;

/** Elements of one layer's state. */
export function stateLength(shape: LayerShape): number {
  return recurrentLength(shape) + convLength(shape);
}

/** Elements of the recurrent part of the state. */
function recurrentLength({ kvHeads, keySize, valueSize }: LayerShape): number {
  return kvHeads * keySize * valueSize;
}

function convLength({ convSize, queryDim, kvKeyDim, kvValueDim }: LayerShape): number {
  return convSize === undefined ? 0 : (convSize - 1) * (queryDim + kvKeyDim + kvValueDim);
}

/** Scratch of every product x·wᵀ with at most `tokens` rows and `cols` columns, in any of `storages`. */
export function matmulScratch(kernel: Kernel, storages: Iterable<Storage>, tokens: number, cols: number): number {
  let bytes = 0;
  for (const storage of storages) {
    bytes = Math.max(bytes, kernel.matmulScratchBytes(STORAGE[storage], tokens, cols) >>> 0);
  }
  return bytes;
}

/** Allocates the buffers for blocks of up to `tokens` tokens. */
export function attentionBuffers(
  kernel: Kernel,
  arena: Allocator,
  shape: LayerShape,
  tokens: number,
  matmul: number,
): AttentionBuffers {
  const { queryDim, valueDim, kvKeyDim, kvValueDim, gateLowRankDim, heads, kvHeads, keySize, valueSize } = shape;
  const rows = (dim: number) => arena.alloc(tokens * dim * 4);
  return {
    q: rows(queryDim),
    k: rows(kvKeyDim),
    v: rows(kvValueDim),
    g: shape.outputGate ? rows(valueDim) : 0,
    low: rows(gateLowRankDim),
    decay: rows(kvKeyDim),
    o: rows(valueDim),
    raw: shape.convSize === undefined ? 0 : rows(Math.max(queryDim, kvValueDim)),
    recurrence: arena.alloc(kernel.glaScratchBytes(heads, kvHeads, keySize, valueSize) >>> 0),
    matmul,
  };
}

/**
 * One GLA layer over a block of tokens of one sequence (paper §4.4; fla/layers/gla.py): y (tokens × h) (+)= layer(x), the
 * state moves on. Yields between kernel calls.
 */
export function* attend(
  kernel: Kernel,
  shape: LayerShape,
  w: LayerWeights,
  x: Activations,
  tokens: number,
  state: StateAddress,
  buffers: AttentionBuffers,
  y: number,
  accumulate: boolean,
): Generator<void, void, void> {
  const { heads, valueSize, kvKeyDim, queryDim, valueDim, convSize } = shape;
  const b = buffers;
  const project = function* (matrix: Matrix, conv: number, cache: number, to: number) {
    if (convSize === undefined) return yield* x.times(matrix, to);
    yield* x.times(matrix, b.raw);
    kernel.shortConv(b.raw, conv, cache, to, tokens, matrix.rows, convSize);
  };
  const caches = state + recurrentLength(shape) * 4;
  const past = (convSize ?? 1) - 1;
  yield* project(w.q, w.qConv, caches, b.q);
  yield* project(w.k, w.kConv, caches + past * queryDim * 4, b.k);
  yield* project(w.v, w.vConv, caches + past * (queryDim + kvKeyDim) * 4, b.v);
  if (w.g !== undefined) yield* x.times(w.g, b.g);
  yield* x.times(w.gateDown, b.low);
  const low = new Activations(kernel, b.low, tokens, shape.gateLowRankDim, b.matmul);
  yield* low.times(w.gateUp, b.decay);
  const { gateLogitNormalizer, clampMin } = shape;
  kernel.decayGate(b.decay, w.gateBias, b.decay, tokens, kvKeyDim, gateLogitNormalizer, clampMin);
  if (shape.featureMap !== undefined) {
    kernel.featureMap(FEATURE_MAPS[shape.featureMap], b.q, tokens * queryDim);
    kernel.featureMap(FEATURE_MAPS[shape.featureMap], b.k, tokens * kvKeyDim);
  }
  const rows = { q: b.q, k: b.k, v: b.v, a: b.decay, o: b.o, state, scratch: b.recurrence };
  yield* recur(kernel, shape, tokens, shape.keySize ** -0.5, 'auto', rows);
  if (w.g === undefined) kernel.rmsNorm(b.o, w.norm, b.o, tokens * heads, valueSize, shape.normEps);
  else kernel.normSwishGate(b.o, b.g, w.norm, b.o, tokens * heads, valueSize, shape.normEps);
  const o = new Activations(kernel, b.o, tokens, valueDim, b.matmul);
  yield* o.times(w.o, y, accumulate);
}
