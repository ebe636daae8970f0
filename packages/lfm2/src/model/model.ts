import type { Progress } from '@gossamer/kit/bytes';
import { isCount, show } from '@gossamer/kit/errors';
import { Arena } from '@gossamer/kit/memory';
import { logSoftmaxAt } from '@gossamer/kit/sampler';
import type { DecodeOptions, EncodeOptions, Tokenizer } from '@gossamer/kit/tokenizer';
import { type ChatOptions, Lfm2Chat } from '../chat/chat.ts';
import { plainTemplate } from '../chat/plain.ts';
import { type ChatFormat, countTokens, renderChat } from '../chat/render.ts';
import { ChatTemplate } from '../chat/template.ts';
import type { ChatMessage } from '../chat/types.ts';
import { disposable } from '../disposable.ts';
import { fail } from '../errors.ts';
import { instantiateIn, type KernelVariant, kernelSizer, pool, type VariantOption } from '../instance.ts';
import { Blocks } from './blocks.ts';
import { closeAll, type OpenModel } from './checkpoint.ts';
import type { Lfm2Config } from './config.ts';
import type { Conversion } from './conversions.ts';
import { Engine } from './engine.ts';
import type { GenerateOptions, GenerateStep } from './generate.ts';
import { encodeInput, type TextInput } from './input.ts';
import { bytesNeeded } from './needs.ts';
import { CHUNK, LOGIT_ROWS, Network, networkBuffers } from './network.ts';
import { type ModelInput, openModel } from './open.ts';
import { readWeights, stagingBlocks, WeightPlacement } from './read-weights.ts';
import { CACHE, type CacheType, type SequenceShape, sequenceShape } from './sequence.ts';
import { Lfm2Session, type SessionHost } from './session.ts';
import type { WeightStorage } from './storage.ts';
import { Text } from './text.ts';

/** How {@link Lfm2Model.load} reads a model. */
export interface LoadOptions {
  /**
   * How matrices are kept: `stored` (default) in the type of the file, `int8` all float matrices as int8 with a scale per 32
   * columns.
   */
  readonly weights?: WeightStorage | undefined;
  /**
   * How keys and values of a text are kept: `f16` (default); `q8`, int8 with a scale per token and head, half as large and
   * faster in long texts; `f32`, exact.
   */
  readonly cache?: CacheType | undefined;
  /** Most tokens of a text; default what the file declares. Memory is taken as a text grows. */
  readonly context?: number | undefined;
  /** Build of the kernels; default `auto`, the fastest that this host runs right. */
  readonly variant?: VariantOption | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called as weights arrive. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Stands in for the global `fetch`: headers, credentials, caches. */
  readonly fetch?: typeof fetch | undefined;
}

/** What {@link Lfm2Model.score} found. */
export interface Score {
  /** The tokens of the text, with the begin-of-text token that the tokenizer puts before it. */
  readonly tokens: Uint32Array;
  /** ln p(tokens[i + 1] | tokens[0 … i]): one element less than `tokens`. */
  readonly logProbs: Float64Array;
  /** Sum of `logProbs`. */
  readonly total: number;
}

/** What a model is made of, once loaded. */
interface Loaded {
  readonly open: OpenModel;
  readonly network: Network;
  readonly memory: WebAssembly.Memory;
  readonly variant: KernelVariant;
  readonly bytes: number;
  readonly conversions: readonly Conversion[];
  readonly shape: SequenceShape;
  readonly context: number;
}

/**
 * An LFM2 language model (Liquid AI, LFM2 Technical Report, arXiv:2511.23404): gated short convolutions and grouped-query
 * attention, from a GGUF file or a checkpoint of `transformers`.
 */
export class Lfm2Model {
  readonly config: Lfm2Config;
  /** The tokenizer of the file; undefined when it came without. */
  readonly tokenizer: Tokenizer | undefined;
  /** Jinja source of the file's chat template. */
  readonly chatTemplate: string | undefined;
  /** Tokens that end an answer. */
  readonly eosTokenIds: readonly number[];
  /** The build that runs. */
  readonly variant: KernelVariant;
  /** How keys and values are kept. */
  readonly cache: CacheType;
  /** Most tokens of a text. */
  readonly context: number;
  /** Bytes of wasm memory for weights and buffers; texts take theirs beside it. */
  readonly memoryBytes: number;
  /** Tensors that were converted to int8, with the error that this added. */
  readonly conversions: readonly Conversion[];
  readonly #bosId: number | undefined;
  readonly #engine: Engine;
  readonly #shape: SequenceShape;
  readonly #blocks: Blocks;
  #memory: WebAssembly.Memory | undefined;

  /** Where the host has `using`: {@link dispose}. */
  declare readonly [Symbol.dispose]: () => void;

  static {
    disposable(Lfm2Model.prototype);
  }

  private constructor({ open, network, memory, variant, bytes, conversions, shape, context }: Loaded) {
    this.config = open.config;
    this.tokenizer = open.tokenizer;
    this.chatTemplate = open.chatTemplate;
    this.eosTokenIds = open.eosTokenIds;
    this.#bosId = open.bosTokenId;
    this.variant = variant;
    this.cache = shape.cache;
    this.context = context;
    this.memoryBytes = bytes;
    this.conversions = conversions;
    this.#engine = new Engine(network);
    this.#shape = shape;
    this.#blocks = new Blocks(network.arena);
    this.#memory = memory;
  }

  /**
   * Loads a model: a GGUF file (v2 or v3, single or split), or a checkpoint of `transformers` (`config.json`,
   * `model.safetensors` or its index and shards, `tokenizer.json`).
   *
   * @param source a GGUF file as a path or URL that ends with `.gguf`, `hf:owner/repo/file.gguf`, Blob, stream or bytes; or
   *   the folder of a checkpoint as a path, base URL, files by name or file list.
   * @throws `bad-file`, `unsupported` or `not-found` for what is wrong with the files, `out-of-memory` before anything is
   *   allocated; the signal's reason.
   */
  static async load(source: ModelInput, options: LoadOptions = {}): Promise<Lfm2Model> {
    const { weights = 'stored', cache = 'f16', context: wanted } = options;
    oneOf('weights', weights, ['stored', 'int8']);
    oneOf('cache', cache, Object.keys(CACHE));
    if (wanted !== undefined && !isCount(wanted)) {
      throw fail('bad-option', `context: expected a positive integer, got ${show(wanted)}`);
    }
    const sizer = kernelSizer(options.variant);
    const open = await openModel(source, options);
    try {
      const { config, moves } = open;
      const context = Math.min(wanted ?? config.contextLength, config.contextLength);
      const bytes = bytesNeeded(sizer.kernel, open, weights);
      const memory = pool.acquire(bytes);
      try {
        const kernel = instantiateIn(sizer, memory);
        const arena = new Arena(memory, fail);
        const placed = new WeightPlacement(kernel, arena, moves, weights);
        const buffers = networkBuffers(kernel, arena, config, placed.storages);
        const mark = arena.mark();
        const conversions = await readWeights(kernel, arena, open, placed, stagingBlocks(arena, moves));
        arena.reset(mark);
        const network = new Network(kernel, arena, config, cache, placed, buffers);
        const shape = sequenceShape(kernel, config, cache, context);
        return new Lfm2Model({
          open,
          network,
          memory,
          variant: sizer.variant,
          bytes: mark,
          conversions,
          shape,
          context,
        });
      } catch (error) {
        pool.release(memory);
        throw error;
      }
    } finally {
      await closeAll(open.sources);
    }
  }

  /**
   * A new text.
   *
   * @throws `out-of-memory`
   */
  session(): Lfm2Session {
    return new Lfm2Session(this.#host);
  }

  /**
   * A conversation through the file's chat template, or through the plain form of LFM2 where the file has none.
   *
   * @throws `unsupported` without a tokenizer; `bad-template` for a template or messages that cannot be rendered; `bad-value`.
   * @example
   * ```ts
   * const chat = model.chat({ messages: [{ role: 'system', content: 'You answer in one sentence.' }] });
   * for await (const { text } of chat.send('What is the capital of France?')) show(text);
   * ```
   */
  chat(options: ChatOptions = {}): Lfm2Chat {
    const tokenizer = this.#tokenizer();
    const format = this.#format();
    return new Lfm2Chat(
      {
        session: () => this.session(),
        render: (messages, tools, answer) =>
          Array.from(renderChat(format, messages, { tools, addGenerationPrompt: answer })),
        decode: (ids) => tokenizer.decode(ids, { skipSpecial: false }),
      },
      options,
    );
  }

  /**
   * How many tokens a text, or a conversation up to its next answer, has.
   *
   * @throws as {@link chat}.
   */
  async countTokens(input: string | readonly ChatMessage[]): Promise<number> {
    return countTokens(this.#format(), input);
  }

  /**
   * Continues a prompt, token by token. Leave the loop or abort the signal to stop.
   *
   * @throws as {@link Lfm2Session.prefill} and {@link Lfm2Session.generate}.
   * @example
   * ```ts
   * for await (const { text } of model.generate('The capital of France is', { preset: 'greedy' })) show(text);
   * ```
   */
  async *generate(prompt: TextInput, options: GenerateOptions = {}): AsyncGenerator<GenerateStep, void, void> {
    const session = this.session();
    try {
      await session.prefill(prompt, { signal: options.signal });
      yield* session.generate(options);
    } finally {
      session.dispose();
    }
  }

  /**
   * Log-probability of each token of a text given those before it.
   *
   * @throws as {@link Lfm2Session.prefill}.
   */
  async score(input: TextInput, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Score> {
    const tokens = Uint32Array.from(this.#encode(input));
    const logProbs = new Float64Array(Math.max(0, tokens.length - 1));
    await this.#eachRow(tokens.subarray(0, logProbs.length), options.signal, (row, position) => {
      logProbs[position] = logSoftmaxAt(row, tokens[position + 1] as number);
    });
    const total = logProbs.reduce((sum, value) => sum + value, 0);
    return { tokens, logProbs, total };
  }

  /**
   * Logits (tokens × vocabSize) after every token of a text; {@link Lfm2Session.logits} has those of the last one alone.
   *
   * @throws as {@link Lfm2Session.prefill}.
   */
  async logits(input: TextInput, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Float32Array> {
    const tokens = Uint32Array.from(this.#encode(input));
    const { vocabSize } = this.config;
    const logits = new Float32Array(tokens.length * vocabSize);
    await this.#eachRow(tokens, options.signal, (row, position) => logits.set(row, position * vocabSize));
    return logits;
  }

  /**
   * Token ids of a text, as {@link Lfm2Session.prefill} reads it.
   *
   * @throws `unsupported` without a tokenizer.
   */
  async encode(text: string, options: EncodeOptions = {}): Promise<Uint32Array> {
    return this.#tokenizer().encode(text, options);
  }

  /**
   * The text of token ids.
   *
   * @throws `unsupported` without a tokenizer; `bad-token`.
   */
  async decode(ids: ArrayLike<number>, options: DecodeOptions = {}): Promise<string> {
    return this.#tokenizer().decode(Array.from(ids), options);
  }

  /** Gives the memory back; it is reused by the next load. Idempotent; later calls throw `disposed`. */
  dispose(): void {
    if (this.#memory === undefined) return;
    this.#engine.dispose();
    pool.release(this.#memory);
    this.#memory = undefined;
  }

  get #host(): SessionHost {
    const { arena } = this.#engine.network;
    return {
      engine: this.#engine,
      tokenizer: this.tokenizer,
      eosTokenIds: this.eosTokenIds,
      vocabSize: this.config.vocabSize,
      context: this.context,
      newText: () => new Text(arena, this.#blocks, this.#shape, () => !this.#engine.disposed),
    };
  }

  #tokenizer(): Tokenizer {
    if (this.tokenizer === undefined) throw fail('unsupported', 'text: the model came without a tokenizer');
    return this.tokenizer;
  }

  #format(): ChatFormat {
    const tokenizer = this.#tokenizer();
    const template = this.chatTemplate === undefined ? plainTemplate() : new ChatTemplate(this.chatTemplate);
    const text = (id: number | undefined) => (id === undefined ? undefined : tokenizer.idToToken(id));
    return { template, tokenizer, bosToken: text(this.#bosId), eosToken: text(this.eosTokenIds[0]) };
  }

  #encode(input: TextInput): number[] {
    const ids = encodeInput(this.tokenizer, this.config.vocabSize, input, {});
    if (ids.length > this.context) {
      throw fail('context-full', `context: expected at most ${this.context} tokens, got ${ids.length}`);
    }
    return ids;
  }

  /** Takes a text from its beginning and shows the logits after each token. */
  async #eachRow(
    tokens: Uint32Array,
    signal: AbortSignal | undefined,
    visit: (row: Float32Array, position: number) => void,
  ): Promise<void> {
    const { vocabSize } = this.config;
    const { newText, engine } = this.#host;
    const work = function* (network: Network): Generator<void, void, void> {
      const { sequence } = newText();
      try {
        sequence.reserve(tokens.length);
        for (let at = 0; at < tokens.length; at += CHUNK) {
          const chunk = tokens.subarray(at, at + CHUNK);
          yield* network.forward(sequence, chunk);
          for (let i = 0; i < chunk.length; i += LOGIT_ROWS) {
            const count = Math.min(LOGIT_ROWS, chunk.length - i);
            const rows = yield* network.logits(i, count);
            for (let j = 0; j < count; j++) visit(rows.subarray(j * vocabSize, (j + 1) * vocabSize), at + i + j);
          }
        }
      } finally {
        if (!engine.disposed) sequence.free();
      }
    };
    await engine.run(work, () => signal?.throwIfAborted());
  }
}

function oneOf(name: string, value: unknown, allowed: readonly string[]): void {
  if (!allowed.includes(value as string)) {
    throw fail('bad-option', `${name}: expected one of ${allowed.join(', ')}, got ${show(value)}`);
  }
}
