import { readJson } from '@gossamer/testkit/fixtures';
import { generator } from '@gossamer/testkit/random';
import { describe, expect, it } from 'vitest';
import { loadTokenizer } from '../src/tokenizer.ts';
import { fail, thrownBy } from './failure.ts';

type Runs = [string, number][];
type Compact = (number | [number[], number])[];

interface Cases {
  readonly addSpecialTokens: { readonly before: number[]; readonly after: number[] };
  readonly encode: {
    readonly text?: string;
    readonly runs?: Runs;
    readonly ids: Compact;
    readonly untrustedIds?: Compact;
    readonly decoded?: string;
    readonly visible?: string;
  }[];
  readonly decode: { readonly ids: number[]; readonly text: string; readonly visible?: string }[];
}

/** The fields of a tokenizer.json that the tests change. */
interface File {
  normalizer?: unknown;
  pre_tokenizer?: unknown;
  decoder?: unknown;
  post_processor?: unknown;
  added_tokens: unknown[];
  model: { vocab: Record<string, number>; merges: unknown[]; [option: string]: unknown };
}

interface Variations {
  readonly variations: {
    readonly base: string;
    readonly patch: Partial<File> & { merges: unknown[]; added: unknown[]; renamed?: string[] };
    readonly cases: { readonly text: string; readonly ids: number[]; readonly untrustedIds: number[] }[];
  }[];
}

const FIXTURES = new URL('fixtures/tokenizers/', import.meta.url);

function fileOf(name: string): File {
  return readJson(new URL(`${name}.json`, FIXTURES));
}

function expand(list: Compact): number[] {
  return list.flatMap((item) => (typeof item === 'number' ? [item] : Array(item[1]).fill(item[0]).flat()));
}

function textOf({ text, runs }: Cases['encode'][number]): string {
  return text ?? (runs as Runs).map(([piece, count]) => piece.repeat(count)).join('');
}

describe.each(['byte-level-gpt2', 'byte-level-split', 'sentencepiece-bpe'])('%s', (name) => {
  const tokenizer = loadTokenizer(fileOf(name), fail);
  const cases = readJson<Cases>(new URL(`${name}.cases.json`, FIXTURES));
  const { before, after } = cases.addSpecialTokens;

  it('encodes as the tokenizers library does', () => {
    for (const item of cases.encode) {
      const text = textOf(item);
      const encode = (addSpecial: boolean, parseSpecial: boolean) =>
        Array.from(tokenizer.encode(text, { addSpecial, parseSpecial }));
      const ids = expand(item.ids);
      const untrusted = item.untrustedIds === undefined ? ids : expand(item.untrustedIds);
      const shown = text.slice(0, 200);
      expect([shown, encode(false, true)]).toEqual([shown, ids]);
      expect([shown, encode(false, false)]).toEqual([shown, untrusted]);
      expect([shown, encode(true, true)]).toEqual([shown, [...before, ...ids, ...after]]);
      expect([shown, Array.from(tokenizer.encode(text))]).toEqual([shown, [...before, ...untrusted, ...after]]);
    }
  });

  it('decodes as the tokenizers library does', () => {
    for (const item of cases.encode) {
      const ids = expand(item.ids);
      const { decoded = textOf(item), visible = decoded } = item;
      expect(tokenizer.decode(ids, { skipSpecial: false })).toBe(decoded);
      expect(tokenizer.decode(ids)).toBe(visible);
    }
    for (const { ids, text, visible = text } of cases.decode) {
      expect(tokenizer.decode(ids, { skipSpecial: false })).toBe(text);
      expect(tokenizer.decode(Uint32Array.from(ids))).toBe(visible);
    }
  });

  it('gives the same text piece by piece, and never half a character', () => {
    const stream = tokenizer.decoder({ skipSpecial: false });
    for (const { ids, text } of cases.decode) {
      const parts = ids.map((id) => stream.push(id));
      for (const part of parts) {
        expect(part).not.toMatch(/[\ud800-\udfff]/u);
      }
      expect(parts.join('') + stream.flush()).toBe(text); // and the decoder is as new for the next case
    }
  });

  it('knows its tokens', () => {
    expect(tokenizer.bos).toBe(before[0]);
    expect(tokenizer.eos).toBe(after.at(-1));
    expect(tokenizer.idToToken(tokenizer.vocabSize)).toBeUndefined();
    expect(tokenizer.tokenToId('no such token')).toBeUndefined();
    for (let id = 0; id < tokenizer.vocabSize; id++) {
      expect(tokenizer.tokenToId(tokenizer.idToToken(id) as string)).toBe(id);
    }
    for (const [token, id] of tokenizer.specials) {
      expect(tokenizer.decode([id])).toBe('');
      expect(tokenizer.decode([id], { skipSpecial: false }).trim()).toBe(token);
    }
  });

  it('takes the file as text too', () => {
    const same = loadTokenizer(JSON.stringify(fileOf(name)), fail);
    expect(same.encode('The letter.')).toEqual(tokenizer.encode('The letter.'));
  });

  it('refuses ids that are no token', () => {
    for (const id of [-1, 0.5, Number.NaN, tokenizer.vocabSize, 2 ** 32]) {
      expect(thrownBy(() => tokenizer.decode([id]))).toMatchObject({
        code: 'bad-token',
        message: `ids: expected ids of the vocabulary, below ${tokenizer.vocabSize}, got ${id}`,
      });
    }
  });

  it('reads a lone surrogate as U+FFFD', () => {
    expect(tokenizer.encode('a\ud800b\udc00')).toEqual(tokenizer.encode('a\ufffdb\ufffd'));
    expect(tokenizer.encode('🙂')).not.toEqual(tokenizer.encode('\ufffd\ufffd'));
  });
});

it('encodes as the tokenizers library does with other options', () => {
  for (const { base, patch, cases } of readJson<Variations>(new URL('variations.json', FIXTURES)).variations) {
    const { model, merges, added, renamed = [], ...components } = patch;
    const file = { ...fileOf(base), ...components };
    Object.assign(file.model, model);
    for (const token of renamed) {
      file.model.vocab[`${token}~`] = file.model.vocab[token] as number;
      delete file.model.vocab[token];
    }
    file.model.merges.push(...merges);
    file.added_tokens.push(...added);
    const tokenizer = loadTokenizer(file, fail);
    for (const { text, ids, untrustedIds } of cases) {
      const encode = (parseSpecial: boolean) => [...tokenizer.encode(text, { addSpecial: false, parseSpecial })];
      expect([text, encode(true)]).toEqual([text, ids]);
      expect([text, encode(false)]).toEqual([text, untrustedIds]);
    }
  }
});

it('returns every text that it encodes, whatever is cached', () => {
  const tokenizer = loadTokenizer(fileOf('byte-level-split'), fail);
  const next = generator(11);
  for (let i = 0; i < 12_000; i++) {
    const text = Array.from({ length: 4 }, () => String.fromCodePoint(Math.floor(next() * 0xd800))).join('');
    expect(tokenizer.decode(tokenizer.encode(text, { addSpecial: false }))).toBe(text);
  }
});

it('merges a piece of 200,000 characters without quadratic time', () => {
  const tokenizer = loadTokenizer(fileOf('byte-level-gpt2'), fail);
  const ids = tokenizer.encode('ab'.repeat(100_000));
  expect(tokenizer.decode(ids)).toBe('ab'.repeat(100_000));
});

it('puts the tokens of nested templates around a text, and knows bos and eos from them', () => {
  const file = fileOf('byte-level-split');
  const template = (name: string, before: boolean) => {
    const item = { SpecialToken: { id: name, type_id: 0 } };
    const text = { Sequence: { id: 'A', type_id: 0 } };
    const special_tokens = { [name]: { id: name, ids: [file.model.vocab[name]], tokens: [name] } };
    return { type: 'TemplateProcessing', single: before ? [item, text] : [text, item], pair: [], special_tokens };
  };
  const processors = [template('<|startoftext|>', true), template('<|im_end|>', false)];
  const tokenizer = loadTokenizer({ ...file, post_processor: { type: 'Sequence', processors } }, fail);
  expect([tokenizer.bos, tokenizer.eos]).toEqual([1, 4]);
  expect([...tokenizer.encode('a')]).toEqual([1, file.model.vocab.a, 4]);
});

it('gives no token to an unknown character when the file names none', () => {
  const file = fileOf('sentencepiece-bpe');
  Object.assign(file.model, { byte_fallback: false, unk_token: null });
  const tokenizer = loadTokenizer(file, fail);
  expect(tokenizer.encode('a\u0378b')).toEqual(tokenizer.encode('ab'));
  Object.assign(file.model, { unk_token: '<none>' });
  const nameless = loadTokenizer(file, fail);
  expect(thrownBy(() => nameless.encode('a\u0378b'))).toMatchObject({ code: 'bad-file' });
});
