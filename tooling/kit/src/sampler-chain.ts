import { uniformGenerator } from './sampler/random.ts';
import { logSoftmaxAt } from './sampler.ts';
import { Occurrences, penalise, penaliseRuns } from './sampler-chain/history.ts';
import { type ChainFail, type ChainSettings, readChain, type SamplerChainOptions } from './sampler-chain/options.ts';
import { Pool, sumOf } from './sampler-chain/pool.ts';
import { minP, temperature, topK, topNSigma, topP, typicalP, xtc } from './sampler-chain/stages.ts';
import { likeliest } from './sampler-chain/top.ts';

export type {
  DryOptions,
  SamplerChainOptions,
  SamplerPreset,
  SamplerStage,
} from './sampler-chain/options.ts';

/** A token and ln p of it under the model. */
export interface TokenLogProb {
  readonly id: number;
  readonly logProb: number;
}

/** A token that was picked. */
export interface ChainSample {
  readonly id: number;
  /** ln p under the model, before anything; with `logProbs`. */
  readonly logProb?: number;
  /** The likeliest tokens under the model; with `logProbs`. */
  readonly top?: readonly TokenLogProb[];
}

/** Picks tokens; each call draws on. */
export interface SamplerChain {
  /**
   * @param logits of all tokens; not changed.
   * @param history the text's tokens so far.
   * @throws `bad-value` for logits that are no distribution (NaN, ∞, or all −∞).
   */
  sample(logits: Float32Array, history: ArrayLike<number>): ChainSample;
  /** What {@link sample} would draw from: the tokens that are left, ascending, and their probabilities. */
  distribution(logits: Float32Array, history: ArrayLike<number>): { ids: Int32Array; probabilities: Float64Array };
}

const FILTERS = { topNSigma, topK, typicalP, topP, minP, xtc, temperature } as const;

/**
 * A sampler from an ordered chain of stages.
 *
 * @throws `bad-option` for a value out of range.
 */
export function createSamplerChain(options: SamplerChainOptions, fail: ChainFail): SamplerChain {
  const settings = readChain(options, fail);
  const uniform = uniformGenerator(settings.seed);
  const occurrences = new Occurrences();
  let mu = 2 * (settings.mirostat?.tau ?? 0);

  const left = (logits: Float32Array, history: ArrayLike<number>): Pool => {
    const pool = new Pool(adjusted(logits, history, settings, occurrences));
    const largest = pool.largest();
    if (!Number.isFinite(largest)) {
      throw fail('bad-value', 'logits: expected finite numbers, got NaN, ∞ or no likely token');
    }
    if (settings.temperature === 0 && settings.dynamic === undefined) {
      pool.keepAt([pool.argmax()]);
      return pool;
    }
    if (settings.mirostat !== undefined) {
      temperature(pool, settings);
      const total = sumOf(pool.weights());
      pool.keepWithin(Math.max(0, mu * Math.LN2 - Math.log(total))); // a surprise of at most mu bits
      return pool;
    }
    for (const stage of settings.order) {
      if (stage !== 'penalties' && stage !== 'dry') FILTERS[stage](pool, settings, uniform);
    }
    return pool;
  };

  const draw = (pool: Pool): number => {
    const weights = pool.weights();
    const total = sumOf(weights);
    let rest = uniform() * total;
    let last = 0;
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i] as number;
      if (weight === 0) continue;
      last = i;
      rest -= weight;
      if (rest < 0) break;
    }
    const { mirostat } = settings;
    if (mirostat !== undefined) {
      mu -= mirostat.eta * (-Math.log2((weights[last] as number) / total) - mirostat.tau);
    }
    return pool.id(last); // rounding may leave nothing to pass
  };

  return {
    sample(logits, history) {
      const pool = left(logits, history);
      const id = pool.length === 1 && settings.mirostat === undefined ? pool.id(0) : draw(pool);
      const { logProbs } = settings;
      if (logProbs === undefined) return { id };
      return { id, logProb: logSoftmaxAt(logits, id), top: likeliest(logits, logProbs) };
    },
    distribution(logits, history) {
      const pool = left(logits, history);
      const weights = pool.weights();
      const total = sumOf(weights);
      const ids = Int32Array.from(weights, (_, i) => pool.id(i));
      return { ids, probabilities: weights.map((weight) => weight / total) };
    },
  };
}

/** Logits after bias and penalties; the logits themselves where nothing changes them. */
function adjusted(
  logits: Float32Array,
  history: ArrayLike<number>,
  { bias, penalties, dry, order }: ChainSettings,
  occurrences: Occurrences,
): Float32Array {
  const { repetition, frequency, presence, lastN } = penalties;
  const penalised = order.includes('penalties') && (repetition !== 1 || frequency !== 0 || presence !== 0);
  const runs = dry !== undefined && order.includes('dry') ? dry : undefined;
  if (bias.length === 0 && !penalised && runs === undefined) return logits;
  const scores = logits.slice();
  for (const [id, value] of bias) if (id < scores.length) scores[id] = (scores[id] as number) + value;
  if (penalised) penalise(scores, occurrences.of(history, lastN), penalties);
  if (runs !== undefined) penaliseRuns(scores, history, runs);
  return scores;
}
