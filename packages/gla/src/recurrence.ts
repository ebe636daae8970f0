/// <reference lib="esnext.disposable" preserve="true" />
import { show } from '@gossamer/kit/errors';
import { Arena } from '@gossamer/kit/memory';
import type { Kernel } from '#wasm/simd';
import { checkCuSeqlens } from './cu-seqlens.ts';
import { disposable } from './disposable.ts';
import { fail, GlaError } from './errors.ts';
import { instantiateIn, type KernelVariant, kernelSizer, pool, type VariantOption } from './instance.ts';
import { decodeRecurrence, encodeRecurrence } from './recurrence-file.ts';
import {
  type CheckedShape,
  checkFloats,
  checkGates,
  checkInput,
  checkShape,
  type GlaInput,
  type GlaRecurrenceShape,
  stateElements,
  tokenElements,
} from './recurrence-shape.ts';
import { type GlaMode, type RecurrenceBuffers, recur, segmentLength } from './segments.ts';

/** How a {@link GlaRecurrence} is made. */
export interface GlaRecurrenceOptions {
  /** Factor of the output; default K^(−1/2). */
  readonly scale?: number;
  /** States to begin with (N, Hkv, K, V); default zeros. */
  readonly initialState?: Float32Array;
  readonly variant?: VariantOption;
}

/** How {@link GlaRecurrence.forward} reads its input. */
export interface GlaForwardOptions {
  /**
   * Offsets (N + 1) of sequences that are packed one after the other: first 0, last the number of tokens, never
   * decreasing. Without them all sequences have the same length.
   */
  readonly cuSeqlens?: Int32Array;
  /** Default `auto`. */
  readonly mode?: GlaMode;
}

/**
 * The recurrence with states that stay between calls: for streams, and for text that grows token by token. Its memory
 * does not depend on the length of the input.
 *
 * @example
 * ```ts
 * const recurrence = new GlaRecurrence({ heads: 4, keySize: 64, valueSize: 64 });
 * const o = recurrence.forward({ q, k, v, g }); // a prompt
 * const next = recurrence.step(token); // one token more
 * recurrence.dispose();
 * ```
 */
export class GlaRecurrence {
  readonly sequences: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly scale: number;
  /** The build that runs. */
  readonly variant: KernelVariant;
  readonly #shape: CheckedShape;
  readonly #segment: number;
  readonly #arena: Arena;
  readonly #states: number;
  readonly #at: Omit<RecurrenceBuffers, 'state'>;
  #kernel: Kernel | undefined;

  /** Where the host has `using`: {@link dispose}. */
  declare readonly [Symbol.dispose]: () => void;

  static {
    disposable(GlaRecurrence.prototype);
  }

  /** @throws {@link GlaError} `bad-shape`, `bad-length`, `bad-value`, `bad-option`, `out-of-memory`, `unsupported`. */
  constructor(shape: GlaRecurrenceShape, options: GlaRecurrenceOptions = {}) {
    const checked = checkShape(shape);
    const { scale = checked.keySize ** -0.5, initialState, variant } = options;
    if (!Number.isFinite(scale)) throw new GlaError('bad-value', `scale: expected a finite number, got ${show(scale)}`);
    const elements = stateElements(checked);
    if (initialState !== undefined) checkFloats('initialState', initialState, elements);

    const sizer = kernelSizer(variant);
    const { sequences, heads, kvHeads, keySize, valueSize } = checked;
    const segment = segmentLength(checked);
    const of = tokenElements(checked);
    const scratch = sizer.kernel.glaScratchBytes(heads, kvHeads, keySize, valueSize) >>> 0;
    const rows = segment * (of.q + 2 * of.k + of.v + of.o);
    const memory = pool.acquire((elements + rows) * 4 + scratch + 256); // blocks begin at multiples of 16
    try {
      this.#kernel = instantiateIn(sizer, memory);
    } catch (cause) {
      pool.release(memory);
      throw new GlaError('out-of-memory', 'the host refuses another WebAssembly instance', { cause });
    }
    const arena = new Arena(memory, fail);
    this.#states = arena.alloc(elements * 4);
    this.#at = {
      q: arena.alloc(segment * of.q * 4),
      k: arena.alloc(segment * of.k * 4),
      v: arena.alloc(segment * of.v * 4),
      a: arena.alloc(segment * of.k * 4),
      o: arena.alloc(segment * of.o * 4),
      scratch: arena.alloc(scratch),
    };
    this.#shape = checked;
    this.#segment = segment;
    this.#arena = arena;
    this.sequences = sequences;
    this.heads = heads;
    this.kvHeads = kvHeads;
    this.keySize = keySize;
    this.valueSize = valueSize;
    this.scale = scale;
    this.variant = sizer.variant;
    if (initialState === undefined) this.reset();
    else this.restoreState(initialState);
  }

  /**
   * Takes the next tokens of every sequence and returns their outputs (N, T, H, V), T ≥ 0. Cut where you like: the
   * states go on, and a cut after a multiple of 16 tokens changes no bit.
   *
   * @throws {@link GlaError} `bad-length`, `bad-value`, `bad-option`, all before any state changes; `disposed`.
   */
  forward(x: GlaInput, options: GlaForwardOptions = {}, out?: Float32Array): Float32Array {
    const kernel = this.#live();
    const { cuSeqlens, mode = 'auto' } = options;
    if (mode !== 'auto' && mode !== 'recurrent' && mode !== 'chunk') {
      throw new GlaError('bad-option', `mode: expected 'auto', 'recurrent' or 'chunk', got ${show(mode)}`);
    }
    const tokens = this.#tokens(x.q, cuSeqlens === undefined ? this.sequences : 1);
    const o = this.#checked(x, tokens, out);
    if (cuSeqlens !== undefined) checkCuSeqlens(cuSeqlens, this.sequences, tokens);
    const state = stateElements({ ...this.#shape, sequences: 1 }) * 4;
    for (let n = 0; n < this.sequences; n++) {
      const begin = cuSeqlens === undefined ? (n * tokens) / this.sequences : (cuSeqlens[n] as number);
      const end = cuSeqlens === undefined ? ((n + 1) * tokens) / this.sequences : (cuSeqlens[n + 1] as number);
      const at = { ...this.#at, state: this.#states + n * state };
      for (let t = begin; t < end; t += this.#segment) {
        const count = Math.min(this.#segment, end - t);
        this.#load(kernel, x, t, count);
        const steps = recur(kernel, this.#shape, count, this.scale, mode, at);
        while (!steps.next().done);
        this.#store(o, t, count);
      }
    }
    return o;
  }

  /**
   * Takes one token of every sequence, x (N, 1, …), and returns the outputs (N, 1, H, V).
   *
   * @throws {@link GlaError} `bad-length`, `bad-value`, both before any state changes; `disposed`.
   */
  step(x: GlaInput, out?: Float32Array): Float32Array {
    const kernel = this.#live();
    const { sequences, heads, kvHeads, keySize, valueSize, scale } = this;
    const o = this.#checked(x, sequences, out);
    const { q, k, v, a, o: to } = this.#at;
    const state = stateElements({ ...this.#shape, sequences: 1 }) * 4;
    for (let n = 0; n < sequences; n += this.#segment) {
      const count = Math.min(this.#segment, sequences - n);
      this.#load(kernel, x, n, count);
      // one token of `count` sequences is, to the kernel, one token with `count` times the heads
      const at = this.#states + n * state;
      kernel.glaRecurrent(q, k, v, a, at, to, 1, count * heads, count * kvHeads, keySize, valueSize, scale);
      this.#store(o, n, count);
    }
    return o;
  }

  /** A copy of the states (N, Hkv, K, V). @throws {@link GlaError} `disposed`. */
  saveState(): Float32Array {
    this.#live();
    return this.#stateView().slice();
  }

  /** Goes on from saved states. NaN and ∞ are taken, and stay visible. @throws {@link GlaError} `bad-length`, `disposed`. */
  restoreState(state: Float32Array): void {
    this.#live();
    checkFloats('state', state, stateElements(this.#shape));
    this.#stateView().set(state);
  }

  /** A recurrence of its own with a copy of the states. @throws {@link GlaError} `disposed`, `out-of-memory`. */
  fork(): GlaRecurrence {
    this.#live();
    const { scale, variant } = this;
    const fork = new GlaRecurrence(this.#shape, { scale, variant });
    fork.#stateView().set(this.#stateView());
    return fork;
  }

  /** Sizes, scale and states as bytes, the same on every host. @throws {@link GlaError} `disposed`. */
  serialize(): Uint8Array {
    this.#live();
    return encodeRecurrence(this.#shape, this.scale, this.#stateBytes());
  }

  /** A recurrence that goes on from {@link serialize}. @throws {@link GlaError} `bad-file`, `out-of-memory`, … */
  static deserialize(bytes: Uint8Array, options: Pick<GlaRecurrenceOptions, 'variant'> = {}): GlaRecurrence {
    const { shape, scale, states } = decodeRecurrence(bytes);
    const recurrence = new GlaRecurrence(shape, { ...options, scale });
    recurrence.#stateBytes().set(states);
    return recurrence;
  }

  /** Forgets all tokens: zeros, also in place of given initial states. @throws {@link GlaError} `disposed`. */
  reset(): void {
    this.#live();
    this.#stateView().fill(0);
  }

  /** Gives the memory back. Idempotent; later calls throw `disposed`. */
  dispose(): void {
    if (this.#kernel === undefined) return;
    this.#kernel = undefined;
    pool.release(this.#arena.memory);
  }

  #live(): Kernel {
    if (this.#kernel === undefined) throw new GlaError('disposed', 'the recurrence was disposed');
    return this.#kernel;
  }

  /** Tokens of q, which must be a multiple of `sequences`. */
  #tokens(q: Float32Array, sequences: number): number {
    const elements = sequences * tokenElements(this.#shape).q;
    if (!(q instanceof Float32Array)) throw new TypeError(`q: expected a Float32Array, got ${show(q)}`);
    if (q.length % elements !== 0) {
      throw new GlaError('bad-length', `q: expected a multiple of ${elements} elements, got ${q.length}`);
    }
    return (q.length / elements) * sequences;
  }

  /** The checked output for a checked input of `tokens` tokens. */
  #checked(x: GlaInput, tokens: number, out: Float32Array | undefined): Float32Array {
    checkInput(x, this.#shape, tokens);
    checkGates(x.g);
    const elements = tokens * tokenElements(this.#shape).o;
    if (out === undefined) return new Float32Array(elements);
    checkFloats('out', out, elements);
    return out;
  }

  #load(kernel: Kernel, x: GlaInput, t: number, count: number): void {
    const of = tokenElements(this.#shape);
    const copy = (from: Float32Array, at: number, elements: number) => {
      this.#arena.f32(at, count * elements).set(from.subarray(t * elements, (t + count) * elements));
    };
    copy(x.q, this.#at.q, of.q);
    copy(x.k, this.#at.k, of.k);
    copy(x.v, this.#at.v, of.v);
    copy(x.g, this.#at.a, of.k);
    kernel.logGateToDecay(this.#at.a, this.#at.a, count * of.k);
  }

  #store(out: Float32Array, t: number, count: number): void {
    const { o } = tokenElements(this.#shape);
    out.set(this.#arena.f32(this.#at.o, count * o), t * o);
  }

  #stateView(): Float32Array {
    return this.#arena.f32(this.#states, stateElements(this.#shape));
  }

  #stateBytes(): Uint8Array {
    return this.#arena.u8(this.#states, stateElements(this.#shape) * 4);
  }
}
