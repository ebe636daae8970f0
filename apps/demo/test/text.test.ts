import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GlaModel } from '@gossamer/gla';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../models/gla-tales', import.meta.url));

describe('text through the bundled model', () => {
  let model: GlaModel;
  beforeAll(async () => {
    model = await GlaModel.load(folder, { variant: 'simd' });
  });
  afterAll(() => model.dispose());

  const write = async (prompt: string, options: Parameters<GlaModel['generate']>[1]) => {
    const steps = [];
    for await (const step of model.generate(prompt, { seed: 5, temperature: 0.7, ...options })) steps.push(step);
    return { steps, text: steps.map(({ text }) => text).join(''), tokens: steps.map(({ token }) => token) };
  };

  it('shows in pieces what the tokens say together', async () => {
    const { text, tokens, steps } = await write('The little fox', { maxTokens: 60 });
    expect(text).toBe(model.tokenizer?.decode(tokens));
    expect(steps.at(-1)?.finish).toBe('length');
    expect(steps.slice(0, -1).every(({ finish }) => finish === undefined)).toBe(true);
  });

  it('ends before a stop string, wherever tokens split it', async () => {
    const free = await write('The little fox', { maxTokens: 60 });
    const stop = free.text.slice(20, 26);
    const { text, steps } = await write('The little fox', { maxTokens: 60, stop: [stop] });
    expect(text).toBe(free.text.slice(0, free.text.indexOf(stop)));
    expect(steps.at(-1)?.finish).toBe('stop');
  });

  it('ends with the story', async () => {
    const { text, steps, tokens } = await write('Once upon a time', { maxTokens: 1000, temperature: 0 });
    expect(steps.at(-1)?.finish).toBe('eos');
    expect(tokens.at(-1)).toBe(2);
    expect(text).not.toContain('<|');
  });

  it('takes special tokens in a prompt for text', async () => {
    const ids = model.tokenizer?.encode('a<|endoftext|>b') ?? [];
    expect([...ids].slice(1)).not.toContain(2);
    expect(ids[0]).toBe(1);
  });

  it('scores the same text the same after a saved session', async () => {
    const session = model.session();
    await session.append('Tom had a red ball.');
    const saved = await session.save();
    const { logProbs } = await model.score('Tom had a red ball. He');
    const last = logProbs.at(-1) as number;
    await session.restore(saved);
    const logits = session.logits();
    const next = (await model.score('Tom had a red ball. He')).tokens.at(-1) as number;
    const sum = logits.reduce((total, x) => total + Math.exp(x), 0);
    expect((logits[next] as number) - Math.log(sum)).toBeCloseTo(last, 4);
    session.dispose();
  });

  it('says nothing for an id that is no token of a smaller tokenizer', async () => {
    const config = JSON.parse(readFileSync(`${folder}/config.json`, 'utf8')) as object;
    const tokenizer = JSON.parse(readFileSync(`${folder}/tokenizer.json`, 'utf8')) as {
      model: { vocab: Record<string, number>; merges: unknown[] };
    };
    const kept = Object.entries(tokenizer.model.vocab).filter(([, id]) => id < 300);
    tokenizer.model.vocab = Object.fromEntries(kept);
    tokenizer.model.merges = [];
    const small = await GlaModel.load({
      'config.json': new TextEncoder().encode(JSON.stringify(config)),
      'tokenizer.json': new TextEncoder().encode(JSON.stringify(tokenizer)),
      'model.safetensors': `${folder}/model.safetensors`,
    });
    const said: string[] = [];
    for await (const { token, text } of small.generate([1], { maxTokens: 20, temperature: 0 })) {
      if (token >= 300) said.push(text);
    }
    expect(said.length).toBeGreaterThan(0);
    expect(said.join('')).toBe('');
    small.dispose();
  });
});
