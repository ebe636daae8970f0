import { disposable } from '../disposable.ts';
import type { GenerateOptions, GenerateStep } from '../model/generate.ts';
import type { Lfm2Session, PrefillOptions } from '../model/session.ts';
import { parseToolCalls } from './tool-calls.ts';
import type { ChatMessage, ToolDefinition } from './types.ts';

/** How a conversation begins. */
export interface ChatOptions {
  /** What is said before: a system message, earlier turns. */
  readonly messages?: readonly ChatMessage[] | undefined;
  /** Functions that the model may call. */
  readonly tools?: readonly ToolDefinition[] | undefined;
}

/** A step of an answer; the last one carries the whole message. */
export interface AnswerStep extends GenerateStep {
  /** On the last step: the answer, with the tool calls in it. */
  readonly message?: ChatMessage | undefined;
}

/** What a conversation needs of its model. */
export interface ChatHost {
  session(): Lfm2Session;
  /** Token ids of a conversation, up to where the next answer begins when `answer` is set. */
  render(messages: readonly ChatMessage[], tools: readonly ToolDefinition[], answer: boolean): number[];
  decode(ids: readonly number[]): string;
}

/**
 * A conversation: messages in, answers out, through the file's chat template. Only what is new is computed, as far as the
 * template leaves the beginning of the conversation as it was. Made by {@link Lfm2Model.chat}.
 */
export class Lfm2Chat {
  /** The text of the conversation. */
  readonly session: Lfm2Session;
  readonly #host: ChatHost;
  readonly #tools: readonly ToolDefinition[];
  #messages: ChatMessage[];

  /** Where the host has `using`: {@link dispose}. */
  declare readonly [Symbol.dispose]: () => void;

  static {
    disposable(Lfm2Chat.prototype);
  }

  /** @internal */
  constructor(host: ChatHost, { messages = [], tools = [] }: ChatOptions = {}) {
    this.#host = host;
    this.#tools = tools;
    this.#messages = [...messages];
    if (messages.length > 0) host.render(messages, tools, false); // a wrong message is heard at once
    this.session = host.session();
  }

  /** What was said so far; a copy. */
  get messages(): readonly ChatMessage[] {
    return [...this.#messages];
  }

  /**
   * Adds messages and reads the conversation up to where the answer begins.
   *
   * @throws `bad-template` where the template refuses them; `context-full`; the signal's reason: the conversation is then as
   *   before.
   */
  async add(message: ChatMessage | readonly ChatMessage[], options: PrefillOptions = {}): Promise<void> {
    const added = Array.isArray(message) ? message : [message as ChatMessage];
    const messages = [...this.#messages, ...added];
    await this.#read(messages, options);
    this.#messages = messages;
  }

  /**
   * Lets the model answer. An answer whose loop is left early, or that is aborted, is part of the conversation as far as it
   * came.
   *
   * @throws as {@link Lfm2Session.generate}.
   */
  async *answer(options: GenerateOptions = {}): AsyncGenerator<AnswerStep, void, void> {
    await this.#read(this.#messages, { signal: options.signal });
    const tokens: number[] = [];
    let text = '';
    let ended = false;
    try {
      for await (const step of this.session.generate(options)) {
        tokens.push(step.token);
        text += step.text;
        if (step.finish === undefined) {
          yield step;
          continue;
        }
        ended = true;
        const message = this.#close(tokens, text);
        yield { ...step, message };
      }
    } finally {
      if (!ended && tokens.length > 0) this.#close(tokens, text);
    }
  }

  /**
   * {@link add} and {@link answer} in one.
   *
   * @example
   * ```ts
   * for await (const { text } of chat.send('What is the capital of France?')) show(text);
   * ```
   */
  async *send(content: string | ChatMessage, options: GenerateOptions = {}): AsyncGenerator<AnswerStep, void, void> {
    await this.add(typeof content === 'string' ? { role: 'user', content } : content, { signal: options.signal });
    yield* this.answer(options);
  }

  /** Forgets the conversation. Later calls throw `disposed`. */
  dispose(): void {
    this.session.dispose();
  }

  /** Brings the session to the conversation: back to where they part, then on. */
  async #read(messages: readonly ChatMessage[], options: PrefillOptions): Promise<void> {
    const wanted = this.#host.render(messages, this.#tools, true);
    const have = await this.session.tokens();
    let same = 0;
    while (same < have.length && have[same] === wanted[same]) same++;
    // The last token gives the logits: where nothing is new it is there already.
    await this.session.rewind(same, options);
    await this.session.prefill(wanted.slice(same), options);
  }

  /** Takes an answer into the conversation. */
  #close(tokens: readonly number[], text: string): ChatMessage {
    const { calls, text: content } = parseToolCalls(this.#host.decode(tokens));
    // Without calls the text is what was shown: without a stop string, for one.
    const message: ChatMessage =
      calls.length === 0 ? { role: 'assistant', content: text } : { role: 'assistant', content, toolCalls: calls };
    this.#messages.push(message);
    return message;
  }
}
