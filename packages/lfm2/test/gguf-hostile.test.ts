import { GGML } from '@gossamer/kit/gguf';
import { type GgufField, type GgufSpec, ggufFile } from '@gossamer/testkit/gguf';
import { generator } from '@gossamer/testkit/random';
import { describe, expect, it } from 'vitest';
import { Lfm2Error } from '../src/errors.ts';
import { Lfm2Model } from '../src/model/model.ts';
import { METADATA, tiny } from './tiny-gguf.ts';

const { spec, data } = tiny();
const file = ggufFile(spec, data);

const load = (bytes: Uint8Array) => Lfm2Model.load(bytes, { context: 64 });

async function refusal(change: Partial<GgufSpec>): Promise<unknown> {
  return load(ggufFile({ ...spec, ...change }, data)).then(
    (model) => {
      model.dispose();
      return undefined;
    },
    (error) => error,
  );
}

describe('a GGUF file that is no LFM2 model', () => {
  it('is refused with the key that is wrong', async () => {
    const without = (key: string) => Object.fromEntries(Object.entries(METADATA).filter(([name]) => name !== key));
    for (const key of Object.keys(METADATA)) {
      // Without theta, context or a tokenizer's end the usual value holds; without tokens there is no tokenizer.
      if (/freq_base|context_length|_token_id|pre$|tokens$/.test(key)) continue;
      const error = await refusal({ metadata: without(key) });
      expect(error, key).toBeInstanceOf(Lfm2Error);
      expect((error as Lfm2Error).message).toContain(key.split('.').at(-1));
    }
    const wrong: [string, GgufField, string][] = [
      ['general.architecture', ['string', 'llama'], 'unsupported'],
      ['lfm2.block_count', ['u32', 0], 'bad-file'],
      ['lfm2.block_count', ['u32', 1_000_000], 'bad-file'],
      ['lfm2.block_count', ['string', '4'], 'bad-file'],
      ['lfm2.embedding_length', ['u32', 2 ** 31], 'bad-file'],
      ['lfm2.attention.head_count', ['u32', 3], 'bad-file'],
      ['lfm2.attention.head_count_kv', ['i32s', [0, 0, -2, 0]], 'bad-file'],
      ['lfm2.attention.head_count_kv', ['i32s', [0, 2]], 'bad-file'],
      ['lfm2.shortconv.l_cache', ['u32', 9], 'bad-file'],
      ['lfm2.rope.freq_base', ['f32', Number.NaN], 'bad-file'],
      ['lfm2.attention.layer_norm_rms_epsilon', ['f32', -1], 'bad-file'],
      ['lfm2.feed_forward_length', ['u32', 32], 'bad-file'],
      ['tokenizer.ggml.pre', ['string', 'nobody'], 'unsupported'],
      ['tokenizer.ggml.tokens', ['strings', Array.from({ length: 65 }, (_, i) => `t${i}`)], 'bad-file'],
      ['tokenizer.ggml.eos_token_id', ['u32', 64], 'bad-file'],
    ];
    for (const [key, field, code] of wrong) {
      expect(await refusal({ metadata: { ...METADATA, [key]: field } }), key).toMatchObject({ code });
    }
  });

  it('is refused with the tensor that is missing, beside the point, of another shape or type', async () => {
    const { tensors } = spec;
    const first = tensors[0] as GgufSpec['tensors'][number];
    for (const change of [
      tensors.slice(1),
      [...tensors, { ...first, name: 'extra.weight' }],
      [{ ...first, dims: [64, 32] }, ...tensors.slice(1)],
      [{ ...first, dims: [32, 2 ** 30] }, ...tensors.slice(1)],
    ]) {
      expect(await refusal({ tensors: change })).toMatchObject({ code: 'bad-file' });
    }
    const vector = tensors.map((tensor, i) => (i === 1 ? { ...tensor, type: GGML.Q8_0, bytes: 34 } : tensor));
    expect(await refusal({ tensors: vector })).toMatchObject({ code: 'unsupported' });
  });

  it('is refused where it is cut', async () => {
    for (let end = 0; end < file.length; end += end < 4000 ? 131 : 1013) {
      await expect(load(file.slice(0, end))).rejects.toBeInstanceOf(Lfm2Error);
    }
  });

  it('loads or fails with a typed error in 20,000 mutations, and runs what loads', { timeout: 120_000 }, async () => {
    const next = generator(5);
    const pick = (n: number) => Math.floor(next() * n);
    const header = 3000;
    const bytes = file.slice();
    let [loaded, refused, ran] = [0, 0, 0];
    for (let i = 0; i < 20_000; i++) {
      const changes = Array.from({ length: 1 + pick(3) }, () => {
        const at = pick(next() < 0.4 ? header : bytes.length);
        const before = bytes[at] as number;
        bytes[at] = next() < 0.5 ? before ^ (1 << pick(8)) : pick(256);
        return [at, before] as const;
      });
      try {
        const model = await load(bytes);
        if (loaded++ % 10 === 0) {
          ran++;
          const session = model.session();
          await session.prefill([1, 2]).then(() => session.generate({ maxTokens: 1, seed: 1 }).next());
        }
        model.dispose();
      } catch (error) {
        if (!(error instanceof Lfm2Error)) throw error;
        refused++;
      }
      for (const [at, before] of changes.reverse()) bytes[at] = before;
    }
    expect(loaded + refused).toBeGreaterThanOrEqual(20_000);
    expect(Math.min(loaded, refused)).toBeGreaterThan(2000);
    expect(ran).toBeGreaterThan(500);
  });
});
