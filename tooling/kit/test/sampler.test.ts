import { readJson } from '@gossamer/testkit/fixtures';
import { normals } from '@gossamer/testkit/random';
import { describe, expect, it } from 'vitest';
import { candidates } from '../src/sampler/candidates.ts';
import { uniformGenerator } from '../src/sampler/random.ts';
import { createSampler, logSoftmaxAt, type SamplerOptions } from '../src/sampler.ts';
import { createStopMatcher } from '../src/stop.ts';

const fail = (code: string, message: string) => new Error(`${code}: ${message}`);

interface SamplingFixture {
  readonly rows: Array<{ name: string; logits: Array<number | null>; ids: number[] }>;
  readonly cases: Array<{
    row: string | number;
    settings: Record<'temperature' | 'topK' | 'topP' | 'minP' | 'repetitionPenalty', number | null>;
    filtered: Array<number | null>;
  }>;
}

const { rows, cases } = readJson<SamplingFixture>(new URL('./fixtures/sampling.json', import.meta.url));
const neutral = { temperature: 1, topK: Number.POSITIVE_INFINITY, topP: 1, minP: 0, repetitionPenalty: 1 };
const floats = (values: ReadonlyArray<number | null>) =>
  Float32Array.from(values, (x) => x ?? Number.NEGATIVE_INFINITY);

describe('candidates', () => {
  it('keeps the tokens that transformers keeps, with its probabilities', () => {
    expect(cases.length).toBeGreaterThan(100);
    for (const { row, settings, filtered } of cases) {
      const { logits, ids: text } = rows.find((r, i) => r.name === row || i === row) as SamplingFixture['rows'][0];
      const seen = new Uint8Array(logits.length);
      for (const id of text) seen[id] = 1;
      const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null));
      const { ids, weights } = candidates(floats(logits), seen, { ...neutral, ...given });
      const want = filtered.map((_, id) => id).filter((id) => filtered[id] !== null);
      expect(
        [...ids].sort((a, b) => a - b),
        JSON.stringify({ row, settings }),
      ).toEqual(want);
      const largest = Math.max(...want.map((id) => filtered[id] as number));
      for (const [rank, id] of ids.entries()) {
        expect(weights[rank]).toBeCloseTo(Math.exp((filtered[id] as number) - largest), 5);
      }
    }
  });

  it('finds a nucleus that is deeper than the first look', () => {
    const n = 40_000;
    const logits = new Float32Array(n).fill(-20);
    logits[7] = 0; // the others sum to 8e-5
    const seen = new Uint8Array(n);
    expect(candidates(logits, seen, { ...neutral, topP: 0.9999 }).ids).toEqual([7]);
    const deep = candidates(logits, seen, { ...neutral, topP: 0.99996 }).ids;
    // Mass of all but the first is 40,000·e^−20 = 8.2e-5; about half of it is needed.
    expect(deep.length).toBeGreaterThan(15_000);
    expect(deep.length).toBeLessThan(25_000);
  });

  it('has none for NaN, ∞ and all −∞', () => {
    const seen = new Uint8Array(3);
    for (const bad of [[0, Number.NaN, 1], [0, Number.POSITIVE_INFINITY, 1], Array(3).fill(Number.NEGATIVE_INFINITY)]) {
      expect(candidates(Float32Array.from(bad), seen, neutral).ids).toEqual([]);
      expect(() => createSampler({}, fail).sample(Float32Array.from(bad), seen)).toThrow('bad-value: logits');
    }
  });
});

describe('createSampler', () => {
  const logits = normals(5, 20);
  const seen = new Uint8Array(20);

  it('draws each token as often as its probability says', () => {
    const sampler = createSampler({ seed: 11, temperature: 0.8, topK: 12 }, fail);
    const { ids, weights } = candidates(logits, seen, { ...neutral, temperature: 0.8, topK: 12 });
    const n = 40_000;
    const counts = new Map<number, number>();
    for (let i = 0; i < n; i++) {
      const { id, logProb } = sampler.sample(logits, seen);
      counts.set(id, (counts.get(id) ?? 0) + 1);
      expect(logProb).toBe(logSoftmaxAt(logits, id));
    }
    const sum = weights.reduce((a, b) => a + b, 0);
    let chiSquare = 0;
    for (const [rank, id] of ids.entries()) {
      const want = (n * (weights[rank] as number)) / sum;
      chiSquare += ((counts.get(id) ?? 0) - want) ** 2 / want;
    }
    expect([...counts.keys()].every((id) => ids.includes(id))).toBe(true);
    expect(chiSquare).toBeLessThan(31.3); // 11 degrees of freedom, p = 0.001; the seed is fixed
  });

  it('is deterministic by seed, and greedy at temperature 0 with the lowest id in a tie', () => {
    const run = (options: SamplerOptions) => {
      const sampler = createSampler(options, fail);
      return Array.from({ length: 30 }, () => sampler.sample(logits, seen).id);
    };
    expect(run({ seed: 0 })).toEqual(run({ seed: 0 }));
    expect(run({ seed: 0 })).not.toEqual(run({ seed: 1 }));
    expect(new Set(run({ temperature: 0, seed: 4 })).size).toBe(1);
    expect(createSampler({ temperature: 0 }, fail).sample(Float32Array.of(1, 3, 3, 2), new Uint8Array(4)).id).toBe(1);
    const penalised = createSampler({ temperature: 0, repetitionPenalty: 2 }, fail);
    expect(penalised.sample(Float32Array.of(1, 3, 2), Uint8Array.of(0, 1, 0)).id).toBe(2);
  });

  it.each<[keyof SamplerOptions, unknown]>([
    ['temperature', -1],
    ['temperature', Number.NaN],
    ['temperature', '1'],
    ['topK', 0],
    ['topK', 1.5],
    ['topP', 0],
    ['topP', 1.01],
    ['minP', -0.1],
    ['minP', 2],
    ['repetitionPenalty', 0],
    ['repetitionPenalty', Number.POSITIVE_INFINITY],
    ['seed', 2 ** 32],
    ['seed', -1],
  ])('refuses %s = %s', (name, value) => {
    expect(() => createSampler({ [name]: value }, fail)).toThrow(`bad-option: ${name}: expected`);
  });

  it('has a generator whose first numbers never change', () => {
    const next = uniformGenerator(1);
    const got = [next(), next(), next()];
    expect(got.every((u) => u >= 0 && u < 1)).toBe(true);
    expect(got).toMatchInlineSnapshot(`
      [
        0.5686059948349658,
        0.8893939367683266,
        0.4705824180198359,
      ]
    `);
  });
});

describe('createStopMatcher', () => {
  const feed = (stops: string[], pieces: string[]) => {
    const matcher = createStopMatcher(stops, fail);
    const shown = pieces.map((piece) => matcher.push(piece));
    return { shown, rest: matcher.flush(), stopped: matcher.stopped };
  };

  it('finds a stop string that is split over pieces', () => {
    expect(feed(['END'], ['abE', 'N', 'Dxy'])).toEqual({ shown: ['ab', '', ''], rest: '', stopped: true });
    expect(feed(['END'], ['abE', 'N', 'x'])).toEqual({ shown: ['ab', '', 'ENx'], rest: '', stopped: false });
    expect(feed(['aab'], ['aa', 'a', 'b'])).toEqual({ shown: ['', 'a', ''], rest: '', stopped: true });
  });

  it('ends at the first of several, and gives back what it held', () => {
    expect(feed(['xyz', 'b'], ['axy', 'bxyz'])).toEqual({ shown: ['a', 'xy'], rest: '', stopped: true });
    expect(feed(['xyz'], ['axy'])).toEqual({ shown: ['a'], rest: 'xy', stopped: false });
    expect(feed([], ['a', 'b'])).toEqual({ shown: ['a', 'b'], rest: '', stopped: false });
  });

  it('refuses what is no list of strings', () => {
    for (const bad of [[''], [1], 'END']) {
      expect(() => createStopMatcher(bad as string[], fail)).toThrow('bad-option: stop');
    }
  });
});
