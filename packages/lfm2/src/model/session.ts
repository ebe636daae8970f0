import { isCount, show } from '@gossamer/kit/errors';
import type { Tokenizer } from '@gossamer/kit/tokenizer';
import { disposable } from '../disposable.ts';
import { fail } from '../errors.ts';
import type { Engine } from './engine.ts';
import { type GenerateOptions, type GenerateStep, generateSteps } from './generate.ts';
import { encodeInput, type TextInput } from './input.ts';
import type { Network } from './network.ts';
import { packText, unpackText } from './saved.ts';
import type { Text } from './text.ts';
import { Turns } from './turns.ts';

/** How {@link Lfm2Session.prefill} takes text in. */
export interface PrefillOptions {
  /** Take special tokens that the text spells out for what they say; false unless told. */
  readonly parseSpecial?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each chunk of at most 64 tokens. */
  readonly onProgress?: ((progress: PrefillProgress) => void) | undefined;
}

/** How many tokens of a prefill are done. */
export interface PrefillProgress {
  readonly done: number;
  readonly total: number;
}

/** What a session needs of its model. */
export interface SessionHost {
  readonly engine: Engine;
  readonly tokenizer: Tokenizer | undefined;
  readonly eosTokenIds: readonly number[];
  readonly vocabSize: number;
  /** Most tokens of a text. */
  readonly context: number;
  newText(): Text;
}

/**
 * A text and the model's state after it. Made by {@link Lfm2Model.session}. Calls of one session, and sessions of one model,
 * may overlap: they take turns in the order of the calls, and a generation keeps its session until its loop ends.
 */
export class Lfm2Session {
  readonly #host: SessionHost;
  readonly #turns = new Turns();
  #text: Text | undefined;

  /** Where the host has `using`: {@link dispose}. */
  declare readonly [Symbol.dispose]: () => void;

  static {
    disposable(Lfm2Session.prototype);
  }

  /** @internal */
  constructor(host: SessionHost, text: Text = host.newText()) {
    this.#host = host;
    this.#text = text;
  }

  /** Tokens in the text. */
  get length(): number {
    return this.#held().tokens.length;
  }

  /** Bytes of wasm memory that the text takes: they grow with it, in steps of 64 tokens. */
  get memoryBytes(): number {
    return this.#held().sequence.bytes;
  }

  /** The text's tokens, after the calls before; a copy. */
  tokens(): Promise<Uint32Array> {
    return this.#inTurn(async () => Uint32Array.from(this.#held().tokens));
  }

  /**
   * Logits (vocabSize) of the next token, after the calls before; a copy.
   *
   * @throws `bad-value` before the first token.
   */
  logits(): Promise<Float32Array> {
    return this.#inTurn(async () => lastLogits(this.#held()).slice());
  }

  /**
   * Adds text or token ids, in chunks of 64 tokens; only the last one's logits are computed. All or nothing: after an abort
   * the session is where it was.
   *
   * @throws `bad-token` for an id outside the vocabulary; `unsupported` for text without a tokenizer; `context-full`,
   *   `out-of-memory`; the signal's reason.
   */
  async prefill(input: TextInput, options: PrefillOptions = {}): Promise<void> {
    const { signal, onProgress, parseSpecial } = options;
    const { tokenizer, vocabSize, context } = this.#host;
    this.#held();
    if (typeof input !== 'string') encodeInput(tokenizer, vocabSize, input, {}); // a wrong id is heard at once
    await this.#inTurn(async () => {
      const start = this.length === 0;
      const ids = encodeInput(tokenizer, vocabSize, input, { addSpecial: start, parseSpecial });
      if (ids.length === 0) return;
      const report = (done: number) => onProgress?.({ done, total: ids.length });
      await this.#run(signal, function* (network, text) {
        const length = text.tokens.length + ids.length;
        if (length > context) throw fail('context-full', `context: expected at most ${context} tokens, got ${length}`);
        yield* text.take(network, ids, 1, report);
        text.mark();
      });
    }, signal);
  }

  /**
   * Continues the text, token by token. Every token that was handed out is part of the session's text, also when the loop is
   * left early, and no other.
   *
   * @throws `bad-value` before the first token; `bad-option`; `context-full` when there is no room for a token; the signal's
   *   reason.
   * @example
   * ```ts
   * await session.prefill('Once upon a time');
   * for await (const { text } of session.generate({ preset: 'liquid', maxTokens: 100 })) show(text);
   * ```
   */
  async *generate(options: GenerateOptions = {}): AsyncGenerator<GenerateStep, void, void> {
    const { signal } = options;
    const begin = generateSteps(options, this.#host); // checks the options
    signal?.throwIfAborted();
    const end = await this.#turns.take();
    try {
      yield* begin(
        () => this.#held(),
        (work) => this.#run(signal, work),
      );
    } finally {
      end();
    }
  }

  /**
   * Goes back to the first `length` tokens. Cheap at the ends of earlier calls, of which the last 32 are remembered; elsewhere
   * the tokens since the nearest one are computed again.
   *
   * @throws `bad-length` for more tokens than there are; the signal's reason: the session is then as before.
   */
  async rewind(length: number, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    await this.#inTurn(async () => {
      const have = this.length;
      if (!isCount(length, 0) || length > have) {
        throw fail('bad-length', `length: expected 0 to ${have}, the tokens of the text, got ${show(length)}`);
      }
      await this.#run(options.signal, (network, text) => text.rewind(network, length));
    }, options.signal);
  }

  /** The session as bytes, for {@link restore} in a model of the same shape. */
  async save(): Promise<Uint8Array> {
    return this.#inTurn(() => this.#host.engine.once((network) => packText(network.arena, this.#held())));
  }

  /**
   * Goes to what {@link save} wrote.
   *
   * @throws `bad-file` for bytes that are no saved session or one of another shape; `context-full`, `out-of-memory`; the
   *   session is then as before.
   */
  async restore(bytes: Uint8Array): Promise<void> {
    await this.#inTurn(() =>
      this.#host.engine.once((network) => {
        const old = this.#held();
        this.#text = unpackText(network.arena, old, bytes, this.#host.newText);
        old.sequence.free();
      }),
    );
  }

  /**
   * A second session at the same point of the text; the two then go their own ways.
   *
   * @throws `out-of-memory`
   */
  async fork(): Promise<Lfm2Session> {
    return this.#inTurn(() =>
      this.#host.engine.once(() => {
        const twin = this.#host.newText();
        try {
          twin.copyFrom(this.#held());
        } catch (error) {
          twin.sequence.free();
          throw error;
        }
        return new Lfm2Session(this.#host, twin);
      }),
    );
  }

  /** Forgets the text; its memory serves other sessions. Later calls throw `disposed`, a generation under way too. */
  dispose(): void {
    const text = this.#text;
    this.#text = undefined;
    // Work that is under way still writes into the text, so it is freed behind it.
    if (text !== undefined) this.#host.engine.once(() => text.sequence.free()).catch(() => {});
  }

  async #inTurn<T>(act: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const end = await this.#turns.take();
    try {
      signal?.throwIfAborted();
      return await act();
    } finally {
      end();
    }
  }

  #run<T>(
    signal: AbortSignal | undefined,
    work: (network: Network, text: Text) => Generator<void, T, void>,
  ): Promise<T> {
    const { engine } = this.#host;
    const held = () => this.#held();
    return engine.run(
      function* (network) {
        const text = held();
        try {
          return yield* work(network, text);
        } finally {
          if (!engine.disposed) text.sequence.trim();
        }
      },
      () => signal?.throwIfAborted(),
    );
  }

  #held(): Text {
    void this.#host.engine.network;
    if (this.#text === undefined) throw fail('disposed', 'the session was disposed');
    return this.#text;
  }
}

/** @throws `bad-value` before the first token. */
export function lastLogits({ logits }: Text): Float32Array {
  if (logits === undefined) throw fail('bad-value', 'session: it holds no text yet, prefill a prompt first');
  return logits;
}
