import { createHash } from 'node:crypto';
import { readJson } from '@gossamer/testkit/fixtures';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GgufTokenizerData } from '../src/tokenizer.ts';
import { loadGgufTokenizer, loadTokenizer } from '../src/tokenizer.ts';
import { fail, thrownBy } from './failure.ts';
import { sharedVocabulary } from './gguf-tokenizer.ts';

interface Fixture {
  readonly extra: [string, number][];
  readonly cases: {
    readonly text?: string;
    readonly points?: [number, number];
    readonly joiner?: string;
    readonly runs?: [string, number][];
    readonly word?: { readonly seed: number; readonly letters: string; readonly length: number };
    readonly count: number;
    readonly ids: string;
    readonly untrustedCount?: number;
    readonly untrustedIds?: string;
  }[];
}

const { extra, cases } = readJson<Fixture>(new URL('fixtures/tokenizers/gguf.json', import.meta.url));
const data = sharedVocabulary(extra);
const tokenizer = loadGgufTokenizer(data, fail);

function word({ seed, letters, length }: NonNullable<Fixture['cases'][number]['word']>): string {
  const characters = [...letters];
  let [state, text] = [seed, ''];
  for (let i = 0; i < length; i++) {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    text += characters[Math.floor((state * characters.length) / 2 ** 32)];
  }
  return text;
}

function textOf({ text, points, joiner, runs, word: letters }: Fixture['cases'][number]): string {
  if (text !== undefined) return text;
  if (runs !== undefined) return runs.map(([piece, count]) => piece.repeat(count)).join('');
  if (letters !== undefined) return word(letters);
  const [start, end] = points as [number, number];
  const all = Array.from({ length: end - start }, (_, i) => start + i).filter((cp) => cp < 0xd800 || cp >= 0xe000);
  return all.map((cp) => String.fromCodePoint(cp)).join(joiner);
}

function digest(ids: Uint32Array): string {
  return createHash('sha256').update(ids.join()).digest('hex').slice(0, 16);
}

describe('the adversarial corpus', () => {
  it.each([
    ['of texts', cases.filter(({ text }) => text !== undefined)],
    ['of all planes', cases.filter(({ points }) => points !== undefined)],
    ['of long runs', cases.filter(({ runs }) => runs !== undefined)],
    ['of words of a megabyte', cases.filter((item) => item.word !== undefined)],
  ])(
    '%s is encoded as by the tokenizers library, and decoded to itself',
    (_, list) => {
      expect(list.length).toBeGreaterThan(2);
      for (const item of list) {
        const text = textOf(item);
        const { count, ids, untrustedCount = count, untrustedIds = ids } = item;
        const shown = text.slice(0, 200);
        const got = tokenizer.encode(text, { addSpecial: false, parseSpecial: true });
        const untrusted = tokenizer.encode(text, { addSpecial: false });
        expect([shown, got.length, digest(got)]).toEqual([shown, count, ids]);
        expect([shown, untrusted.length, digest(untrusted)]).toEqual([shown, untrustedCount, untrustedIds]);
        for (const list of untrustedIds === ids ? [got] : [got, untrusted]) {
          expect(tokenizer.decode(list, { skipSpecial: false }) === text, shown).toBe(true);
        }
      }
    },
    60_000,
  );

  it('comes out of a stream id by id, never in half characters', () => {
    const stream = tokenizer.decoder({ skipSpecial: false });
    for (const item of cases.filter(({ text }) => text !== undefined)) {
      let whole = '';
      for (const id of tokenizer.encode(item.text as string, { addSpecial: false })) {
        const piece = stream.push(id);
        expect(/[\ud800-\udfff]/u.test(piece)).toBe(false);
        whole += piece;
      }
      expect(whole + stream.flush()).toBe(item.text);
    }
  });
});

it('is the tokenizer of the equivalent tokenizer.json', () => {
  const file = readJson<{ added_tokens: unknown[]; model: { vocab: Record<string, number> } }>(
    new URL('../../train/vocabulary/tokenizer.json', import.meta.url),
  );
  const same = loadTokenizer(file, fail);
  const plain = loadGgufTokenizer(sharedVocabulary(), fail);
  const text = "<|im_start|>user\nIt'S 12345 gulls.<|im_end|>\n";
  for (const options of [{}, { parseSpecial: true }, { addSpecial: false }]) {
    expect(plain.encode(text, options)).toEqual(same.encode(text, options));
  }
  expect([...plain.specials]).toEqual([...same.specials]);
  expect([plain.vocabSize, plain.bos, plain.eos]).toEqual([same.vocabSize, same.bos, same.eos]);
});

const idOf = (token: string) => tokenizer.tokenToId(token) as number;

it('finds control tokens only when asked, user-defined ones always, unused and byte tokens never', () => {
  const encode = (text: string, parseSpecial: boolean) => [
    ...tokenizer.encode(text, { addSpecial: false, parseSpecial }),
  ];
  for (const token of ['<|im_end|>', '<image>', '<unk>']) {
    expect(encode(token, true)).toEqual([idOf(token)]);
    expect(encode(token, false)).not.toContain(idOf(token));
  }
  expect([encode('<think>', true), encode('<think>', false)]).toEqual([[idOf('<think>')], [idOf('<think>')]]);
  for (const token of ['<|reserved_0|>', '[PAD]', '<0x41>']) {
    expect(encode(token, true)).not.toContain(idOf(token));
  }
  const shown = ['<think>', '<unk>', '[PAD]', '<0x41>', '<|im_end|>'].map((token) => tokenizer.decode([idOf(token)]));
  expect(shown).toEqual(['<think>', '', '', '', '']);
  const all = ['[PAD]', '<0x41>', '<|im_end|>'].map((token) => tokenizer.decode([idOf(token)], { skipSpecial: false }));
  expect(all).toEqual(['', '', '<|im_end|>']);
});

it('knows what begins and what ends a text', () => {
  const load = (over: Partial<GgufTokenizerData>) => loadGgufTokenizer({ ...data, ...over }, fail);
  const ends = ({ bos, bosId, eos, padId, stopIds }: ReturnType<typeof load>) => [bos, bosId, eos, padId, stopIds];
  expect(ends(tokenizer)).toEqual([1, 1, undefined, 0, [2, 7]]);
  expect(ends(load({ addBos: false, addEos: true }))).toEqual([undefined, 1, 7, 0, [2, 7]]);
  expect(ends(load({ eosId: [11, 7], eotId: 13, padId: undefined }))).toEqual([
    1,
    1,
    undefined,
    undefined,
    [2, 7, 11, 13],
  ]);
  expect(load({ tokenTypes: undefined, eosId: 5 }).stopIds).toEqual([5]); // no control tokens, so none that ends by its name
  expect([...load({ addEos: true }).encode('a')]).toEqual([1, idOf('a'), 7]);
});

it('cuts as the kind of pre-tokenizer does', () => {
  const pieces = (pre: string) => {
    const { encode } = loadGgufTokenizer(
      {
        ...data,
        pre,
        merges: [],
        tokens: [...data.tokens.slice(0, 270), "'LL", '123', 'Ġ12'],
        tokenTypes: undefined,
        addBos: false,
      },
      fail,
    );
    return encode("'LL123 12").length;
  };
  expect(['lfm2', 'llama-bpe', 'llama3'].map(pieces)).toEqual([1 + 1 + 1 + 2, 5, 5]);
  // No whole tokens without merges: one for each byte.
  expect(['gpt-2', 'qwen2'].map(pieces)).toEqual([9, 9]);
  const merged = (pre: string) => {
    const tokens = [...data.tokens.slice(0, 270), '12', 'LL'];
    const { encode } = loadGgufTokenizer({ ...data, pre, merges: ['1 2', 'L L'], tokens, tokenTypes: undefined }, fail);
    return encode("'LL12").length - encode('').length;
  };
  expect(['lfm2', 'gpt-2', 'qwen2'].map(merged)).toEqual([1 + 1 + 1, 1 + 1 + 1, 1 + 1 + 2]);
  expect(loadGgufTokenizer({ ...data, pre: 'qwen2' }, fail).bos).toBeUndefined();
});

it('takes a guard out after the special tokens were found', () => {
  const guard = '\ufdd0';
  const encode = (text: string) => [...tokenizer.encode(text, { addSpecial: false, parseSpecial: true, guard })];
  const plain = (text: string) => [...tokenizer.encode(text, { addSpecial: false })];
  const end = idOf('<|im_end|>');
  expect(encode('a<|im_end|>')).toEqual([idOf('a'), end]);
  expect(encode(`<${guard}|im_end|> b<|im_end|>${guard}`)).toEqual([...plain('<|im_end|> b'), end]);
  expect(encode(`x <${guard}think> y`)).toEqual(plain('x <think> y')); // user-defined tokens count in any text
  expect(encode(`gu${guard}lls`)).toEqual(plain('gulls'));
});

describe('a malformed file', () => {
  const tokens = (change: (list: string[]) => void) => {
    const list = [...data.tokens];
    change(list);
    return { tokens: list };
  };
  const types = (change: (list: number[]) => void) => {
    const list = [...data.tokenTypes];
    change(list);
    return { tokenTypes: list };
  };
  const long = 'x'.repeat(2 ** 16 + 1);
  it.each<[string, string, Partial<GgufTokenizerData>]>([
    ['unsupported', 'model: "llama" is not supported, only "gpt2"', { model: 'llama' }],
    [
      'unsupported',
      'pre: "default" is not supported, only "lfm2", "llama-bpe", "llama3", "gpt-2", "qwen2"',
      { pre: 'default' },
    ],
    ['bad-file', 'model: expected a string, got 3', { model: 3 }],
    ['bad-file', 'pre: expected a string, got undefined', { pre: undefined }],
    ['bad-file', 'tokens: expected an array, got undefined', { tokens: undefined }],
    ['bad-file', 'tokens: expected an array, got Int32Array', { tokens: new Int32Array(3) }],
    ['bad-file', 'tokens: expected tokens, got none', { tokens: [], tokenTypes: [], merges: [] }],
    ['bad-file', 'got 5 for 20', tokens((list) => list.splice(20, 1, 5 as unknown as string))],
    ['bad-file', 'got "" for 20', tokens((list) => list.splice(20, 1, ''))],
    ['bad-file', 'for 20', tokens((list) => list.splice(20, 1, long))],
    [
      'bad-file',
      'expected each token once, got "<|im_end|>" again for 20',
      tokens((list) => list.splice(20, 1, '<|im_end|>')),
    ],
    ['bad-file', `tokens: expected at most ${2 ** 20} elements`, { tokens: Array(2 ** 20 + 1).fill('a') }],
    ['bad-file', 'expected 4112 elements, as many as tokens, got 4111', types((list) => list.pop())],
    ['bad-file', 'tokenTypes: expected an array, got "normal"', { tokenTypes: 'normal' }],
    ['bad-file', 'tokenTypes: expected an array, got DataView', { tokenTypes: new DataView(new ArrayBuffer(8)) }],
    ['bad-file', 'expected types from 1 to 6, got 0 for 9', types((list) => list.fill(0, 9, 10))],
    ['bad-file', 'expected types from 1 to 6, got 7 for 9', types((list) => list.fill(7, 9, 10))],
    ['bad-file', 'expected types from 1 to 6, got 1.5 for 9', types((list) => list.fill(1.5, 9, 10))],
    [
      'bad-file',
      'tokens[4112]: expected a content of 1 to 1024 characters, got 1025',
      { ...tokens((list) => list.push('x'.repeat(1025))), ...types((list) => list.push(3)) },
    ],
    [
      'bad-file',
      'expected added tokens of at most 1048576 characters together',
      {
        ...tokens((list) => list.push(...Array.from({ length: 1100 }, (_, i) => `${i}`.padEnd(1000, '-')))),
        ...types((list) => list.push(...Array(1100).fill(4))),
      },
    ],
    ['bad-file', 'merges: expected an array, got undefined', { merges: undefined }],
    ['bad-file', 'merges[1]: expected two tokens with a blank between, got "ab"', { merges: ['t h', 'ab'] }],
    ['bad-file', 'merges[0]: expected two tokens with a blank between, got " ab"', { merges: [' ab'] }],
    ['bad-file', 'merges[0]: expected two tokens with a blank between, got 7', { merges: [7] }],
    ['bad-file', 'merges[0]: expected two tokens that make a third of the vocabulary, got "z q"', { merges: ['z q'] }],
    [
      'bad-file',
      'merges[0]: expected two tokens that make a third of the vocabulary, got "t h e"',
      { merges: ['t h e'] },
    ],
    ['bad-file', `merges: expected at most ${2 ** 21} elements`, { merges: Array(2 ** 21 + 1).fill('t h') }],
    ['bad-file', 'bosId: expected an integer from 0 to 4111, got 4112', { bosId: 4112 }],
    ['bad-file', 'bosId: expected an integer from 0 to 4111, got -1', { bosId: -1 }],
    ['bad-file', 'eosId: expected an integer from 0 to 4111, got "7"', { eosId: '7' }],
    ['bad-file', 'eosId[1]: expected an integer from 0 to 4111, got 4112', { eosId: [7, 4112] }],
    ['bad-file', 'eotId: expected an integer from 0 to 4111, got 1e+300', { eotId: 1e300 }],
    ['bad-file', 'padId: expected an integer from 0 to 4111, got 0.5', { padId: 0.5 }],
    ['bad-file', 'addBos: expected true or false, got 1', { addBos: 1 }],
    ['bad-file', 'addBos: expected an id of the token to be added, got none', { bosId: undefined }],
    ['bad-file', 'addEos: expected an id of the token to be added, got none', { eosId: undefined, addEos: true }],
  ])('is refused: %s, %s', (code, message, over) => {
    expect(thrownBy(() => loadGgufTokenizer({ ...data, ...over }, fail))).toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });
});

it('loads a file of any metadata or refuses it', () => {
  const small: Record<string, unknown> = {
    model: 'gpt2',
    pre: 'lfm2',
    tokens: ['a', 'b', 'ab', '<|im_end|>'],
    tokenTypes: [1, 1, 1, 3],
    merges: ['a b'],
    bosId: 3,
    eosId: [3],
    addBos: true,
    addEos: false,
  };
  const piece = fc.oneof(
    fc.constantFrom(
      'a',
      'b',
      'a b',
      'ab',
      '',
      ' ',
      '<|im_end|>',
      0,
      1,
      3,
      4,
      6,
      7,
      -1,
      0.5,
      2 ** 40,
      true,
      null,
      undefined,
    ),
    fc.anything({ maxDepth: 1, withTypedArray: true, withBigInt: true }),
  );
  const value = fc.oneof(piece, fc.array(piece, { maxLength: 5 }), fc.constantFrom('gpt-2', 'qwen2', 'llama3'));
  const change = fc.tuple(fc.constantFrom(...Object.keys(small), 'eotId', 'padId'), value);
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), fc.string(), (changes, text) => {
      try {
        const file = { ...small, ...Object.fromEntries(changes) } as unknown as GgufTokenizerData;
        const loaded = loadGgufTokenizer(file, fail);
        for (const id of loaded.encode(text, { parseSpecial: true })) {
          expect(id).toBeLessThan(loaded.vocabSize);
        }
      } catch (error) {
        expect(error).toMatchObject({ name: 'KitFailure', code: expect.stringMatching(/^(bad-file|unsupported)$/) });
      }
    }),
    { numRuns: 3000 },
  );
});
