import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rmsRatio } from '@gossamer/testkit/bounds';
import { type FixtureTensor, readJson, readTensors } from '@gossamer/testkit/fixtures';
import { kernelVariants } from '@gossamer/testkit/kernels';
import { describe, expect, it } from 'vitest';
import { GlaModel } from '../src/index.ts';

interface ModelCase {
  readonly name: string;
  readonly vocab: number;
  readonly shards: number;
  readonly greedy: { readonly prompt: number; readonly ids: number[]; readonly smallestLead: number };
}

const models = new URL('./fixtures/models/', import.meta.url);
const { cases } = readJson<{ cases: ModelCase[] }>(new URL('models.json', models));
const folder = (name: string) => fileURLToPath(new URL(name, models));

/** f32 kernels against the reference in f64, through up to three layers. */
const RATIO = 1e-5;

function expected({ name }: ModelCase) {
  const tensors = readTensors(new URL(`${name}.expected.safetensors`, models));
  const data = (key: string) => (tensors.get(key) as FixtureTensor).data;
  return { ids: [...(data('ids') as Int32Array)], logits: data('logits') as Float32Array };
}

const files = (name: string) => ({
  'config.json': readFileSync(`${folder(name)}/config.json`),
  'model.safetensors': readFileSync(`${folder(name)}/model.safetensors`),
});

describe.each(kernelVariants())('%s', (variant) => {
  it.each(cases)('agrees with the reference token by token and at once: $name', async (which) => {
    const { ids, logits } = expected(which);
    const model = await GlaModel.load(folder(which.name), { variant });
    expect(model.variant).toBe(variant);
    const steps = model.session();
    for (const [t, id] of ids.entries()) {
      await steps.append([id]);
      const want = logits.subarray(t * which.vocab, (t + 1) * which.vocab);
      expect(rmsRatio(steps.logits(), want)).toBeLessThan(RATIO);
    }
    const whole = model.session();
    await whole.append(ids);
    expect(whole.position).toBe(ids.length);
    expect(rmsRatio(whole.logits(), logits.subarray(-which.vocab))).toBeLessThan(RATIO);
    model.dispose();
  });

  it.each(cases)('gives the logits of every position when asked: $name', async (which) => {
    const { ids, logits } = expected(which);
    const model = await GlaModel.load(folder(which.name), { variant });
    expect(rmsRatio(await model.logits(ids), logits)).toBeLessThan(RATIO);
    expect(await model.logits([])).toHaveLength(0);
    model.dispose();
  });

  it.each(cases)('scores a text as the reference does: $name', async (which) => {
    const { ids, logits } = expected(which);
    const model = await GlaModel.load(folder(which.name), { variant });
    const score = await model.score(ids);
    expect(score.logProbs).toHaveLength(ids.length - 1);
    for (let i = 0; i + 1 < ids.length; i++) {
      const row = [...logits.subarray(i * which.vocab, (i + 1) * which.vocab)];
      const want = (row[ids[i + 1] as number] as number) - Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
      expect(Math.abs((score.logProbs[i] as number) - want)).toBeLessThan(1e-4);
    }
    expect(score.total).toBeCloseTo(
      score.logProbs.reduce((a, b) => a + b, 0),
      12,
    );
    model.dispose();
  });

  it.each(cases)('generates the greedy text of the reference: $name', async (which) => {
    const { ids } = expected(which);
    const model = await GlaModel.load(folder(which.name), { variant });
    const got: number[] = [];
    const prompt = ids.slice(0, which.greedy.prompt);
    for await (const { token } of model.generate(prompt, { temperature: 0, maxTokens: which.greedy.ids.length })) {
      got.push(token);
    }
    expect(got).toEqual(which.greedy.ids);
    model.dispose();
  });
});

describe('sessions', () => {
  const which = cases.find(({ name }) => name === 'f16-conv-groups') as ModelCase;
  const { ids } = expected(which);
  const load = () => GlaModel.load(folder(which.name), { variant: 'simd' });

  it('continues after save and restore exactly, also in another model instance', async () => {
    const [a, b] = [await load(), await load()];
    const session = a.session();
    await session.append(ids.slice(0, 30));
    const saved = await session.save();
    await session.append(ids.slice(30));
    const other = b.session();
    await other.restore(saved);
    expect(other.position).toBe(30);
    await other.append(ids.slice(30));
    expect(other.logits()).toEqual(session.logits());
    a.dispose();
    b.dispose();
  });

  it('forks: the two ways do not touch each other', async () => {
    const model = await load();
    const session = model.session();
    await session.append(ids.slice(0, 20));
    const fork = await session.fork();
    await fork.append([1, 2, 3]);
    await session.append(ids.slice(20));
    const alone = model.session();
    await alone.append(ids.slice(0, 20));
    await alone.append(ids.slice(20));
    expect(session.logits()).toEqual(alone.logits());
    expect(fork.position).toBe(23);
    model.dispose();
  });

  it('serves interleaved sessions as if each were alone', async () => {
    const model = await load();
    const run = async (start: number) => {
      const out: number[] = [];
      for await (const { token } of model.generate(ids.slice(start, start + 9), { seed: start, maxTokens: 12 })) {
        out.push(token);
      }
      return out;
    };
    const apart = [await run(0), await run(5), await run(10)];
    expect(await Promise.all([run(0), run(5), run(10)])).toEqual(apart);
    model.dispose();
  });

  it('gives the same text for the same seed and another for another', async () => {
    const model = await load();
    const run = async (seed: number) => {
      const out: number[] = [];
      for await (const { token } of model.generate(ids, { seed, maxTokens: 20, temperature: 1.5 })) out.push(token);
      return out;
    };
    expect(await run(3)).toEqual(await run(3));
    expect(await run(3)).not.toEqual(await run(4));
    model.dispose();
  });

  it('is where it was after an aborted prompt', async () => {
    const model = await load();
    const session = model.session();
    await session.append(ids);
    const [before, logits] = [await session.save(), session.logits()];
    const long = Array.from({ length: 60_000 }, (_, i) => i % which.vocab);
    const control = new AbortController();
    const reason = new Error('enough');
    setTimeout(() => control.abort(reason), 30);
    await expect(session.append(long, { signal: control.signal })).rejects.toBe(reason);
    expect(session.position).toBe(ids.length);
    expect(session.logits()).toEqual(logits);
    expect(await session.save()).toEqual(before);
    model.dispose();
  });

  it('keeps every token it handed out when the loop is left early', async () => {
    const model = await load();
    const session = model.session();
    await session.append(ids);
    const tokens: number[] = [];
    for await (const { token } of session.generate({ maxTokens: 10, seed: 1 })) {
      tokens.push(token);
      if (tokens.length === 4) break;
    }
    expect(session.position).toBe(ids.length + 4);
    model.dispose();
  });

  it('takes a long text in constant memory', async () => {
    const model = await load();
    const bytes = model.memoryBytes;
    const session = model.session();
    for (let i = 0; i < 20; i++) await session.append(Array.from({ length: 1000 }, (_, j) => (i * j) % which.vocab));
    expect(session.position).toBe(20_000);
    expect(model.memoryBytes).toBe(bytes);
    expect(session.logits().every(Number.isFinite)).toBe(true);
    model.dispose();
  });

  it('refuses what it cannot do, with a reason', async () => {
    const model = await load();
    const session = model.session();
    const all = async (options: object) => {
      for await (const _ of session.generate(options));
    };
    await expect(all({})).rejects.toThrow('holds no text yet');
    await expect(session.append([which.vocab])).rejects.toThrow(`token 0: expected an id below 64, got 64`);
    await expect(session.append([0.5])).rejects.toThrow('got 0.5');
    await expect(session.append('text')).rejects.toThrow('without tokenizer.json');
    await expect(session.append(3 as unknown as number[])).rejects.toThrow(TypeError);
    await session.append(ids);
    await expect(all({ maxTokens: 0 })).rejects.toThrow('maxTokens');
    await expect(all({ temperature: Number.NaN })).rejects.toThrow('temperature');
    await expect(session.restore(new Uint8Array(5))).rejects.toThrow('saved session');
    const bytes = await session.save();
    bytes[8] = 77;
    await expect(session.restore(bytes)).rejects.toThrow('layers: expected 2, got 77');
    session.dispose();
    await expect(session.append([1])).rejects.toThrow('the session was disposed');
    model.dispose();
    model.dispose();
    expect(() => model.session()).toThrow('the model was disposed');
  });

  it('goes with using, where the host has it', async () => {
    const model = await load();
    const session = model.session();
    if (typeof Symbol.dispose === 'symbol') {
      session[Symbol.dispose]();
      await expect(session.append(ids)).rejects.toThrow('the session was disposed');
      model[Symbol.dispose]();
      expect(() => model.session()).toThrow('disposed');
    } else {
      expect(Object.getOwnPropertySymbols(GlaModel.prototype)).toEqual([]);
      model.dispose();
    }
  });

  it('loads and disposes many times in flat memory', async () => {
    const data = files(which.name);
    for (let i = 0; i < 100; i++) (await GlaModel.load(data)).dispose();
    const model = await GlaModel.load(data);
    const session = model.session();
    await session.append(ids);
    expect(rmsRatio(session.logits(), expected(which).logits.subarray(-which.vocab))).toBeLessThan(RATIO);
    model.dispose();
  });
});

describe('int8 weights', () => {
  it.each(['int8', 'int8x32'] as const)('stay close to the stored ones: %s', async (weights) => {
    const which = cases[0] as ModelCase;
    const { ids, logits } = expected(which);
    const model = await GlaModel.load(folder(which.name), { weights });
    const session = model.session();
    await session.append(ids);
    // Rounding to 1/127 of the largest is uniform noise of relative size ~1/(127·√3)·(peak/rms ≈ 3) ≈ 1.4 % per factor;
    // a product has two and the model stacks a dozen in residual branches: 10 % is far from what a wrong scale gives.
    expect(rmsRatio(session.logits(), logits.subarray(-which.vocab))).toBeLessThan(0.1);
    model.dispose();
  });
});
