import type { Fail } from './errors.ts';
import { isCount, show } from './errors.ts';
import { candidates, type SamplerSettings } from './sampler/candidates.ts';
import { expOfNegative } from './sampler/exp.ts';
import { uniformGenerator } from './sampler/random.ts';

type SamplerFail = Fail<'bad-option' | 'bad-value'>;

/** How tokens are picked. All are optional; without any, tokens are drawn from the model's own distribution. */
export interface SamplerOptions {
  /** Divides the logits; 0 takes the likeliest token, the lowest id in a tie. Default 1. */
  readonly temperature?: number | undefined;
  /** Keeps the k likeliest tokens. */
  readonly topK?: number | undefined;
  /** Keeps the likeliest tokens until they sum to p, 0 < p ≤ 1. */
  readonly topP?: number | undefined;
  /** Keeps tokens at least m times as likely as the likeliest, 0 ≤ m ≤ 1. */
  readonly minP?: number | undefined;
  /** Divides positive and multiplies negative logits of tokens in the text so far; > 0, 1 is off. */
  readonly repetitionPenalty?: number | undefined;
  /** An integer from 0 to 2^32 − 1; a fresh one unless given. Equal seeds and logits draw equal tokens on every host. */
  readonly seed?: number | undefined;
}

/** A token that was picked. */
export interface Sample {
  readonly id: number;
  /** ln p of the token under the model, before any filter. */
  readonly logProb: number;
}

/** Picks tokens; each call draws on. */
export interface Sampler {
  /**
   * @param seen one byte per token, not 0 for those in the text so far.
   * @throws `bad-value` for logits that are no distribution (NaN, ∞, or all −∞).
   */
  sample(logits: Float32Array, seen: Uint8Array): Sample;
}

/**
 * A sampler with the filters in the order of `transformers`: repetition penalty, temperature, top-k, top-p, min-p.
 *
 * @throws `bad-option` for a value out of range.
 */
export function createSampler(options: SamplerOptions, fail: SamplerFail): Sampler {
  const { temperature = 1, seed = crypto.getRandomValues(new Uint32Array(1))[0] as number } = options;
  check('temperature', temperature, temperature >= 0, 'a number ≥ 0', fail);
  check('seed', seed, isCount(seed, 0) && seed < 2 ** 32, 'an integer from 0 to 4294967295', fail);
  const settings = readSettings(options, temperature === 0 ? 1 : temperature, fail);
  const uniform = uniformGenerator(seed);
  return {
    sample(logits, seen) {
      const filtered = candidates(
        logits,
        seen,
        temperature === 0 ? { ...settings, topK: 1, topP: 1, minP: 0 } : settings,
      );
      const id = temperature === 0 ? filtered.ids[0] : draw(filtered, uniform());
      if (id === undefined) throw fail('bad-value', 'logits: expected finite numbers, got NaN, ∞ or no likely token');
      return { id, logProb: logSoftmaxAt(logits, id) };
    },
  };
}

function readSettings(options: SamplerOptions, temperature: number, fail: SamplerFail): SamplerSettings {
  const { topK = Number.POSITIVE_INFINITY, topP = 1, minP = 0, repetitionPenalty = 1 } = options;
  check('topK', topK, topK === Number.POSITIVE_INFINITY || isCount(topK), 'a positive integer', fail);
  check('topP', topP, topP > 0 && topP <= 1, 'a number above 0, at most 1', fail);
  check('minP', minP, minP >= 0 && minP <= 1, 'a number from 0 to 1', fail);
  check('repetitionPenalty', repetitionPenalty, repetitionPenalty > 0, 'a positive number', fail);
  return { temperature, topK, topP, minP, repetitionPenalty };
}

function check(name: string, value: unknown, holds: boolean, expected: string, fail: SamplerFail): void {
  const number = typeof value === 'number' && (Number.isFinite(value) || name === 'topK');
  if (!number || !holds) throw fail('bad-option', `${name}: expected ${expected}, got ${show(value)}`);
}

/** The token at which the running sum of weights passes u times their sum. */
function draw({ ids, weights }: ReturnType<typeof candidates>, u: number): number | undefined {
  let left = u * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [rank, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return ids[rank];
  }
  return ids.at(-1); // rounding may leave nothing to pass
}

/** ln of the softmax of `logits` at `id`, summed in f64; NaN when a logit is, or when the largest is infinite. */
export function logSoftmaxAt(logits: Float32Array, id: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) largest = Math.max(largest, logit);
  let sum = 0;
  for (const logit of logits) sum += expOfNegative(logit - largest);
  return (logits[id] as number) - largest - Math.log(sum);
}
