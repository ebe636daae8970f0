import { isCount, show } from '@gossamer/kit/errors';
import { createSampler, type Sampler } from '@gossamer/kit/sampler';
import { createStopMatcher } from '@gossamer/kit/stop';
import type { Tokenizer } from '@gossamer/kit/tokenizer';
import { disposable } from '../disposable.ts';
import { fail, GlaError } from '../errors.ts';
import type { GlaConfig } from './config.ts';
import type { Engine, Occupant, Work } from './engine.ts';
import { BLOCK } from './network.ts';
import { packState, unpackState } from './state-file.ts';

/** How {@link GlaSession.generate} picks tokens and when it stops. */
export interface GenerateOptions {
  /** Most tokens to generate; default 256. */
  readonly maxTokens?: number;
  /** Divides the logits; 0 takes the likeliest token always. Default 1. */
  readonly temperature?: number;
  /** Keeps the k likeliest tokens. */
  readonly topK?: number;
  /** Keeps the smallest set of tokens whose probabilities sum to p or more (0 < p ≤ 1). */
  readonly topP?: number;
  /** Keeps tokens at least m times as likely as the likeliest (0 ≤ m ≤ 1). */
  readonly minP?: number;
  /** Divides positive and multiplies negative logits of tokens in the text so far; 1 is off. */
  readonly repetitionPenalty?: number;
  /** Seed of the sampler: the same seed, build and text give the same continuation. Default: a fresh one each time. */
  readonly seed?: number;
  /** Strings that end the text; they are not part of it. */
  readonly stop?: readonly string[];
  readonly signal?: AbortSignal;
}

/** One generated token. */
export interface GenerateStep {
  /** Text that became certain with this token: empty while a character or a possible stop string is incomplete. */
  readonly text: string;
  readonly token: number;
  /** ln p(token | text so far), before temperature and filters. */
  readonly logProb: number;
  /** On the last step, why it is the last: an end-of-text token, a stop string, or `maxTokens`. */
  readonly finish?: 'eos' | 'stop' | 'length';
}

/** What a session needs of its model. */
export interface SessionHost {
  readonly engine: Engine;
  readonly config: GlaConfig;
  readonly tokenizer: Tokenizer | undefined;
}

/**
 * A text and the model's state after it. The state has one size whatever the length of the text. Made by
 * {@link GlaModel.session}. Several sessions of one model may be used at the same time; their calls take turns.
 */
export class GlaSession {
  readonly #host: SessionHost;
  readonly #occupant: Occupant = { saved: undefined };
  readonly #seen: Uint8Array;
  #position = 0;
  #logits: Float32Array | undefined;
  #disposed = false;

  /** Where the host has `using`: {@link dispose}. */
  declare readonly [Symbol.dispose]: () => void;

  static {
    disposable(GlaSession.prototype);
  }

  /** @internal */
  constructor(host: SessionHost) {
    this.#host = host;
    this.#seen = new Uint8Array(host.config.vocabSize);
  }

  /** Tokens taken in so far. */
  get position(): number {
    return this.#position;
  }

  /**
   * Logits (vocabSize) of the next token; a copy.
   *
   * @throws `bad-value` before the first token.
   */
  logits(): Float32Array {
    return this.#lastLogits().slice();
  }

  /**
   * Takes in text or token ids. All or nothing: after an abort the session is where it was.
   *
   * @throws `bad-value` for an id outside the vocabulary; `unsupported` for text without a tokenizer; the signal's reason.
   */
  async append(input: string | ArrayLike<number>, options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const ids = encodeInput(this.#host, input, this.#position === 0);
    const { signal } = options;
    signal?.throwIfAborted();
    await this.#take(ids, ids.length === 1 ? undefined : () => signal?.throwIfAborted());
  }

  /**
   * Continues the text, token by token. Every token that was handed out is part of the session's text, also when the loop
   * is left early.
   *
   * @throws `bad-value` before the first token or for options out of range; the signal's reason.
   */
  async *generate(options: GenerateOptions = {}): AsyncGenerator<GenerateStep, void, void> {
    const { maxTokens = 256, signal } = options;
    if (!isCount(maxTokens)) {
      throw new GlaError('bad-value', `maxTokens: expected a positive integer, got ${show(maxTokens)}`);
    }
    const sampler: Sampler = createSampler(options, fail);
    const matcher = createStopMatcher(options.stop ?? [], fail);
    const { tokenizer, config } = this.#host;
    const decoder = tokenizer?.decoder();
    this.#lastLogits();
    for (let count = 1; ; count++) {
      signal?.throwIfAborted();
      const { id: token, logProb } = sampler.sample(this.#lastLogits(), this.#seen);
      await this.#take([token]);
      const ended = config.eosTokenIds.includes(token);
      const last = ended || count === maxTokens;
      // A padded vocabulary has ids that are no token of the tokenizer: they say nothing.
      const known = tokenizer?.idToToken(token) !== undefined;
      let text = ended || !known ? '' : matcher.push(decoder?.push(token) ?? '');
      if (last && !matcher.stopped) text += matcher.push(decoder?.flush() ?? '');
      if (matcher.stopped) {
        yield { text, token, logProb, finish: 'stop' };
        return;
      }
      if (last) {
        yield { text: text + matcher.flush(), token, logProb, finish: ended ? 'eos' : 'length' };
        return;
      }
      yield { text, token, logProb };
    }
  }

  /** The session as bytes, for {@link restore} in a model of the same shape; waits for calls under way. */
  async save(): Promise<Uint8Array> {
    this.#check();
    return this.#host.engine.once(this.#occupant, (network) =>
      packState(this.#host.config, {
        position: this.#position,
        seen: this.#seen,
        logits: this.#logits,
        state: network.readState(),
      }),
    );
  }

  /**
   * Goes to what {@link save} wrote.
   *
   * @throws `bad-file` for bytes that are no saved session or one of another shape; the session is then as before.
   */
  async restore(bytes: Uint8Array): Promise<void> {
    this.#check();
    const saved = unpackState(this.#host.config, bytes);
    await this.#host.engine.once(this.#occupant, (network) => {
      network.writeState(saved.state);
      this.#seen.set(saved.seen);
      this.#position = saved.position;
      this.#logits = saved.logits;
    });
  }

  /** A second session at the same point of the text; the two then go their own ways. */
  async fork(): Promise<GlaSession> {
    this.#check();
    return this.#host.engine.once(this.#occupant, (network) => {
      const twin = new GlaSession(this.#host);
      twin.#occupant.saved = network.readState();
      twin.#seen.set(this.#seen);
      twin.#position = this.#position;
      twin.#logits = this.#logits;
      return twin;
    });
  }

  /** Forgets the text. Later calls throw `disposed`. */
  dispose(): void {
    this.#disposed = true;
    this.#host.engine.leave(this.#occupant);
    this.#occupant.saved = undefined;
  }

  async #take(ids: ArrayLike<number>, check?: () => void): Promise<void> {
    this.#check();
    if (ids.length === 0) return;
    const { engine, config } = this.#host;
    const session = this;
    const work: Work<void> = function* (network) {
      // A single token is not interrupted, so only longer input needs the way back.
      const before = check === undefined ? undefined : network.readState();
      const logits = new Float32Array(config.vocabSize);
      let complete = false;
      try {
        for (let at = 0; at < ids.length; at += BLOCK) {
          yield* network.forward(Array.prototype.slice.call(ids, at, at + BLOCK));
        }
        yield* network.logits((ids.length - 1) % BLOCK, 1, logits);
        complete = true;
      } finally {
        if (!complete && !engine.disposed) network.writeState(before);
      }
      for (let i = 0; i < ids.length; i++) session.#seen[ids[i] as number] = 1;
      session.#position += ids.length;
      session.#logits = logits;
    };
    await engine.run(this.#occupant, work, check);
  }

  #lastLogits(): Float32Array {
    this.#check();
    if (this.#logits === undefined) {
      throw new GlaError('bad-value', 'generate: the session holds no text yet, append a prompt first');
    }
    return this.#logits;
  }

  #check(): void {
    if (this.#disposed) throw new GlaError('disposed', 'the session was disposed');
    void this.#host.engine.network;
  }
}

/** Text or ids as checked ids. */
export function encodeInput(host: SessionHost, input: string | ArrayLike<number>, start: boolean): ArrayLike<number> {
  const { tokenizer, config } = host;
  if (typeof input === 'string') {
    if (tokenizer === undefined) {
      throw new GlaError(
        'unsupported',
        'text was given, but the model was loaded without tokenizer.json: pass token ids',
      );
    }
    return tokenizer.encode(input, { addSpecial: start });
  }
  if (typeof input !== 'object' || input === null || !isCount(input.length, 0)) {
    throw new TypeError(`input: expected text or token ids, got ${show(input)}`);
  }
  for (let i = 0; i < input.length; i++) {
    const id = input[i];
    if (!isCount(id, 0) || id >= config.vocabSize) {
      throw new GlaError('bad-value', `token ${i}: expected an id below ${config.vocabSize}, got ${show(id)}`);
    }
  }
  return input;
}
