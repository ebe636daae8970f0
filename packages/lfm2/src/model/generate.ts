import { isCount, show } from '@gossamer/kit/errors';
import { PromptLookup } from '@gossamer/kit/prompt-lookup';
import { createSamplerChain, type SamplerChainOptions, type TokenLogProb } from '@gossamer/kit/sampler-chain';
import { createStopMatcher } from '@gossamer/kit/stop';
import { fail } from '../errors.ts';
import type { Network } from './network.ts';
import { MAX_DRAFT } from './sequence.ts';
import { lastLogits, type SessionHost } from './session.ts';
import type { Text } from './text.ts';

/** How {@link Lfm2Session.generate} picks tokens and when it stops; the sampler's options are among these. */
export interface GenerateOptions extends SamplerChainOptions {
  /** Most tokens to generate; default 512. */
  readonly maxTokens?: number | undefined;
  /** Strings that end the text; they are not part of it. */
  readonly stop?: readonly string[] | undefined;
  /** Tokens that end the text beside those of the file. */
  readonly stopTokens?: readonly number[] | undefined;
  /**
   * Guess up to this many tokens (1 to 16) from what the text repeats and check them at once: the same distribution of
   * texts, faster where the text quotes itself. Default 0, off.
   */
  readonly speculate?: number | undefined;
  /**
   * What to do when the context is full: keep its first tokens, as many as this says, and drop half of the others. Without
   * it the end of the context ends the text.
   */
  readonly contextShift?: { readonly keep: number } | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One generated token. */
export interface GenerateStep {
  /** Text that became certain with this token: empty while a character or a possible stop string is incomplete. */
  readonly text: string;
  readonly token: number;
  /** ln p(token | text so far) before any filter; with `logProbs`. */
  readonly logProb?: number | undefined;
  /** The likeliest tokens; with `logProbs`. */
  readonly top?: readonly TokenLogProb[] | undefined;
  /** On the last step why it is the last: an end token, a stop string, `maxTokens`, or the end of the context. */
  readonly finish?: 'eos' | 'stop' | 'length' | 'context' | undefined;
}

/** Runs work on a session's text, in the engine's turn. */
type Run = <T>(work: (network: Network, text: Text) => Generator<void, T, void>) => Promise<T>;

/**
 * Checks the options; what it returns generates, as often as it is called.
 *
 * @throws `bad-option`
 */
export function generateSteps(options: GenerateOptions, host: SessionHost) {
  const { maxTokens, draft: longest, keep } = readLimits(options);
  const sampler = createSamplerChain(options, fail);
  const matcher = createStopMatcher(options.stop ?? [], fail);
  const ends = new Set([...host.eosTokenIds, ...(options.stopTokens ?? [])]);
  const { tokenizer, context } = host;
  const decoder = tokenizer?.decoder();

  const toStep = ({ id: token, ...probabilities }: Drawn, last: boolean, full: boolean): GenerateStep => {
    const ended = ends.has(token);
    // A padded vocabulary has ids that are no token of the tokenizer: they say nothing.
    const known = tokenizer?.idToToken(token) !== undefined;
    let text = ended || !known ? '' : matcher.push(decoder?.push(token) ?? '');
    if ((ended || last || full) && !matcher.stopped) text += matcher.push(decoder?.flush() ?? '');
    if (matcher.stopped) return { text, token, ...probabilities, finish: 'stop' };
    if (!ended && !last && !full) return { text, token, ...probabilities };
    const finish = ended ? 'eos' : last ? 'length' : 'context';
    return { text: text + matcher.flush(), token, ...probabilities, finish };
  };

  return async function* steps(held: () => Text, run: Run): AsyncGenerator<GenerateStep, void, void> {
    const lookup = longest > 0 ? new PromptLookup(held().tokens) : undefined;
    let count = 0;
    for (let next: Drawn | undefined = sampler.sample(lastLogits(held()), held().tokens); next !== undefined; ) {
      const first: Drawn = next;
      lookup?.push(first.id);
      const draft = lookup?.propose(Math.min(longest, maxTokens - count - 1)) ?? [];
      const rows = await run(function* (network, text) {
        if (text.tokens.length + 1 + draft.length > context) draft.length = 0;
        if (text.tokens.length + 1 > context) makeRoom(network, text, context, keep);
        return yield* text.take(network, [first.id, ...draft], 1 + draft.length);
      });
      const text = held();
      // A drawn token that is the guessed one is checked already; the first that is another one ends the run.
      const drawn: Drawn[] = [first];
      text.tokens.length -= draft.length;
      next = undefined;
      while (count + drawn.length < maxTokens && !ends.has((drawn.at(-1) as Drawn).id)) {
        const i = drawn.length - 1;
        const sample = sampler.sample(rows[i] as Float32Array, text.tokens);
        if (sample.id !== draft[i]) {
          next = sample;
          break;
        }
        drawn.push(sample);
        text.tokens.push(sample.id);
        lookup?.push(sample.id);
      }
      text.settle(draft.length + 1 - drawn.length, rows[drawn.length - 1]);
      let handed = 0;
      try {
        for (const each of drawn) {
          handed++;
          count++;
          const length = text.tokens.length - drawn.length + handed;
          const step = toStep(each, count === maxTokens, keep === undefined && length === context);
          if (step.finish !== undefined) next = undefined;
          yield step;
          if (step.finish !== undefined) return;
        }
      } finally {
        const left = drawn.length - handed;
        text.tokens.length -= left;
        if (left > 0) text.settle(left, rows[handed - 1]);
      }
    }
  };
}

/** A sample of the chain. */
type Drawn = ReturnType<ReturnType<typeof createSamplerChain>['sample']>;

/** @throws `context-full` */
function makeRoom(network: Network, text: Text, context: number, keep: number | undefined): void {
  if (keep === undefined) {
    throw fail('context-full', `context: expected at most ${context} tokens, got ${text.tokens.length + 1}`);
  }
  text.shift(network, keep);
}

function readLimits({ maxTokens = 512, speculate = 0, contextShift }: GenerateOptions) {
  if (!isCount(maxTokens)) {
    throw fail('bad-option', `maxTokens: expected a positive integer, got ${show(maxTokens)}`);
  }
  if (!isCount(speculate, 0) || speculate > MAX_DRAFT) {
    throw fail('bad-option', `speculate: expected an integer from 0 to ${MAX_DRAFT}, got ${show(speculate)}`);
  }
  const keep = contextShift?.keep;
  if (keep !== undefined && !isCount(keep, 0)) {
    throw fail('bad-option', `contextShift.keep: expected an integer of at least 0, got ${show(keep)}`);
  }
  return { maxTokens, draft: speculate, keep };
}
