import { readJson } from '@gossamer/testkit/fixtures';
import { normals, uniforms } from '@gossamer/testkit/random';
import { describe, expect, it } from 'vitest';
import { candidates } from '../src/sampler/candidates.ts';
import { expOfNegative } from '../src/sampler/exp.ts';
import { uniformGenerator } from '../src/sampler/random.ts';
import { kthLargest, LazyOrder } from '../src/sampler/select.ts';
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

  it('finds a deep nucleus', () => {
    const n = 40_000;
    const logits = new Float32Array(n).fill(-20);
    logits[7] = 0; // the others sum to 8e-5
    const seen = new Uint8Array(n);
    expect([...candidates(logits, seen, { ...neutral, topP: 0.9999 }).ids]).toEqual([7]);
    const deep = candidates(logits, seen, { ...neutral, topP: 0.99996 }).ids;
    // Mass of all but the first is 40,000·e^−20 = 8.2e-5; about half of it is needed.
    expect(deep.length).toBeGreaterThan(15_000);
    expect(deep.length).toBeLessThan(25_000);
  });

  it('keeps exactly the tokens that min-p allows', () => {
    const ratios = [1, 0.5000001, 0.4999998, 0.5]; // ln 0.5 itself is rounded to f32, which may fall on either side
    const logits = Float32Array.from(ratios, Math.log);
    const want = [...logits.keys()].filter((id) => Math.exp(logits[id] as number) >= 0.5);
    expect(want).not.toContain(2);
    for (const topP of [1, 0.999]) {
      const { ids } = candidates(logits, new Uint8Array(4), { ...neutral, minP: 0.5, topP });
      expect([...ids].sort()).toEqual(want);
    }
  });

  it('has none for NaN, ∞ and all −∞', () => {
    const seen = new Uint8Array(3);
    for (const bad of [[0, Number.NaN, 1], [0, Number.POSITIVE_INFINITY, 1], Array(3).fill(Number.NEGATIVE_INFINITY)]) {
      expect(candidates(Float32Array.from(bad), seen, neutral).ids).toHaveLength(0);
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

describe('expOfNegative', () => {
  it('agrees with Math.exp to a few units in the last place, down to 0', () => {
    let worst = 0;
    for (let i = 0; i < 200_000; i++) {
      const x = i < 100_000 ? -i * 0.007451 : -i * 1e-7; // to below −745, and near 0
      const want = Math.exp(x);
      // 4·2^−53 of its own and 1 ulp of the engine's; subnormal results are rounded once more.
      worst = Math.max(worst, Math.abs(expOfNegative(x) - want) / (6 * 2 ** -53 * want + 2 ** -1074));
    }
    expect(worst).toBeLessThanOrEqual(1);
    expect([0, -0, -745.2, Number.NEGATIVE_INFINITY, Number.NaN].map(expOfNegative)).toEqual([1, 1, 0, 0, Number.NaN]);
  });

  it('gives the same bits on every host', () => {
    expect([-0.1, -1, -17.25, -700].map(expOfNegative)).toEqual([
      0.9048374180359595, 0.36787944117144233, 3.2241867372567335e-8, 9.85967654375977e-305,
    ]);
  });
});

describe('logSoftmaxAt', () => {
  it('sums in f64 and hides nothing', () => {
    expect(logSoftmaxAt(new Float32Array(1000).fill(5), 7)).toBeCloseTo(-Math.log(1000), 12);
    expect(logSoftmaxAt(Float32Array.of(0, Number.NEGATIVE_INFINITY), 1)).toBe(Number.NEGATIVE_INFINITY);
    expect(logSoftmaxAt(Float32Array.of(1000, 0), 1)).toBe(-1000);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(logSoftmaxAt(Float32Array.of(0, bad, 1), 0)).toBeNaN();
    }
  });
});

describe('kthLargest and LazyOrder', () => {
  it('agree with a full sort', () => {
    for (const n of [1, 2, 3, 10, 257]) {
      const values = normals(n, n).map((x) => Math.round(2 * x) + 0); // many ties
      const sorted = values.slice().sort((a, b) => b - a);
      const ranks = Array.from(values.keys()).sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
      for (let k = 1; k <= n; k++) expect(kthLargest(values, k)).toBe(sorted[k - 1]);
      const larger = (a: number, b: number) => {
        const [x, y] = [values[a] as number, values[b] as number];
        return x > y || (x === y && a < b);
      };
      const order = new LazyOrder(n, larger);
      expect(Array.from({ length: n }, () => order.next())).toEqual(ranks);
      expect(order.next()).toBeUndefined();
    }
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

  it('gives the same text however it is cut', () => {
    const stops = ['abcd', 'cd', 'aabaa', 'xx', 'bx'];
    const letters = Array.from(uniforms(3, 4000), (u) => 'abcdx'[Math.floor(5 * u)]).join('');
    for (let start = 0; start < letters.length; start += 20) {
      const text = letters.slice(start, start + 20);
      // The first end of a stop string, and the longest that ends there.
      const ends = Array.from(text, (_, i) => stops.filter((stop) => text.slice(0, i + 1).endsWith(stop)));
      const end = ends.findIndex((found) => found.length > 0);
      const longest = Math.max(...(ends[end] ?? []).map((stop) => stop.length));
      const want = end < 0 ? text : text.slice(0, end + 1 - longest);
      for (const size of [1, 2, 3, 7, 20]) {
        const pieces = Array.from({ length: Math.ceil(20 / size) }, (_, i) => text.slice(i * size, (i + 1) * size));
        const { shown, rest, stopped } = feed(stops, pieces);
        expect([text, shown.join('') + rest, stopped]).toEqual([text, want, end >= 0]);
      }
    }
  });

  it('keeps what it holds over an empty piece', () => {
    expect(feed(['END'], ['E', '', 'ND'])).toEqual({ shown: ['', '', ''], rest: '', stopped: true });
  });

  it('holds back no more than it must', () => {
    expect(feed(['aaab'], ['aaaaaa']).shown).toEqual(['aaa']);
    expect(feed(['aaab'], ['aaacab'])).toEqual({ shown: ['aaacab'], rest: '', stopped: false });
  });

  it('refuses what is no list of strings', () => {
    for (const bad of [[''], [1], 'END']) {
      expect(() => createStopMatcher(bad as string[], fail)).toThrow('bad-option: stop');
    }
  });
});
