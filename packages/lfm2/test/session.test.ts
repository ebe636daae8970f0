import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lfm2ErrorCode } from '../src/errors.ts';
import { Lfm2Model } from '../src/model/model.ts';
import type { CacheType } from '../src/model/sequence.ts';
import type { Lfm2Session } from '../src/model/session.ts';
import { goldenFolder, TINY } from './golden.ts';

const IDS = Array.from({ length: 150 }, (_, i) => (i * 29 + 7) % 64);
const CACHES: CacheType[] = ['f32', 'f16', 'q8'];

async function greedy(session: Lfm2Session, maxTokens: number, options = {}): Promise<number[]> {
  const tokens: number[] = [];
  for await (const { token } of session.generate({ preset: 'greedy', maxTokens, ...options })) tokens.push(token);
  return tokens;
}

const failsWith = (code: Lfm2ErrorCode) => expect.objectContaining({ code });

describe.each(CACHES)('a session with the %s cache', (cache) => {
  let model: Lfm2Model;
  beforeAll(async () => {
    model = await Lfm2Model.load(goldenFolder(TINY), { cache });
  });
  afterAll(() => model.dispose());

  async function at(...ids: number[]): Promise<Lfm2Session> {
    const session = model.session();
    await session.prefill(ids);
    return session;
  }

  /** Chunks sum in other orders, and q8 rounds queries of single tokens: a step of its 127 in a few of 64 logits' terms. */
  const within = cache === 'q8' ? 0.05 : cache === 'f16' ? 2e-3 : 1e-4;

  it('reads chunks as it reads the whole', async () => {
    const whole = await (await at(...IDS)).logits();
    const session = model.session();
    for (const [from, to] of [
      [0, 1],
      [1, 70],
      [70, 72],
      [72, 150],
    ]) {
      await session.prefill(IDS.slice(from, to));
    }
    const chunked = await session.logits();
    expect(Math.max(...whole.map((value, i) => Math.abs(value - (chunked[i] as number))))).toBeLessThan(within);
    expect(session.length).toBe(150);
  });

  it('goes on the same after save and restore, and in a fork', async () => {
    const session = await at(...IDS.slice(0, 90));
    const saved = await session.save();
    const twin = await session.fork();
    const want = await greedy(session, 20);
    expect(await greedy(twin, 20)).toEqual(want);
    const other = model.session();
    await other.restore(saved);
    expect(await other.tokens()).toEqual(Uint32Array.from(IDS.slice(0, 90)));
    expect(await greedy(other, 20)).toEqual(want);
  });

  it('refuses what is no saved session, and stays as it is', async () => {
    const session = await at(1, 2, 3);
    const saved = await session.save();
    for (const at of [0, 4, 8, 16, 36, saved.length]) {
      const wrong = saved.slice(0, at === saved.length ? saved.length - 4 : saved.length);
      wrong[at] = (wrong[at] as number) ^ 0x7f;
      await expect(session.restore(wrong)).rejects.toEqual(failsWith('bad-file'));
    }
    expect(await session.tokens()).toEqual(Uint32Array.of(1, 2, 3));
  });

  it('goes back to any length', async () => {
    const session = await at(...IDS.slice(0, 100));
    await session.prefill(IDS.slice(100, 130));
    for (const length of [130, 100, 77, 3]) {
      await session.rewind(length);
      const fresh = await at(...IDS.slice(0, length));
      const [a, b] = [await session.logits(), await fresh.logits()];
      expect(Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number))))).toBeLessThan(within);
      fresh.dispose();
    }
    await session.rewind(0);
    expect(session.length).toBe(0);
    await expect(session.rewind(1)).rejects.toEqual(failsWith('bad-length'));
  });

  it('keeps exactly the tokens that were handed out when a loop is left', async () => {
    const want = await greedy(await at(5, 6, 7), 12);
    for (const speculate of [0, 8]) {
      const session = await at(5, 6, 7);
      const got: number[] = [];
      for await (const { token } of session.generate({ preset: 'greedy', speculate })) {
        got.push(token);
        if (got.length === 5) break;
      }
      expect(got).toEqual(want.slice(0, 5));
      expect([...(await session.tokens())]).toEqual([5, 6, 7, ...got]);
      expect(await greedy(session, 7)).toEqual(want.slice(5));
    }
  });

  it('lets calls of one session wait for each other', async () => {
    const session = model.session();
    const first = session.prefill([1, 2, 3]);
    const second = greedy(session, 4);
    const third = session.prefill([9]);
    await Promise.all([first, second, third]);
    const tokens = [...(await session.tokens())];
    expect(tokens).toEqual([1, 2, 3, ...(await second), 9]);
  });

  it('makes room by a shift of the context, or stops at its end', async () => {
    const small = await Lfm2Model.load(goldenFolder(TINY), { cache, context: 80 });
    const session = small.session();
    await session.prefill(IDS.slice(0, 70));
    const steps = [];
    for await (const step of session.generate({ preset: 'greedy', maxTokens: 50 })) steps.push(step);
    expect(steps).toHaveLength(10);
    expect(steps.at(-1)?.finish).toBe('context');
    await expect(session.prefill([1])).rejects.toEqual(failsWith('context-full'));
    expect(await greedy(session, 50, { contextShift: { keep: 4 } })).toHaveLength(50);
    expect([...(await session.tokens())].slice(0, 4)).toEqual(IDS.slice(0, 4));
    expect(session.length).toBeLessThanOrEqual(80);
    small.dispose();
  });

  it('is where it was after an abort, wherever that comes', async () => {
    const session = await at(...IDS.slice(0, 20));
    const before = await session.logits();
    for (const after of [0, 64, 128]) {
      const stop = new AbortController();
      if (after === 0) stop.abort();
      const onProgress = ({ done }: { done: number }) => done >= after && stop.abort();
      const long = [...IDS, ...IDS];
      const failure = await session.prefill(long, { signal: stop.signal, onProgress }).catch((error) => error);
      // The last piece may be done before the abort is seen.
      if (failure === undefined) await session.rewind(20);
      else expect(failure).toBe(stop.signal.reason);
      expect(session.length).toBe(20);
      const now = await session.logits();
      expect(Math.max(...before.map((value, i) => Math.abs(value - (now[i] as number))))).toBeLessThan(within);
    }
    expect(await greedy(session, 5)).toEqual(await greedy(await at(...IDS.slice(0, 20)), 5));
  });
});

describe('a model', () => {
  it('says what is wrong with a call', async () => {
    const model = await Lfm2Model.load(goldenFolder(TINY));
    const session = model.session();
    await expect(session.logits()).rejects.toEqual(failsWith('bad-value'));
    await expect(session.prefill([64])).rejects.toEqual(failsWith('bad-token'));
    await expect(session.prefill('text')).rejects.toEqual(failsWith('unsupported'));
    await session.prefill([1]);
    for (const options of [{ maxTokens: 0 }, { speculate: 17 }, { contextShift: { keep: -1 } }, { topP: 0 }]) {
      await expect(session.generate(options).next()).rejects.toEqual(failsWith('bad-option'));
    }
    expect(() => model.chat()).toThrow(failsWith('unsupported'));
    session.dispose();
    await expect(session.prefill([1])).rejects.toEqual(failsWith('disposed'));
    model.dispose();
    model.dispose();
    expect(() => model.session()).toThrow(failsWith('disposed'));
    for (const options of [{ cache: 'f8' }, { weights: 'int4' }, { variant: 'x' }, { context: 0 }]) {
      await expect(Lfm2Model.load(goldenFolder(TINY), options as never)).rejects.toEqual(failsWith('bad-option'));
    }
  });

  it('scores a text by its logits, and reports the likeliest tokens', async () => {
    const model = await Lfm2Model.load(goldenFolder(TINY));
    const { tokens, logProbs, total } = await model.score(IDS);
    expect([...tokens]).toEqual(IDS);
    expect(total).toBeCloseTo(
      logProbs.reduce((a, b) => a + b, 0),
      9,
    );
    const session = model.session();
    await session.prefill(IDS.slice(0, 1));
    const { value: step } = await session.generate({ maxTokens: 1, logProbs: 64 }).next();
    const sum = step?.top?.reduce((all, { logProb }) => all + Math.exp(logProb), 0);
    expect(sum).toBeCloseTo(1, 6);
    expect(step?.top?.find(({ id }) => id === IDS[1])?.logProb).toBeCloseTo(logProbs[0] as number, 4);
    model.dispose();
  });

  it('fails a generation whose session is disposed, and gives its memory to others', async () => {
    const model = await Lfm2Model.load(goldenFolder(TINY));
    const session = model.session();
    await session.prefill([1, 2, 3]);
    const steps = session.generate({ preset: 'greedy' });
    await steps.next();
    session.dispose();
    await expect(steps.next()).rejects.toEqual(failsWith('disposed'));
    const want = await greedy(await fresh(model), 10);
    expect(await greedy(await fresh(model), 10)).toEqual(want);
    model.dispose();
  });
});

async function fresh(model: Lfm2Model): Promise<Lfm2Session> {
  const session = model.session();
  await session.prefill([4, 5, 6]);
  return session;
}
