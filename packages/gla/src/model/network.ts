import type { Arena } from '@gossamer/kit/memory';
import type { Kernel } from '#wasm/simd';
import {
  type Allocator,
  type AttentionBuffers,
  attend,
  attentionBuffers,
  matmulScratch,
  stateLength,
} from '../attention.ts';
import { Activations, type Matrix, STORAGE, type Storage } from '../matrix.ts';
import { type LayerWeights, layerParameters, layerWeights, type Parameter, type Placement } from '../weights.ts';
import type { GlaConfig } from './config.ts';

/** Tokens that are taken through all layers together: enough to reuse each weight while it is in cache. */
export const BLOCK = 256;

/** Positions whose logits are computed together when every position's are asked for. */
const LOGIT_ROWS = 32;

interface Block {
  readonly attentionNorm: number;
  readonly attention: LayerWeights;
  readonly mlpNorm: number;
  readonly gate: Matrix;
  readonly up: Matrix;
  readonly down: Matrix;
}

/** The parameters of fla's `GLAForCausalLM`, with the MLP's gate and up projections apart. */
export function modelParameters(config: GlaConfig): Parameter[] {
  const { hiddenSize } = config.layer;
  const { intermediateSize, vocabSize } = config;
  const matrix = (name: string, rows: number, cols: number): Parameter => ({
    name,
    shape: [rows, cols],
    kind: 'matrix',
    quantizable: true,
  });
  const norm = (name: string): Parameter => ({ name, shape: [hiddenSize], kind: 'vector', quantizable: false });
  const parameters = [matrix('model.embeddings.weight', vocabSize, hiddenSize)];
  for (let i = 0; i < config.layers; i++) {
    const prefix = `model.layers.${i}.`;
    parameters.push(
      norm(`${prefix}attn_norm.weight`),
      ...layerParameters(config.layer, `${prefix}attn.`),
      norm(`${prefix}mlp_norm.weight`),
      matrix(`${prefix}mlp.gate_proj.weight`, intermediateSize, hiddenSize),
      matrix(`${prefix}mlp.up_proj.weight`, intermediateSize, hiddenSize),
      matrix(`${prefix}mlp.down_proj.weight`, hiddenSize, intermediateSize),
    );
  }
  parameters.push(norm('model.norm.weight'));
  if (!config.tieWordEmbeddings) parameters.push(matrix('lm_head.weight', vocabSize, hiddenSize));
  return parameters;
}

/** Addresses of the state and of the buffers of a model. */
export interface NetworkBuffers {
  readonly state: number;
  readonly x: number;
  readonly normed: number;
  readonly gate: number;
  readonly up: number;
  readonly logits: number;
  readonly attention: AttentionBuffers;
}

/** Elements of the whole state: all layers, f32. */
export function modelStateLength(config: GlaConfig): number {
  return config.layers * stateLength(config.layer);
}

/** Allocates state and buffers; also run with a counting allocator, to know the size beforehand. */
export function networkBuffers(
  kernel: Kernel,
  arena: Allocator,
  config: GlaConfig,
  storages: Iterable<Storage>,
): NetworkBuffers {
  const { layer, intermediateSize, vocabSize } = config;
  const state = arena.alloc(modelStateLength(config) * 4);
  const widest = Math.max(layer.hiddenSize, layer.valueDim, layer.gateLowRankDim, intermediateSize);
  const scratch = arena.alloc(matmulScratch(kernel, storages, BLOCK, widest));
  const rows = (dim: number) => arena.alloc(BLOCK * dim * 4);
  return {
    state,
    x: rows(layer.hiddenSize),
    normed: rows(layer.hiddenSize),
    gate: rows(intermediateSize),
    up: rows(intermediateSize),
    logits: arena.alloc(LOGIT_ROWS * vocabSize * 4),
    attention: attentionBuffers(kernel, arena, layer, BLOCK, scratch),
  };
}

/** A model's weights, the state of the text it is at, and its buffers, all in one wasm memory. */
export class Network {
  readonly config: GlaConfig;
  readonly stateLength: number;
  readonly #kernel: Kernel;
  readonly #arena: Arena;
  readonly #blocks: readonly Block[];
  readonly #embeddings: Matrix;
  readonly #norm: number;
  readonly #head: Matrix;
  readonly #at: NetworkBuffers;

  constructor(kernel: Kernel, arena: Arena, config: GlaConfig, placed: Placement, buffers: NetworkBuffers) {
    this.config = config;
    this.stateLength = modelStateLength(config);
    this.#kernel = kernel;
    this.#arena = arena;
    this.#embeddings = placed.matrix('model.embeddings.weight');
    this.#head = config.tieWordEmbeddings ? this.#embeddings : placed.matrix('lm_head.weight');
    this.#norm = placed.vector('model.norm.weight');
    this.#blocks = Array.from({ length: config.layers }, (_, i) => block(config, placed, `model.layers.${i}.`));
    this.#at = buffers;
  }

  /** Copies the state out, into `out` when it is given. */
  readState(out: Float32Array = new Float32Array(this.stateLength)): Float32Array {
    out.set(this.#arena.f32(this.#at.state, this.stateLength));
    return out;
  }

  /** Puts a state in; all zeros, the state before any text, when none is given. */
  writeState(state?: Float32Array): void {
    const view = this.#arena.f32(this.#at.state, this.stateLength);
    if (state === undefined) view.fill(0);
    else view.set(state);
  }

  /** Takes up to BLOCK tokens through all layers. Their hidden states stay in the buffers for {@link logits}. */
  *forward(ids: ArrayLike<number>): Generator<void, void, void> {
    const kernel = this.#kernel;
    const { layer, intermediateSize, normEps } = this.config;
    const tokens = ids.length;
    const h = layer.hiddenSize;
    const { at, storage, rows } = this.#embeddings;
    for (let t = 0; t < tokens; t++) {
      kernel.unpackRow(at, STORAGE[storage], rows, h, ids[t] as number, this.#at.x + t * h * 4);
    }
    const scratch = this.#at.attention.matmul;
    let state = this.#at.state;
    for (const block of this.#blocks) {
      kernel.rmsNorm(this.#at.x, block.attentionNorm, this.#at.normed, tokens, h, normEps);
      const input = new Activations(kernel, this.#at.normed, tokens, h, scratch);
      yield* attend(kernel, layer, block.attention, input, tokens, state, this.#at.attention, this.#at.x, true);
      kernel.rmsNorm(this.#at.x, block.mlpNorm, this.#at.normed, tokens, h, normEps);
      const normed = new Activations(kernel, this.#at.normed, tokens, h, scratch);
      yield* normed.times(block.gate, this.#at.gate);
      yield* normed.times(block.up, this.#at.up);
      kernel.swishMul(this.#at.gate, this.#at.up, this.#at.gate, tokens * intermediateSize);
      yield* new Activations(kernel, this.#at.gate, tokens, intermediateSize, scratch).times(
        block.down,
        this.#at.x,
        true,
      );
      state += stateLength(layer) * 4;
    }
  }

  /** Logits (count × vocab) of positions first … first + count − 1 of the last block; at most {@link logitRows} of them. */
  *logits(first: number, count: number, out: Float32Array): Generator<void, void, void> {
    const kernel = this.#kernel;
    const { layer, vocabSize, normEps } = this.config;
    const h = layer.hiddenSize;
    kernel.rmsNorm(this.#at.x + first * h * 4, this.#norm, this.#at.normed, count, h, normEps);
    const normed = new Activations(kernel, this.#at.normed, count, h, this.#at.attention.matmul);
    yield* normed.times(this.#head, this.#at.logits);
    out.set(this.#arena.f32(this.#at.logits, count * vocabSize)); // out may hold more
  }

  /** Most positions per call of {@link logits}. */
  get logitRows(): number {
    return LOGIT_ROWS;
  }
}

function block(config: GlaConfig, placed: Placement, prefix: string): Block {
  return {
    attentionNorm: placed.vector(`${prefix}attn_norm.weight`),
    attention: layerWeights(config.layer, placed, `${prefix}attn.`),
    mlpNorm: placed.vector(`${prefix}mlp_norm.weight`),
    gate: placed.matrix(`${prefix}mlp.gate_proj.weight`),
    up: placed.matrix(`${prefix}mlp.up_proj.weight`),
    down: placed.matrix(`${prefix}mlp.down_proj.weight`),
  };
}
