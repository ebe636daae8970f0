import type { Fail } from '../errors.ts';
import { isCount, show } from '../errors.ts';

export type ChainFail = Fail<'bad-option' | 'bad-value'>;

/** A step of the chain; `logitBias` comes before all of them. */
export type SamplerStage =
  | 'penalties'
  | 'dry'
  | 'topNSigma'
  | 'topK'
  | 'typicalP'
  | 'topP'
  | 'minP'
  | 'xtc'
  | 'temperature';

/**
 * Named starting points:
 * `transformers`: its order and neutral values, so without other options the model's own distribution;
 * `llama.cpp`: the order and defaults of its command line (temperature 0.8 last, top-k 40, top-p 0.95, min-p 0.05);
 * `liquid`: what Liquid recommends for LFM2, in the order of `transformers` (temperature 0.3, min-p 0.15, repetition 1.05);
 * `greedy`: always the likeliest token.
 */
export type SamplerPreset = 'transformers' | 'llama.cpp' | 'liquid' | 'greedy';

/** How tokens are picked: a preset, and what is to be different. */
export interface SamplerChainOptions {
  /** Default `transformers`. */
  readonly preset?: SamplerPreset | undefined;
  /** Stages in their order; those that are left out do not act. */
  readonly order?: readonly SamplerStage[] | undefined;
  /** Divides the logits; 0 takes the likeliest token, the lowest id in a tie. */
  readonly temperature?: number | undefined;
  /** Lets the temperature go from T − range to T + range with the entropy, to the power of `exponent` (1 unless told). */
  readonly dynamicTemperature?: { readonly range: number; readonly exponent?: number | undefined } | undefined;
  /** Keeps the k likeliest tokens, and those as likely as the k-th. */
  readonly topK?: number | undefined;
  /** Keeps the likeliest tokens until they sum to p, 0 < p ≤ 1. */
  readonly topP?: number | undefined;
  /** Keeps tokens at least m times as likely as the likeliest, 0 ≤ m ≤ 1. */
  readonly minP?: number | undefined;
  /** Keeps tokens whose surprise is closest to the entropy, until they sum to p, 0 < p ≤ 1 (arXiv:2202.00666). */
  readonly typicalP?: number | undefined;
  /** Keeps logits within n standard deviations of the largest (arXiv:2411.07641); absent is off. */
  readonly topNSigma?: number | undefined;
  /** With this probability removes all tokens at least as likely as the threshold but the least likely of them. */
  readonly xtc?: { readonly probability: number; readonly threshold: number } | undefined;
  /** Divides positive and multiplies negative logits of tokens in the text so far (arXiv:1909.05858); 1 is off. */
  readonly repetitionPenalty?: number | undefined;
  /** How many of the last tokens the penalties look at. */
  readonly penaltyLastN?: number | undefined;
  /** Subtracted from a logit for each time that its token occurred. */
  readonly frequencyPenalty?: number | undefined;
  /** Subtracted from the logits of tokens that occurred. */
  readonly presencePenalty?: number | undefined;
  /** Subtracts multiplier·base^(n − allowedLength) where a token would make a repeated run n ≥ allowedLength long. */
  readonly dry?: DryOptions | undefined;
  /** Instead of filters keeps the surprise of the text at tau, by steps of eta (arXiv:2007.14966, version 2). */
  readonly mirostat?: { readonly tau: number; readonly eta: number } | undefined;
  /** Added to the logits of single tokens; −Infinity bans one. */
  readonly logitBias?: ReadonlyMap<number, number> | Readonly<Record<number, number>> | undefined;
  /** An integer from 0 to 2^32 − 1; a fresh one unless given. Equal seeds and logits draw equal tokens on every host. */
  readonly seed?: number | undefined;
  /** Reports ln p of the token and of so many of the likeliest (0 to 100), under the model, before anything above. */
  readonly logProbs?: number | undefined;
}

/** Repetition of runs of tokens. */
export interface DryOptions {
  readonly multiplier: number;
  /** Default 1.75. */
  readonly base?: number | undefined;
  /** Default 2. */
  readonly allowedLength?: number | undefined;
  /** How many of the last tokens are looked at; all unless told. */
  readonly lastN?: number | undefined;
  /** Tokens over which no run goes. */
  readonly breakers?: readonly number[] | undefined;
}

/** {@link DryOptions} with every value there. */
export type DrySettings = { readonly [K in keyof DryOptions]-?: Exclude<DryOptions[K], undefined> };

/** Options with every value there. */
export interface ChainSettings {
  readonly order: readonly SamplerStage[];
  readonly temperature: number;
  readonly dynamic: { readonly range: number; readonly exponent: number } | undefined;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
  readonly typicalP: number;
  readonly topNSigma: number;
  readonly xtc: { readonly probability: number; readonly threshold: number } | undefined;
  readonly penalties: Penalties;
  readonly dry: DrySettings | undefined;
  readonly mirostat: { readonly tau: number; readonly eta: number } | undefined;
  readonly bias: readonly (readonly [id: number, bias: number])[];
  readonly seed: number;
  readonly logProbs: number | undefined;
}

/** Penalties of tokens that occurred. */
export interface Penalties {
  readonly repetition: number;
  readonly frequency: number;
  readonly presence: number;
  readonly lastN: number;
}

const TRANSFORMERS: readonly SamplerStage[] = ['penalties', 'temperature', 'topK', 'topP', 'minP', 'typicalP'];
const LLAMA: readonly SamplerStage[] = [
  'penalties',
  'dry',
  'topNSigma',
  'topK',
  'typicalP',
  'topP',
  'minP',
  'xtc',
  'temperature',
];
/** Stages that only `llama.cpp` has act behind the others where they are asked for in another order. */
const EVERYTHING: readonly SamplerStage[] = ['penalties', 'dry', ...TRANSFORMERS.slice(1), 'topNSigma', 'xtc'];

const PRESETS: Readonly<Record<SamplerPreset, SamplerChainOptions>> = {
  transformers: { order: EVERYTHING },
  liquid: { order: EVERYTHING, temperature: 0.3, minP: 0.15, repetitionPenalty: 1.05 },
  'llama.cpp': { order: LLAMA, temperature: 0.8, topK: 40, topP: 0.95, minP: 0.05, penaltyLastN: 64 },
  greedy: { order: EVERYTHING, temperature: 0 },
};

const NO_LIMIT = Number.POSITIVE_INFINITY;

/** @throws `bad-option` with the option, what was expected, and what came. */
export function readChain(options: SamplerChainOptions, fail: ChainFail): ChainSettings {
  const { preset = 'transformers' } = options;
  const expect = (name: string, value: unknown, holds: boolean, expected: string) => {
    if (!holds) throw fail('bad-option', `${name}: expected ${expected}, got ${show(value)}`);
  };
  const number = (name: string, value: unknown, least: number, most: number, expected: string) =>
    expect(name, value, typeof value === 'number' && value >= least && value <= most, expected);
  const finite = (name: string, value: unknown) => expect(name, value, Number.isFinite(value), 'a finite number');
  const share = (name: string, value: unknown) => number(name, value, 0, 1, 'a number from 0 to 1');
  const above = (name: string, value: unknown, most: number, expected: string) =>
    number(name, value, Number.MIN_VALUE, most, expected);

  expect('preset', preset, Object.hasOwn(PRESETS, preset), Object.keys(PRESETS).join(', '));
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const all: SamplerChainOptions = { ...PRESETS[preset], ...given };
  const { order = EVERYTHING, temperature = 1, topK = NO_LIMIT, topP = 1, minP = 0, typicalP = 1 } = all;
  const { topNSigma = NO_LIMIT, repetitionPenalty = 1, penaltyLastN = NO_LIMIT } = all;
  const { frequencyPenalty = 0, presencePenalty = 0, logProbs } = all;
  const {
    seed = crypto.getRandomValues(new Uint32Array(1))[0] as number,
    dynamicTemperature,
    xtc,
    dry,
    mirostat,
  } = all;
  const known = Array.isArray(order) && order.every((stage, i) => LLAMA.includes(stage) && order.indexOf(stage) === i);
  expect('order', order, known, `different ones of ${LLAMA.join(', ')}`);
  number('temperature', temperature, 0, Number.MAX_VALUE, 'a number of at least 0');
  expect('topK', topK, topK === NO_LIMIT || isCount(topK), 'a positive integer');
  above('topP', topP, 1, 'a number above 0, at most 1');
  above('typicalP', typicalP, 1, 'a number above 0, at most 1');
  share('minP', minP);
  above('topNSigma', topNSigma, NO_LIMIT, 'a positive number');
  above('repetitionPenalty', repetitionPenalty, Number.MAX_VALUE, 'a positive number');
  expect(
    'penaltyLastN',
    penaltyLastN,
    penaltyLastN === NO_LIMIT || isCount(penaltyLastN, 0),
    'an integer of at least 0',
  );
  finite('frequencyPenalty', frequencyPenalty);
  finite('presencePenalty', presencePenalty);
  expect('seed', seed, isCount(seed, 0) && seed < 2 ** 32, 'an integer from 0 to 4294967295');
  expect(
    'logProbs',
    logProbs,
    logProbs === undefined || (isCount(logProbs, 0) && logProbs <= 100),
    'an integer from 0 to 100',
  );
  if (dynamicTemperature !== undefined) {
    number('dynamicTemperature.range', dynamicTemperature.range, 0, Number.MAX_VALUE, 'a number of at least 0');
    above('dynamicTemperature.exponent', dynamicTemperature.exponent ?? 1, Number.MAX_VALUE, 'a positive number');
  }
  if (xtc !== undefined) {
    share('xtc.probability', xtc.probability);
    share('xtc.threshold', xtc.threshold);
  }
  if (mirostat !== undefined) {
    above('mirostat.tau', mirostat.tau, Number.MAX_VALUE, 'a positive number');
    above('mirostat.eta', mirostat.eta, Number.MAX_VALUE, 'a positive number');
  }
  return {
    order,
    temperature,
    dynamic: dynamicTemperature && { range: dynamicTemperature.range, exponent: dynamicTemperature.exponent ?? 1 },
    topK,
    topP,
    minP,
    typicalP,
    topNSigma,
    xtc,
    penalties: {
      repetition: repetitionPenalty,
      frequency: frequencyPenalty,
      presence: presencePenalty,
      lastN: penaltyLastN,
    },
    dry: dry && readDry(dry, expect),
    mirostat,
    bias: readBias(all.logitBias, expect),
    seed,
    logProbs,
  };
}

type Expect = (name: string, value: unknown, holds: boolean, expected: string) => void;

function readDry(options: DryOptions, expect: Expect): DrySettings {
  const { multiplier, base = 1.75, allowedLength = 2, lastN = NO_LIMIT, breakers = [] } = options;
  expect('dry.multiplier', multiplier, Number.isFinite(multiplier) && multiplier >= 0, 'a number of at least 0');
  expect('dry.base', base, Number.isFinite(base) && base >= 1, 'a number of at least 1');
  expect('dry.allowedLength', allowedLength, isCount(allowedLength), 'a positive integer');
  expect('dry.lastN', lastN, lastN === NO_LIMIT || isCount(lastN, 0), 'an integer of at least 0');
  const ids = Array.isArray(breakers) && breakers.every((id) => isCount(id, 0));
  expect('dry.breakers', breakers, ids, 'a list of token ids');
  return { multiplier, base, allowedLength, lastN, breakers };
}

function readBias(bias: SamplerChainOptions['logitBias'], expect: Expect): (readonly [number, number])[] {
  const pairs = bias instanceof Map ? [...bias] : Object.entries(bias ?? {}).map(([id, value]) => [Number(id), value]);
  for (const [id, value] of pairs as [number, number][]) {
    expect('logitBias', id, isCount(id, 0), 'token ids');
    const fits = typeof value === 'number' && value < Number.POSITIVE_INFINITY;
    expect(`logitBias of ${id}`, value, fits, 'a number, or −Infinity');
  }
  return pairs as [number, number][];
}
