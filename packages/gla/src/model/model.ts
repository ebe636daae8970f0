import type { FolderInput, Progress } from '@gossamer/kit/bytes';
import { openFolder } from '@gossamer/kit/bytes';
import { show } from '@gossamer/kit/errors';
import { Arena } from '@gossamer/kit/memory';
import { logSoftmaxAt } from '@gossamer/kit/sampler';
import { loadTokenizer, type Tokenizer } from '@gossamer/kit/tokenizer';
import { disposable } from '../disposable.ts';
import { fail, GlaError } from '../errors.ts';
import { instantiateIn, type KernelVariant, kernelSizer, pool, type VariantOption } from '../instance.ts';
import { type GlaConfig, parseConfig } from './config.ts';
import { Engine, type Occupant } from './engine.ts';
import {
  type Checkpoint,
  closeAll,
  openCheckpoint,
  readTextFile,
  readWeights,
  stagingBytes,
  WeightPlacement,
  type WeightStorage,
} from './load.ts';
import { BLOCK, modelParameters, Network, networkBuffers } from './network.ts';
import { encodeInput, type GenerateOptions, type GenerateStep, GlaSession, type SessionHost } from './session.ts';

/** How {@link GlaModel.load} reads a checkpoint. */
export interface LoadOptions {
  /**
   * How matrices are kept: `stored` (default) as in the file, `int8` with one scale per row, `int8x32` with one scale per
   * row and 32 columns. int8 multiplies with activations that are rounded to int8 too; the README states what that costs.
   */
  readonly weights?: WeightStorage;
  /** Build of the kernels; default `auto`, the fastest that this host runs right. */
  readonly variant?: VariantOption;
  readonly signal?: AbortSignal;
  /** Called as weights arrive. */
  readonly onProgress?: (progress: Progress) => void;
  /** Stands in for the global `fetch`: headers, credentials, caches. */
  readonly fetch?: typeof fetch;
}

/** What {@link GlaModel.score} found. */
export interface Score {
  /** The tokens of the text, with the begin-of-text token that the tokenizer puts before it. */
  readonly tokens: Int32Array;
  /** ln p(tokens[i + 1] | tokens[0 … i]): one element less than `tokens`. */
  readonly logProbs: Float64Array;
  /** Sum of `logProbs`. */
  readonly total: number;
}

/** Largest files that are read: a config is a few kB, a tokenizer of 250,000 entries about 20 MB. */
const CONFIG_LIMIT = 2 ** 20;
const TOKENIZER_LIMIT = 2 ** 26;

const STORAGES: readonly string[] = ['stored', 'int8', 'int8x32'] satisfies WeightStorage[];

/**
 * A gated-linear-attention language model (Yang et al., Gated Linear Attention Transformers with Hardware-Efficient
 * Training, arXiv 2312.06635) in the checkpoint format of flash-linear-attention. Its memory does not grow with the text.
 */
export class GlaModel {
  readonly config: GlaConfig;
  /** The tokenizer of the checkpoint; undefined when it came without `tokenizer.json`. */
  readonly tokenizer: Tokenizer | undefined;
  /** The build that runs. */
  readonly variant: KernelVariant;
  /** Bytes of wasm memory: weights, one state, buffers. */
  readonly memoryBytes: number;
  /** Bytes of a text's state, the same for every length. */
  readonly stateBytes: number;
  readonly #engine: Engine;
  #memory: WebAssembly.Memory | undefined;

  /** Where the host has `using`: {@link dispose}. */
  declare readonly [Symbol.dispose]: () => void;

  static {
    disposable(GlaModel.prototype);
  }

  private constructor(
    config: GlaConfig,
    tokenizer: Tokenizer | undefined,
    variant: KernelVariant,
    network: Network,
    memory: WebAssembly.Memory,
    bytes: number,
  ) {
    this.config = config;
    this.tokenizer = tokenizer;
    this.variant = variant;
    this.memoryBytes = bytes;
    this.stateBytes = network.stateLength * 4;
    this.#engine = new Engine(network);
    this.#memory = memory;
  }

  /**
   * Loads a checkpoint: `config.json`, `model.safetensors` (or its index and shards), `tokenizer.json`.
   *
   * @param folder path of a folder (Node), base URL, the files by name (path, URL, Blob, stream or bytes), or a file list.
   * @throws `bad-file`, `unsupported` or `not-found` for what is wrong with the files, `out-of-memory` before anything is
   *   allocated; the signal's reason.
   */
  static async load(folder: FolderInput, options: LoadOptions = {}): Promise<GlaModel> {
    const { weights = 'stored', signal, onProgress } = options;
    if (!STORAGES.includes(weights)) {
      throw new GlaError('bad-option', `weights: expected one of ${STORAGES.join(', ')}, got ${show(weights)}`);
    }
    const sizer = kernelSizer(options.variant);
    const files = openFolder(folder, fail, { signal, fetch: options.fetch });
    const configText = await readTextFile(files, 'config.json', CONFIG_LIMIT);
    if (configText === undefined) throw new GlaError('not-found', 'checkpoint: expected config.json, found none');
    const config = parseConfig(configText);
    const tokenizerText = await readTextFile(files, 'tokenizer.json', TOKENIZER_LIMIT);
    const tokenizer = tokenizerText === undefined ? undefined : loadTokenizer(tokenizerText, fail);
    if (tokenizer !== undefined && tokenizer.vocabSize > config.vocabSize) {
      const got = `${tokenizer.vocabSize} tokens`;
      throw new GlaError('bad-file', `tokenizer.json: expected at most vocab_size = ${config.vocabSize}, got ${got}`);
    }
    const checkpoint = await openCheckpoint(files, modelParameters(config), onProgress);
    try {
      const bytes = bytesNeeded(sizer.kernel, config, checkpoint, weights);
      const memory = pool.acquire(bytes);
      try {
        const kernel = instantiateIn(sizer, memory);
        const arena = new Arena(memory, fail);
        const { moves } = checkpoint;
        const placed = new WeightPlacement(kernel, arena, moves, weights);
        const buffers = networkBuffers(kernel, arena, config, placed.storages);
        const mark = arena.mark();
        await readWeights(kernel, arena, checkpoint, placed, arena.alloc(stagingBytes(moves)));
        arena.reset(mark);
        const network = new Network(kernel, arena, config, placed, buffers);
        return new GlaModel(config, tokenizer, sizer.variant, network, memory, bytes);
      } catch (error) {
        pool.release(memory);
        throw error;
      }
    } finally {
      await closeAll(checkpoint.sources);
    }
  }

  /** A new text. */
  session(): GlaSession {
    void this.#engine.network;
    return new GlaSession(this.#host);
  }

  /**
   * Continues a prompt, token by token. Leave the loop or abort the signal to stop.
   *
   * @throws as {@link GlaSession.append} and {@link GlaSession.generate}.
   * @example
   * ```ts
   * for await (const { text } of model.generate('Once upon a time', { temperature: 0.8, maxTokens: 200 })) show(text);
   * ```
   */
  async *generate(
    prompt: string | ArrayLike<number>,
    options: GenerateOptions = {},
  ): AsyncGenerator<GenerateStep, void, void> {
    const session = this.session();
    try {
      await session.append(prompt, options);
      yield* session.generate(options);
    } finally {
      session.dispose();
    }
  }

  /**
   * Log-probability of each token of a text given those before it.
   *
   * @throws as {@link GlaSession.append}.
   */
  async score(input: string | ArrayLike<number>, options: { readonly signal?: AbortSignal } = {}): Promise<Score> {
    const tokens = Int32Array.from(encodeInput(this.#host, input, true));
    const logProbs = new Float64Array(Math.max(0, tokens.length - 1));
    await this.#eachRow(tokens.subarray(0, logProbs.length), options.signal, (row, position) => {
      logProbs[position] = logSoftmaxAt(row, tokens[position + 1] as number);
    });
    const total = logProbs.reduce((sum, value) => sum + value, 0);
    return { tokens, logProbs, total };
  }

  /**
   * Logits (tokens × vocabSize) after every token of a text; {@link GlaSession.logits} has those of the last one alone.
   *
   * @throws as {@link GlaSession.append}.
   */
  async logits(
    input: string | ArrayLike<number>,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Float32Array> {
    const tokens = Int32Array.from(encodeInput(this.#host, input, true));
    const { vocabSize } = this.config;
    const logits = new Float32Array(tokens.length * vocabSize);
    await this.#eachRow(tokens, options.signal, (row, position) => logits.set(row, position * vocabSize));
    return logits;
  }

  get #host(): SessionHost {
    return { engine: this.#engine, config: this.config, tokenizer: this.tokenizer };
  }

  /** Takes a text from its beginning and shows the logits after each token. */
  async #eachRow(
    tokens: Int32Array,
    signal: AbortSignal | undefined,
    visit: (row: Float32Array, position: number) => void,
  ): Promise<void> {
    const { vocabSize } = this.config;
    const occupant: Occupant = { saved: undefined };
    const work = function* (network: Network): Generator<void, void, void> {
      const logits = new Float32Array(network.logitRows * vocabSize);
      for (let at = 0; at < tokens.length; at += BLOCK) {
        const block = tokens.subarray(at, at + BLOCK);
        yield* network.forward(block);
        for (let i = 0; i < block.length; i += network.logitRows) {
          const count = Math.min(network.logitRows, block.length - i);
          yield* network.logits(i, count, logits);
          for (let j = 0; j < count; j++) visit(logits.subarray(j * vocabSize, (j + 1) * vocabSize), at + i + j);
        }
      }
    };
    try {
      await this.#engine.run(occupant, work, () => signal?.throwIfAborted());
    } finally {
      this.#engine.leave(occupant);
    }
  }

  /** Gives the memory back; it is reused by the next load. Idempotent; later calls throw `disposed`. */
  dispose(): void {
    if (this.#memory === undefined) return;
    this.#engine.dispose();
    pool.release(this.#memory);
    this.#memory = undefined;
  }
}

/** Bytes of everything that will be allocated, counted without allocating it. */
function bytesNeeded(
  kernel: Parameters<typeof networkBuffers>[0],
  config: GlaConfig,
  { moves }: Checkpoint,
  weights: WeightStorage,
): number {
  let bytes = 16;
  const counter = {
    alloc(size: number): number {
      bytes = Math.ceil(bytes / 16) * 16 + size;
      return 0;
    },
  };
  const placed = new WeightPlacement(kernel, counter, moves, weights);
  networkBuffers(kernel, counter, config, placed.storages);
  counter.alloc(stagingBytes(moves));
  return bytes;
}
