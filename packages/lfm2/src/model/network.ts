import type { Arena } from '@gossamer/kit/memory';
import type { Kernel } from '#wasm/simd';
import type { Lfm2Config } from './config.ts';
import { Activations, activationBytes, isBlock, type Matrix, STORAGE, type Storage } from './matrix.ts';
import { CACHE, type CacheType, MAX_DRAFT, type Sequence } from './sequence.ts';

/** Most tokens that go through the layers at once. */
export const CHUNK = 64;

/** Most positions whose logits are computed at once. */
export const LOGIT_ROWS: number = MAX_DRAFT + 1;

/** Where parameters lie in wasm memory, by name. */
export interface Placement {
  matrix(name: string): Matrix;
  /** Address of an f32 vector; 0 when the model has none of that name. */
  vector(name: string): number;
}

/** Something that hands out memory at multiples of `align` (16 unless told), or only counts it. */
export interface Allocator {
  alloc(bytes: number, align?: number): number;
}

interface ConvWeights {
  readonly inProj: Matrix;
  readonly inBias: number;
  readonly taps: number;
  readonly bias: number;
  readonly outProj: Matrix;
  readonly outBias: number;
}

interface AttentionWeights {
  readonly q: Matrix;
  readonly k: Matrix;
  readonly v: Matrix;
  readonly o: Matrix;
  readonly qNorm: number;
  readonly kNorm: number;
}

interface Layer {
  readonly operatorNorm: number;
  readonly conv: ConvWeights | undefined;
  readonly attention: AttentionWeights | undefined;
  readonly ffnNorm: number;
  readonly gate: Matrix;
  readonly up: Matrix;
  readonly down: Matrix;
}

/** Addresses of a network's buffers; they are free between two calls. */
export interface NetworkBuffers {
  /** The residual stream (CHUNK × d). */
  readonly x: number;
  readonly normed: number;
  /** Projections of the operators, (CHUNK × 3d) or q, k and v. */
  readonly wide: number;
  /** What an operator gives to its output projection. */
  readonly mixed: number;
  readonly gate: number;
  readonly up: number;
  /** θ^(−2j/D), j < D/2. */
  readonly frequencies: number;
  /** cos and sin of the chunk's positions. */
  readonly rope: number;
  readonly logits: number;
  /** Quantised activations. */
  readonly matmul: number;
  readonly attention: number;
}

/** Allocates the buffers; also run with a counting allocator, to know their size beforehand. */
export function networkBuffers(
  kernel: Kernel,
  arena: Allocator,
  config: Lfm2Config,
  storages: Iterable<Storage>,
): NetworkBuffers {
  const { hiddenSize: d, intermediateSize, heads, kvHeads, headDim, vocabSize } = config;
  const rows = (dim: number) => arena.alloc(CHUNK * dim * 4);
  const queryDim = heads * headDim;
  const widest = Math.max(d, intermediateSize, queryDim);
  return {
    x: rows(d),
    normed: rows(d),
    wide: rows(Math.max(3 * d, queryDim + 2 * kvHeads * headDim)),
    mixed: rows(Math.max(d, queryDim)),
    gate: rows(intermediateSize),
    up: rows(intermediateSize),
    frequencies: arena.alloc(headDim * 2),
    rope: rows(headDim),
    logits: arena.alloc(LOGIT_ROWS * vocabSize * 4),
    matmul: arena.alloc(activationBytes(kernel, storages, CHUNK, widest)),
    attention: arena.alloc(kernel.attendScratchBytes(CHUNK, heads, kvHeads, headDim) >>> 0),
  };
}

/** A model's weights and buffers in wasm memory: takes tokens through the layers for one sequence at a time. */
export class Network {
  readonly config: Lfm2Config;
  readonly cache: CacheType;
  readonly #kernel: Kernel;
  /** The memory that everything is in. */
  readonly arena: Arena;
  readonly #layers: readonly Layer[];
  readonly #embeddings: Matrix;
  readonly #norm: number;
  readonly #head: Matrix;
  readonly #at: NetworkBuffers;

  constructor(
    kernel: Kernel,
    arena: Arena,
    config: Lfm2Config,
    cache: CacheType,
    placed: Placement,
    buffers: NetworkBuffers,
  ) {
    this.config = config;
    this.cache = cache;
    this.#kernel = kernel;
    this.arena = arena;
    this.#layers = config.layerTypes.map((type, i) => layer(placed, type, `model.layers.${i}.`));
    this.#embeddings = placed.matrix('model.embed_tokens.weight');
    this.#norm = placed.vector('model.embedding_norm.weight');
    this.#head = config.tieWordEmbeddings ? this.#embeddings : placed.matrix('lm_head.weight');
    this.#at = buffers;
    const { headDim, ropeTheta } = config;
    const frequencies = arena.f32(buffers.frequencies, headDim / 2);
    for (let j = 0; j < headDim / 2; j++) frequencies[j] = ropeTheta ** ((-2 * j) / headDim);
  }

  /**
   * Takes up to CHUNK tokens through all layers and adds them to `sequence`, which has room for them. Their hidden states
   * stay in the buffers for {@link logits}.
   */
  *forward(sequence: Sequence, ids: ArrayLike<number>): Generator<void, void, void> {
    const kernel = this.#kernel;
    const { hiddenSize: d, normEps, headDim } = this.config;
    const at = this.#at;
    const tokens = ids.length;
    for (let t = 0; t < tokens; t++) this.#embed(ids[t] as number, at.x + t * d * 4);
    kernel.ropeTable(at.frequencies, at.rope, sequence.length, tokens, headDim);
    let convolutions = 0;
    let attentions = 0;
    for (const each of this.#layers) {
      kernel.rmsNorm(at.x, each.operatorNorm, at.normed, tokens, d, normEps);
      if (each.conv !== undefined) yield* this.#convolve(each.conv, sequence, convolutions++, tokens);
      if (each.attention !== undefined) yield* this.#attend(each.attention, sequence, attentions++, tokens);
      kernel.rmsNorm(at.x, each.ffnNorm, at.normed, tokens, d, normEps);
      yield* this.#feedForward(each, tokens);
    }
    sequence.length += tokens;
    sequence.seen += tokens;
  }

  /** Logits (count × V) of positions first … first + count − 1 of the last chunk, at most LOGIT_ROWS of them; a view. */
  *logits(first: number, count: number): Generator<void, Float32Array, void> {
    const { hiddenSize: d, normEps, vocabSize } = this.config;
    const at = this.#at;
    this.#kernel.rmsNorm(at.x + first * d * 4, this.#norm, at.normed, count, d, normEps);
    yield* new Activations(this.#kernel, at.normed, count, d, at.matmul).times(this.#head, at.logits);
    return this.arena.f32(at.logits, count * vocabSize);
  }

  /** Moves the context: the tokens from `from` on go to `to`, those between are gone. */
  shift(sequence: Sequence, from: number, to: number): void {
    const { kvHeads, headDim } = this.config;
    const { layerBytes, attentionLayers } = sequence.shape;
    const count = sequence.length - from;
    const type = CACHE[this.cache];
    const { frequencies, attention } = this.#at;
    for (let i = 0; i < attentionLayers; i++) {
      const offset = i * layerBytes;
      const { table } = sequence;
      this.#kernel.shiftKeys(table, offset, type, from, to, count, kvHeads, headDim, frequencies, attention);
    }
    sequence.length = to + count;
  }

  #embed(id: number, out: number): void {
    const { at, storage, rows, cols } = this.#embeddings;
    const unpack = isBlock(storage) ? this.#kernel.blockUnpackRow : this.#kernel.unpackRow;
    unpack(at, STORAGE[storage], rows, cols, id, out);
  }

  *#convolve(weights: ConvWeights, sequence: Sequence, index: number, tokens: number): Generator<void, void, void> {
    const { hiddenSize: d, convLength } = this.config;
    const at = this.#at;
    yield* this.#project(at.normed, d, tokens, weights.inProj, weights.inBias, at.wide);
    const { ringRows } = sequence.shape;
    const ring = sequence.ring(index);
    const { taps, bias } = weights;
    this.#kernel.shortConv(at.wide, taps, bias, ring, at.mixed, tokens, d, convLength, ringRows, sequence.seen);
    yield* this.#project(at.mixed, d, tokens, weights.outProj, weights.outBias, at.x, true);
  }

  *#attend(weights: AttentionWeights, sequence: Sequence, index: number, tokens: number): Generator<void, void, void> {
    const kernel = this.#kernel;
    const { hiddenSize: d, heads, kvHeads, headDim, normEps } = this.config;
    const at = this.#at;
    const q = at.wide;
    const k = q + tokens * heads * headDim * 4;
    const v = k + tokens * kvHeads * headDim * 4;
    const input = new Activations(kernel, at.normed, tokens, d, at.matmul);
    yield* input.times(weights.q, q);
    yield* input.times(weights.k, k);
    yield* input.times(weights.v, v);
    kernel.normRope(q, weights.qNorm, at.rope, tokens, heads, headDim, normEps);
    kernel.normRope(k, weights.kNorm, at.rope, tokens, kvHeads, headDim, normEps);
    const type = CACHE[this.cache];
    const offset = index * sequence.shape.layerBytes;
    const { table, length } = sequence;
    kernel.cacheWrite(k, v, table, offset, type, length, tokens, kvHeads, headDim);
    // Pairs of queries and keys, so that a call stays short.
    const step = Math.max(1, Math.floor(2 ** 17 / (tokens * (length + tokens) * (heads / kvHeads))));
    for (let head = 0; head < kvHeads; head += step) {
      const count = Math.min(step, kvHeads - head);
      kernel.attend(
        q,
        table,
        offset,
        type,
        at.mixed,
        tokens,
        length,
        heads,
        kvHeads,
        headDim,
        head,
        count,
        at.attention,
      );
      yield;
    }
    yield* this.#project(at.mixed, heads * headDim, tokens, weights.o, 0, at.x, true);
  }

  *#feedForward({ gate, up, down }: Layer, tokens: number): Generator<void, void, void> {
    const at = this.#at;
    const input = new Activations(this.#kernel, at.normed, tokens, gate.cols, at.matmul);
    yield* input.times(gate, at.gate);
    yield* input.times(up, at.up);
    this.#kernel.swishMul(at.gate, at.up, at.gate, tokens * gate.rows);
    yield* this.#project(at.gate, down.cols, tokens, down, 0, at.x, true);
  }

  /** y = x·wᵀ + bias, or y += …; the bias is an address, 0 for none. */
  *#project(
    x: number,
    cols: number,
    tokens: number,
    w: Matrix,
    bias: number,
    y: number,
    accumulate = false,
  ): Generator<void, void, void> {
    if (bias !== 0) {
      const values = this.arena.f32(bias, w.rows);
      for (let t = 0; t < tokens; t++) {
        const row = this.arena.f32(y + t * w.rows * 4, w.rows);
        for (let i = 0; i < w.rows; i++) row[i] = (accumulate ? (row[i] as number) : 0) + (values[i] as number);
      }
    }
    yield* new Activations(this.#kernel, x, tokens, cols, this.#at.matmul).times(w, y, accumulate || bias !== 0);
  }
}

function layer(placed: Placement, type: Lfm2Config['layerTypes'][number], prefix: string): Layer {
  const matrix = (name: string) => placed.matrix(`${prefix}${name}.weight`);
  const vector = (name: string) => placed.vector(prefix + name);
  return {
    operatorNorm: vector('operator_norm.weight'),
    conv:
      type === 'conv'
        ? {
            inProj: matrix('conv.in_proj'),
            inBias: vector('conv.in_proj.bias'),
            taps: vector('conv.conv.weight'),
            bias: vector('conv.conv.bias'),
            outProj: matrix('conv.out_proj'),
            outBias: vector('conv.out_proj.bias'),
          }
        : undefined,
    attention:
      type === 'attention'
        ? {
            q: matrix('self_attn.q_proj'),
            k: matrix('self_attn.k_proj'),
            v: matrix('self_attn.v_proj'),
            o: matrix('self_attn.out_proj'),
            qNorm: vector('self_attn.q_layernorm.weight'),
            kNorm: vector('self_attn.k_layernorm.weight'),
          }
        : undefined,
    ffnNorm: vector('ffn_norm.weight'),
    gate: matrix('feed_forward.w1'),
    up: matrix('feed_forward.w3'),
    down: matrix('feed_forward.w2'),
  };
}
