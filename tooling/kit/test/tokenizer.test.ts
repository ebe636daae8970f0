import { readJson } from '@gossamer/testkit/fixtures';
import { generator } from '@gossamer/testkit/random';
import { describe, expect, it } from 'vitest';
import type { Split } from '../src/tokenizer/split.ts';
import { SPLITS } from '../src/tokenizer/split.ts';
import type { EncodeOptions } from '../src/tokenizer.ts';
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
      const encode = (options?: EncodeOptions) => tokenizer.encode(text, options).join();
      const ids = expand(item.ids);
      const untrusted = item.untrustedIds === undefined ? ids : expand(item.untrustedIds);
      const shown = text.slice(0, 200);
      // Compared as text: much faster than element by element.
      expect(encode({ addSpecial: false, parseSpecial: true }), shown).toBe(ids.join());
      expect(encode({ addSpecial: false }), shown).toBe(untrusted.join());
      expect(encode({ parseSpecial: true }), shown).toBe([...before, ...ids, ...after].join());
      expect(encode(), shown).toBe([...before, ...untrusted, ...after].join());
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

  it('reads a lone surrogate as U+FFFD, also where that is a token', () => {
    const file = fileOf(name);
    const lone = loadTokenizer(
      { ...file, added_tokens: [], model: { ...file.model, vocab: { '\ufffd': 99_999, ...file.model.vocab } } },
      fail,
    );
    expect(lone.encode('a\ud800')).toEqual(lone.encode('a\ufffd'));
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
  const texts = Array.from({ length: 12_000 }, () =>
    Array.from({ length: 4 }, () => String.fromCodePoint(Math.floor(next() * 0xd800))).join(''),
  );
  const back = texts.map((text) => tokenizer.decode(tokenizer.encode(text, { addSpecial: false })));
  expect(back.findIndex((text, i) => text !== texts[i])).toBe(-1);
});

it('merges a piece of 200,000 characters without quadratic time', () => {
  const tokenizer = loadTokenizer(fileOf('byte-level-gpt2'), fail);
  const ids = tokenizer.encode('ab'.repeat(100_000));
  expect(tokenizer.decode(ids)).toBe('ab'.repeat(100_000));
});

it('puts the template of a Sequence around a text, and knows bos and eos from it', () => {
  const file = fileOf('byte-level-split');
  const { a, ...vocab } = file.model.vocab as { a: number; [token: string]: number };
  const item = (name: string) => ({ SpecialToken: { id: name, type_id: 0 } });
  const names = ['<|startoftext|>', '<|im_start|>', '<|im_end|>', '<|endoftext|>'];
  const [one, two, three, four] = names.map(item);
  const special_tokens = Object.fromEntries(names.map((name) => [name, { id: name, ids: [vocab[name]] }]));
  const single = [one, two, { Sequence: { id: 'A', type_id: 0 } }, three, four];
  const processors = [{ type: 'ByteLevel' }, { type: 'TemplateProcessing', single, special_tokens }];
  const tokenizer = loadTokenizer({ ...file, post_processor: { type: 'Sequence', processors } }, fail);
  expect([tokenizer.bos, tokenizer.eos]).toEqual([1, 2]);
  expect([...tokenizer.encode('a')]).toEqual([1, 3, a, 4, 2]);
});

it('cuts texts where the splits of the tokenizers library cut them', () => {
  interface Splits {
    readonly patterns: string[];
    readonly cases: { readonly text: string; readonly lengths: number[][] }[];
  }
  const { patterns, cases } = readJson<Splits>(new URL('splits.json', FIXTURES));
  for (const { text, lengths } of cases) {
    patterns.forEach((pattern, i) => {
      const split = SPLITS.get(pattern) as Split;
      const got: number[] = [];
      for (let start = 0; start < text.length; ) {
        const end = split(text, start);
        got.push([...text.slice(start, end)].length); // in characters, as the fixture
        start = end;
      }
      expect(got.join(), `${pattern} on ${text}`).toBe(lengths[i]?.join());
    });
  }
});

it('adds the blank in front that the file asks for, once', () => {
  const file = fileOf('byte-level-gpt2');
  const tokenizer = loadTokenizer({ ...file, pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true } }, fail);
  const [plain, blank] = ['the letter', ' the letter'].map((text) => tokenizer.encode(text));
  expect(plain).toEqual(blank);
  expect(tokenizer.decode(plain as Uint32Array)).toBe(' the letter');
});

it('prepends nothing to a text that the normalizer has emptied', () => {
  const normalizers = [
    { type: 'Replace', pattern: { String: 'a' }, content: '' },
    { type: 'Prepend', prepend: '▁' },
  ];
  const file = { ...fileOf('sentencepiece-bpe'), normalizer: { type: 'Sequence', normalizers } };
  const encode = (text: string) => [...loadTokenizer(file, fail).encode(text, { addSpecial: false })];
  expect(encode('a')).toEqual([]); // both as tokenizers 0.23.3
  expect(encode('ab')).toEqual([578]);
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
