import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PromptLookup } from '../src/prompt-lookup.ts';
import { createSamplerChain, type SamplerChainOptions } from '../src/sampler-chain.ts';
import { fail, thrownBy } from './failure.ts';

const chain = (options: SamplerChainOptions) => createSamplerChain(options, fail);

/** ids and probabilities as pairs. */
function left(
  options: SamplerChainOptions,
  logits: readonly number[],
  history: readonly number[] = [],
): Map<number, number> {
  const { ids, probabilities } = chain(options).distribution(Float32Array.from(logits), history);
  return new Map(Array.from(ids, (id, i) => [id, probabilities[i] as number]));
}

function softmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const weights = logits.map((value) => Math.exp(value - largest));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

/** f32 logits, f64 from there on: a few roundings. */
const CLOSE = 12;

describe('the sampler chain', () => {
  const LOGITS = [2, 1, 0, -1, -2, 1.5];

  it('draws from the model itself without options', () => {
    const got = left({}, LOGITS);
    for (const [id, p] of softmax(LOGITS).entries()) expect(got.get(id)).toBeCloseTo(p, CLOSE);
  });

  it('divides by the temperature before or behind the filters, as the order says', () => {
    // At T = 0.5 the window of min-p 0.3 is max − 0.6 of the logits in one order, max − 1.2 in the other.
    const options = { temperature: 0.5, minP: 0.3 } as const;
    expect([...left({ ...options, order: ['temperature', 'minP'] }, LOGITS).keys()]).toEqual([0, 5]);
    expect([...left({ ...options, order: ['minP', 'temperature'] }, LOGITS).keys()]).toEqual([0, 1, 5]);
  });

  it('keeps the window of Liquid and that of llama.cpp', () => {
    const logits = [0, -0.56, -0.58, -1.89, -1.91];
    expect([...left({ preset: 'liquid' }, logits).keys()]).toEqual([0, 1]);
    const llama = { preset: 'llama.cpp', temperature: 0.3, minP: 0.15, topP: 1, topK: 40 } as const;
    expect([...left(llama, logits).keys()]).toEqual([0, 1, 2, 3]);
  });

  it('keeps the k likeliest, and ties with the k-th', () => {
    expect([...left({ topK: 2 }, LOGITS).keys()]).toEqual([0, 5]);
    expect([...left({ topK: 2 }, [1, 1, 1, 0]).keys()]).toEqual([0, 1, 2]);
  });

  it('keeps the likeliest until they sum to p, the crossing one too', () => {
    const logits = [0.5, 0.3, 0.15, 0.05].map(Math.log);
    expect([...left({ topP: 0.6 }, logits).keys()]).toEqual([0, 1]);
    expect([...left({ topP: 0.95 - 1e-6 }, logits).keys()]).toEqual([0, 1, 2]);
    expect([...left({ topP: 1e-9 }, logits).keys()]).toEqual([0]);
  });

  it('keeps the typical tokens', () => {
    // Entropy 1.142; |−ln p − H| is 0.449, 0.062, 0.755 and 1.854.
    const logits = [0.5, 0.3, 0.15, 0.05].map(Math.log);
    expect([...left({ typicalP: 0.25 }, logits).keys()]).toEqual([1]);
    expect([...left({ typicalP: 0.5 }, logits).keys()]).toEqual([0, 1]);
  });

  it('keeps logits within n standard deviations', () => {
    const logits = [4, 0, 0, 0, 0];
    const sigma = Math.sqrt(16 / 5 - (4 / 5) ** 2); // 1.6
    expect([...left({ topNSigma: 4 / sigma - 0.01 }, logits).keys()]).toEqual([0]);
    expect([...left({ topNSigma: 4 / sigma + 0.01 }, logits).keys()]).toHaveLength(5);
  });

  it('removes all but the least likely of the likely tokens', () => {
    const logits = [0.5, 0.3, 0.15, 0.05].map(Math.log);
    expect([...left({ xtc: { probability: 1, threshold: 0.1 } }, logits).keys()]).toEqual([2, 3]);
    expect([...left({ xtc: { probability: 0, threshold: 0.1 } }, logits).keys()]).toHaveLength(4);
    expect([...left({ xtc: { probability: 1, threshold: 0.4 } }, logits).keys()]).toHaveLength(4);
  });

  it('penalises what occurred, in the whole text or its end', () => {
    const history = [0, 4, 4];
    const all = { repetitionPenalty: 2, frequencyPenalty: 0.5, presencePenalty: 0.25 };
    const want = softmax([2 / 2 - 0.75, 1, 0, -1, -2 * 2 - 1.25, 1.5]);
    const got = left(all, LOGITS, history);
    want.forEach((p, id) => {
      expect(got.get(id)).toBeCloseTo(p, CLOSE);
    });
    const recent = left({ ...all, penaltyLastN: 2 }, LOGITS, history);
    softmax([2, 1, 0, -1, -5.25, 1.5]).forEach((p, id) => {
      expect(recent.get(id)).toBeCloseTo(p, CLOSE);
    });
  });

  it('follows a text that grows, and one that was changed', () => {
    const sampler = chain({ repetitionPenalty: 2 });
    for (const history of [[0], [0, 1], [0, 1, 2], [3, 1], [], [5, 5]]) {
      const { ids, probabilities } = sampler.distribution(Float32Array.from(LOGITS), history);
      const want = left({ repetitionPenalty: 2 }, LOGITS, history);
      expect(new Map(Array.from(ids, (id, i) => [id, probabilities[i]]))).toEqual(want);
    }
  });

  it('penalises the continuation of repeated runs, but not across a breaker', () => {
    const history = [7, 1, 2, 3, 9, 1, 2]; // 3 would make a run of two a repetition of three
    const dry = { multiplier: 1, base: 2, allowedLength: 2 };
    const logits = Array<number>(10).fill(0);
    const [plain, once] = [left({ dry }, logits, [1, 5]), left({ dry }, logits, history)];
    expect(plain.get(3)).toBeCloseTo(0.1, CLOSE);
    expect((once.get(3) as number) / (once.get(0) as number)).toBeCloseTo(Math.exp(-1), 6);
    const longer = left({ dry }, logits, [0, 1, 2, 3, 9, 0, 1, 2]);
    expect((longer.get(3) as number) / (longer.get(5) as number)).toBeCloseTo(Math.exp(-2), 6);
    expect(left({ dry: { ...dry, breakers: [1] } }, logits, history).get(3)).toBeCloseTo(0.1, CLOSE);
  });

  it('adds biases before everything, and bans', () => {
    const got = left({ logitBias: { 0: Number.NEGATIVE_INFINITY, 2: 3 }, topK: 2 }, LOGITS);
    expect([...got.keys()]).toEqual([2, 5]);
    expect(left({ logitBias: new Map([[1, 1]]) }, [0, 0]).get(1)).toBeCloseTo(Math.E / (1 + Math.E), CLOSE);
  });

  it('raises the temperature where the model is unsure', () => {
    const sure = left({ temperature: 1, dynamicTemperature: { range: 0.5 } }, [20, 0, 0, 0]);
    expect(sure.get(0)).toBeGreaterThan(0.999);
    const unsure = left({ temperature: 1, dynamicTemperature: { range: 0.5 } }, [0, 0.001, 0, 0]);
    softmax([0, 0.001 / 1.5, 0, 0]).forEach((p, id) => {
      expect(unsure.get(id)).toBeCloseTo(p, 6);
    });
  });

  it('keeps the surprise near tau with Mirostat', () => {
    const logits = Float32Array.from({ length: 500 }, (_, i) => -0.02 * i);
    const sampler = chain({ mirostat: { tau: 3, eta: 0.1 }, seed: 3 });
    const p = softmax([...logits]);
    let sum = 0;
    for (let i = 0; i < 2000; i++) sum -= Math.log2(p[sampler.sample(logits, []).id] as number);
    // The model's own surprise is about 7 bits; the filter holds the renormalised one at 3, so that of the model is below 7.
    const within = chain({ mirostat: { tau: 3, eta: 0.1 }, seed: 4 });
    for (let i = 0; i < 500; i++) within.sample(logits, []);
    const { probabilities } = within.distribution(logits, []);
    const entropy = probabilities.reduce((all, q) => all - q * Math.log2(q), 0);
    expect(entropy).toBeGreaterThan(2);
    expect(entropy).toBeLessThan(4);
    expect(sum / 2000).toBeLessThan(7);
  });

  it.each([
    ['transformers', {}],
    ['liquid', {}],
    ['llama.cpp', {}],
    ['llama.cpp', { xtc: { probability: 0.5, threshold: 0.1 } }],
  ] as const)('draws with the probabilities that it states: %s %o', (preset, more) => {
    const logits = Float32Array.from([2, 1.8, 1.5, 1.2, 0.5, -1, -3]);
    const options = { preset, temperature: 0.9, ...more, seed: 11 };
    const expected = new Float64Array(7);
    const times = 'xtc' in more ? 4000 : 1;
    const stating = chain({ ...options, seed: 5 });
    for (let i = 0; i < times; i++) {
      const { ids, probabilities } = stating.distribution(logits, []);
      ids.forEach((id, j) => {
        expected[id] = (expected[id] as number) + (probabilities[j] as number) / times;
      });
    }
    const sampler = chain(options);
    const counts = new Float64Array(7);
    const n = 40_000;
    for (let i = 0; i < n; i++) {
      const { id } = sampler.sample(logits, []);
      counts[id] = (counts[id] as number) + 1;
    }
    let chi2 = 0;
    expected.forEach((p, id) => {
      if (p === 0) expect(counts[id]).toBe(0);
      else chi2 += ((counts[id] as number) - n * p) ** 2 / (n * p);
    });
    // 99.99 % of χ² with 6 degrees of freedom lie below 27.9; the 4,000 stated ones of XTC add a tenth of the variance, 10 times.
    expect(chi2).toBeLessThan('xtc' in more ? 11 * 27.9 : 27.9);
  });

  it('draws the same for a seed, and reports what the model thought', () => {
    const logits = Float32Array.from(LOGITS);
    const [a, b] = [chain({ seed: 9, logProbs: 2 }), chain({ seed: 9, logProbs: 2 })];
    for (let i = 0; i < 50; i++) expect(a.sample(logits, [])).toEqual(b.sample(logits, []));
    const { id, logProb, top } = a.sample(logits, []);
    expect(logProb).toBeCloseTo(Math.log(softmax(LOGITS)[id] as number), CLOSE);
    expect(top?.map((each) => each.id)).toEqual([0, 5]);
    expect(top?.[1]?.logProb).toBeCloseTo(Math.log(softmax(LOGITS)[5] as number), CLOSE);
    expect(chain({}).sample(logits, [])).not.toHaveProperty('logProb');
  });

  it('takes the likeliest when greedy, the lowest id in a tie', () => {
    expect(chain({ preset: 'greedy' }).sample(Float32Array.of(1, 3, 3, 2), []).id).toBe(1);
    expect(chain({ temperature: 0, topK: 3 }).sample(Float32Array.of(-5, -1), []).id).toBe(1);
  });

  it('refuses logits that are no distribution', () => {
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(thrownBy(() => chain({}).sample(Float32Array.of(0, wrong), []))).toMatchObject({ code: 'bad-value' });
    }
    const nothing = Float32Array.of(Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY);
    expect(thrownBy(() => chain({}).sample(nothing, []))).toMatchObject({ code: 'bad-value' });
  });

  it.each([
    { preset: 'none' },
    { order: ['topK', 'topK'] },
    { order: ['sort'] },
    { temperature: -1 },
    { topK: 0 },
    { topP: 0 },
    { minP: 2 },
    { typicalP: 1.5 },
    { topNSigma: 0 },
    { repetitionPenalty: 0 },
    { penaltyLastN: -1 },
    { frequencyPenalty: Number.NaN },
    { presencePenalty: Number.POSITIVE_INFINITY },
    { xtc: { probability: 2, threshold: 0 } },
    { dynamicTemperature: { range: -1 } },
    { mirostat: { tau: 0, eta: 1 } },
    { dry: { multiplier: -1 } },
    { dry: { multiplier: 1, allowedLength: 0 } },
    { logitBias: { 1: Number.NaN } },
    { logitBias: { '-1': 1 } },
    { seed: 2 ** 32 },
    { logProbs: 101 },
  ])('refuses %o', (options) => {
    const [name] = Object.keys(options) as [string];
    const error = thrownBy(() => chain(options as unknown as SamplerChainOptions));
    expect(error).toMatchObject({ code: 'bad-option' });
    expect((error as Error).message).toContain(name);
  });
});

describe('processors of transformers', () => {
  interface Sampling {
    rows: { name: string; logits: (number | null)[]; ids: number[] }[];
    cases: { row: string | number; settings: Record<string, number | null>; filtered: (number | null)[] }[];
  }
  const { rows, cases } = JSON.parse(
    readFileSync(new URL('fixtures/sampling.json', import.meta.url), 'utf8'),
  ) as Sampling;

  it('leave the tokens that this chain leaves, as likely', () => {
    expect(cases.length).toBeGreaterThan(100);
    for (const { row, settings, filtered } of cases) {
      const { logits, ids: history } = rows.find((each, i) => each.name === row || i === row) as Sampling['rows'][0];
      const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null));
      if (given.topP === 0) given.topP = Number.MIN_VALUE; // as there, one token stays
      const values = logits.map((value) => value ?? Number.NEGATIVE_INFINITY);
      const got = left(given as SamplerChainOptions, values, history);
      const want = filtered.map((_, id) => id).filter((id) => filtered[id] !== null);
      expect(
        [...got.keys()].filter((id) => values[id] !== Number.NEGATIVE_INFINITY),
        JSON.stringify({ row, settings }),
      ).toEqual(want);
      const p = softmax(filtered.map((value) => value ?? Number.NEGATIVE_INFINITY));
      // The processors compute in f32.
      for (const id of want) expect(got.get(id)).toBeCloseTo(p[id] as number, 5);
    }
  });
});

describe('guessing from what the text repeats', () => {
  it('continues the latest occurrence of the longest run', () => {
    const lookup = new PromptLookup([1, 2, 3, 4, 1, 2, 3, 5, 9, 2, 3]);
    expect(lookup.propose(3)).toEqual([5, 9, 2]);
    lookup.push(5);
    expect(lookup.propose(2)).toEqual([9, 2]);
    lookup.push(77);
    expect(lookup.propose(4)).toEqual([]);
    expect(new PromptLookup([]).propose(4)).toEqual([]);
    expect(new PromptLookup([1, 1, 1]).propose(0)).toEqual([]);
  });

  it('agrees with a search of the whole text', () => {
    const text: number[] = [];
    const lookup = new PromptLookup([]);
    for (let i = 0; i < 400; i++) {
      const id = (i * i * 7 + (i >> 3)) % 5;
      text.push(id);
      lookup.push(id);
      expect(lookup.propose(4)).toEqual(search(text));
    }
  });
});

function search(text: readonly number[]): number[] {
  for (let length = Math.min(3, text.length); length >= 1; length--) {
    const run = text.slice(-length).join();
    for (let end = text.length - 1; end >= length; end--) {
      if (text.slice(end - length, end).join() === run) return text.slice(end, end + 4);
    }
  }
  return [];
}
