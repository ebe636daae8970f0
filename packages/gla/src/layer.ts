import { checkLength, isCount, show } from '@gossamer/kit/errors';
import { Arena } from '@gossamer/kit/memory';
import type { Kernel } from '#wasm/simd';
import { type AttentionBuffers, attend, attentionBuffers, matmulScratch, stateLength } from './attention.ts';
import { checkCuSeqlens } from './cu-seqlens.ts';
import { disposable } from './disposable.ts';
import { fail, GlaError } from './errors.ts';
import { instantiateIn, type KernelVariant, kernelSizer, pool, type VariantOption } from './instance.ts';
import { type GlaLayerConfig, type LayerShape, layerShape } from './layer-config.ts';
import { Activations, type Matrix, matrixBytes, STORAGE } from './matrix.ts';
import { type LayerWeights, layerParameters, layerWeights, unfusedName } from './weights.ts';

/** Tokens taken through the layer together; longer input is cut, so memory does not depend on its length. */
const BLOCK = 256;

/** How a {@link GlaLayer} is made. */
export interface GlaLayerOptions {
  /** Sequences N that are fed side by side, each with a state of its own; default 1. */
  readonly sequences?: number;
  readonly variant?: VariantOption;
}

/** How the tokens of {@link GlaLayer.forward} belong to sequences. */
export interface GlaLayerInput {
  /**
   * Offsets (N + 1) of sequences that are packed one after the other: first 0, last the number of tokens, never
   * decreasing. Without them all sequences have the same length.
   */
  readonly cuSeqlens?: Int32Array;
}

/**
 * A gated linear attention layer (paper §4.4, code fla/layers/gla.py `GatedLinearAttention`): projections of q, k and v, a
 * low-rank log gate, the recurrence, and a per-head RMSNorm with a swish output gate. It keeps the state between calls.
 *
 * @example
 * ```ts
 * const layer = new GlaLayer({ hiddenSize: 64, heads: 2 }, weights); // names as in a checkpoint: 'q_proj.weight', …
 * const y = layer.forward(x); // x (T, 64) → y (T, 64)
 * layer.dispose();
 * ```
 */
export class GlaLayer {
  readonly hiddenSize: number;
  readonly sequences: number;
  /** The build that runs. */
  readonly variant: KernelVariant;
  readonly #shape: LayerShape;
  readonly #weights: LayerWeights;
  readonly #arena: Arena;
  readonly #states: number;
  readonly #x: number;
  readonly #y: number;
  readonly #buffers: AttentionBuffers;
  #kernel: Kernel | undefined;

  /** Where the host has `using`: {@link dispose}. */
  declare readonly [Symbol.dispose]: () => void;

  static {
    disposable(GlaLayer.prototype);
  }

  /**
   * @param weights f32, row-major (out × in), by the names of a checkpoint without the layer's prefix.
   * @throws `bad-shape`, `bad-value`, `unsupported` for the configuration, `bad-length` for a missing, unexpected or
   *   wrongly sized weight, `out-of-memory`.
   */
  constructor(config: GlaLayerConfig, weights: Readonly<Record<string, Float32Array>>, options: GlaLayerOptions = {}) {
    const { sequences = 1 } = options;
    const shape = layerShape(config);
    if (!isCount(sequences))
      throw new GlaError('bad-shape', `sequences: expected a positive integer, got ${show(sequences)}`);
    checkWeights(shape, weights);
    const sizer = kernelSizer(options.variant);
    const memory = pool.acquire(0);
    try {
      const arena = new Arena(memory, fail);
      const kernel = instantiateIn(sizer, memory);
      this.#weights = placeWeights(kernel, arena, shape, weights);
      this.#states = arena.allocZeroed(sequences * stateLength(shape) * 4);
      const widest = Math.max(shape.hiddenSize, shape.valueDim, shape.gateLowRankDim);
      const scratch = arena.alloc(matmulScratch(kernel, ['f32'], BLOCK, widest));
      this.#buffers = attentionBuffers(kernel, arena, shape, BLOCK, scratch);
      this.#x = arena.alloc(BLOCK * shape.hiddenSize * 4);
      this.#y = arena.alloc(BLOCK * shape.hiddenSize * 4);
      this.#kernel = kernel;
      this.#arena = arena;
    } catch (error) {
      pool.release(memory);
      throw error;
    }
    this.#shape = shape;
    this.hiddenSize = shape.hiddenSize;
    this.sequences = sequences;
    this.variant = sizer.variant;
  }

  /**
   * Feeds the next tokens of every sequence: x (N, T, h), or (ΣT, h) packed by `cuSeqlens`; T ≥ 0. Returns y in the shape of
   * x. Splitting a sequence over several calls gives what one call gives.
   *
   * @throws `bad-length` before any state moves; `disposed`.
   */
  forward(x: Float32Array, input: GlaLayerInput = {}, out: Float32Array = new Float32Array(x.length)): Float32Array {
    const kernel = this.#live();
    const h = this.hiddenSize;
    if (!(x instanceof Float32Array)) throw new TypeError(`x: expected a Float32Array, got ${show(x)}`);
    if (!(out instanceof Float32Array)) throw new TypeError(`out: expected a Float32Array, got ${show(out)}`);
    if (x.length % h !== 0)
      throw new GlaError('bad-length', `x: expected a multiple of ${h} elements, got ${x.length}`);
    checkLength('out', out, x.length, fail);
    const tokens = x.length / h;
    const offsets = input.cuSeqlens === undefined ? this.#even(tokens) : this.#offsets(input.cuSeqlens, tokens);
    const length = stateLength(this.#shape);
    for (let n = 0; n < this.sequences; n++) {
      const [begin, end] = [offsets[n] as number, offsets[n + 1] as number];
      for (let t = begin; t < end; t += BLOCK) {
        const count = Math.min(BLOCK, end - t);
        this.#arena.f32(this.#x, count * h).set(x.subarray(t * h, (t + count) * h));
        const input = new Activations(kernel, this.#x, count, h, this.#buffers.matmul);
        const state = this.#states + n * length * 4;
        const steps = attend(kernel, this.#shape, this.#weights, input, count, state, this.#buffers, this.#y, false);
        while (!steps.next().done);
        out.set(this.#arena.f32(this.#y, count * h), t * h);
      }
    }
    return out;
  }

  /** The states of all sequences, to be given to {@link restoreState}: (N, S) f32, S fixed by the configuration. */
  saveState(): Float32Array {
    this.#live();
    return this.#arena.f32(this.#states, this.sequences * stateLength(this.#shape)).slice();
  }

  /** @throws `bad-length` when it is no state of this shape; `disposed`. */
  restoreState(state: Float32Array): void {
    this.#live();
    const length = this.sequences * stateLength(this.#shape);
    if (!(state instanceof Float32Array)) throw new TypeError(`state: expected a Float32Array, got ${show(state)}`);
    checkLength('state', state, length, fail);
    this.#arena.f32(this.#states, length).set(state);
  }

  /** Forgets all tokens. */
  reset(): void {
    this.#live();
    this.#arena.f32(this.#states, this.sequences * stateLength(this.#shape)).fill(0);
  }

  /** Gives the memory back. Idempotent; later calls throw `disposed`. */
  dispose(): void {
    if (this.#kernel === undefined) return;
    this.#kernel = undefined;
    pool.release(this.#arena.memory);
  }

  #live(): Kernel {
    if (this.#kernel === undefined) throw new GlaError('disposed', 'the layer was disposed');
    return this.#kernel;
  }

  #even(tokens: number): number[] {
    const { sequences } = this;
    if (tokens % sequences !== 0) {
      throw new GlaError(
        'bad-length',
        `x: expected the same number of tokens for ${sequences} sequences, got ${tokens} in all`,
      );
    }
    return Array.from({ length: sequences + 1 }, (_, n) => (n * tokens) / sequences);
  }

  #offsets(cuSeqlens: Int32Array, tokens: number): Int32Array {
    checkCuSeqlens(cuSeqlens, this.sequences, tokens);
    return cuSeqlens;
  }
}

function checkWeights(shape: LayerShape, weights: Readonly<Record<string, Float32Array>>): void {
  if (typeof weights !== 'object' || weights === null) {
    throw new TypeError(`weights: expected an object of Float32Arrays, got ${show(weights)}`);
  }
  const parameters = layerParameters(shape);
  const unknown = Object.keys(weights).find(
    (name) => !parameters.some((known) => name === known.name || name === unfusedName(known.name)),
  );
  if (unknown !== undefined)
    throw new GlaError('bad-length', `weights: ${show(unknown)} is no weight of this configuration`);
  for (const { name, shape: dims } of parameters) {
    const given = weightOf(weights, name);
    if (given === undefined) throw new GlaError('bad-length', `weights: ${name} (${dims.join(' × ')}) is missing`);
    if (!(given instanceof Float32Array)) throw new TypeError(`${name}: expected a Float32Array, got ${show(given)}`);
    checkLength(
      name,
      given,
      dims.reduce((product, size) => product * size, 1),
      fail,
    );
  }
}

function weightOf(weights: Readonly<Record<string, Float32Array>>, name: string): Float32Array | undefined {
  return weights[name] ?? weights[unfusedName(name)];
}

function placeWeights(
  kernel: Kernel,
  arena: Arena,
  shape: LayerShape,
  weights: Readonly<Record<string, Float32Array>>,
): LayerWeights {
  const matrices = new Map<string, Matrix>();
  const vectors = new Map<string, number>();
  for (const { name, shape: dims, kind } of layerParameters(shape)) {
    const values = weightOf(weights, name) as Float32Array;
    if (kind === 'vector') {
      const at = arena.alloc(values.byteLength);
      arena.f32(at, values.length).set(values);
      vectors.set(name, at);
      continue;
    }
    const [rows, cols] = dims as [number, number];
    const at = arena.alloc(matrixBytes(kernel, { storage: 'f32', rows, cols }));
    const mark = arena.mark();
    const staging = arena.alloc(values.byteLength);
    arena.f32(staging, values.length).set(values);
    kernel.packRows(staging, STORAGE.f32, at, STORAGE.f32, 0, rows, rows, cols);
    arena.reset(mark);
    matrices.set(name, { at, storage: 'f32', rows, cols });
  }
  return layerWeights(shape, {
    matrix: (name) => matrices.get(name) as Matrix,
    vector: (name) => vectors.get(name) as number,
  });
}
