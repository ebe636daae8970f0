import { readJson } from '@gossamer/testkit/fixtures';
import { expect, it } from 'vitest';
import { CharacterClasses, LETTER, NUMBER, OTHER, SPACE } from '../src/tokenizer/classes.ts';
import { loadTokenizer } from '../src/tokenizer.ts';
import { fail, thrownBy } from './failure.ts';

const CLASSES = new URL('../../reference/kit/unicode-classes.json', import.meta.url);

it('ships the character classes that the regex engine of the tokenizers library has', () => {
  const { delta } = readJson<{ delta: Record<'L' | 'N' | 's' | 'w', number[]> }>(CLASSES);
  const members = (pairs: number[]) => {
    const flags = new Uint8Array(0x110000);
    for (let i = 0, at = 0; i < pairs.length; i += 2) {
      at += pairs[i] as number;
      flags.fill(1, at, at + (pairs[i + 1] as number));
      at += pairs[i + 1] as number;
    }
    return flags;
  };
  const [letter, number, space, word] = [delta.L, delta.N, delta.s, delta.w].map(members) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const classes = new CharacterClasses();
  let wrong = 0;
  for (let cp = 0; cp < 0x110000; cp++) {
    const kind = letter[cp] ? LETTER : number[cp] ? NUMBER : space[cp] ? SPACE : OTHER;
    wrong += Number(classes.kind(cp) !== kind) + Number(classes.isWord(cp) !== (word[cp] === 1));
  }
  expect(wrong).toBe(0);
});

const LETTERS = { a: 0, b: 1, ab: 2, c: 3 };
const ADDED = { id: 4, content: '<x>', special: true, normalized: false };

/** A small valid file with some fields replaced. */
function file(over: Record<string, unknown> = {}, model: Record<string, unknown> = {}): unknown {
  return {
    added_tokens: [ADDED],
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false },
    post_processor: null,
    decoder: { type: 'ByteLevel' },
    model: { vocab: LETTERS, merges: ['a b'], ...model },
    ...over,
  };
}

it('loads a file without the fields that may be left out', () => {
  const tokenizer = loadTokenizer(file(), fail);
  expect([...tokenizer.encode('abc<x>', { parseSpecial: true })]).toEqual([2, 3, 4]);
  expect([tokenizer.vocabSize, tokenizer.bos, tokenizer.eos]).toEqual([5, undefined, undefined]);
  const bare = file({ added_tokens: undefined, post_processor: undefined, normalizer: undefined });
  expect(loadTokenizer(bare, fail).vocabSize).toBe(4);
});

const split = (over: object, second: object = {}) => ({
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [
      { type: 'Split', pattern: { Regex: '\\s+' }, behavior: 'Isolated', invert: false, ...over },
      { type: 'ByteLevel', add_prefix_space: false, use_regex: false, ...second },
    ],
  },
});
const qwen = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;
const known = { pattern: { Regex: qwen } };
const fallback = (...types: string[]) => ({
  decoder: {
    type: 'Sequence',
    decoders: types.map((type) => ({ type, pattern: { String: '_' }, content: ' ', start: 1, stop: 0 })),
  },
});

it.each<[string, unknown]>([
  ['tokenizer.model: "WordPiece"', file({}, { type: 'WordPiece' })],
  ['tokenizer.model.dropout: 0.1', file({}, { dropout: 0.1 })],
  ['tokenizer.model.continuing_subword_prefix: "##"', file({}, { continuing_subword_prefix: '##' })],
  ['tokenizer.model.end_of_word_suffix: "</w>"', file({}, { end_of_word_suffix: '</w>' })],
  ['tokenizer.normalizer: "NFC"', file({ normalizer: { type: 'NFC' } })],
  [
    'tokenizer.normalizer.normalizers[1]: "Lowercase"',
    file({
      normalizer: {
        type: 'Sequence',
        normalizers: [{ type: 'Prepend', prepend: '_' }, { type: 'Lowercase' }],
      },
    }),
  ],
  ['tokenizer.normalizer.pattern: ', file({ normalizer: { type: 'Replace', pattern: { Regex: ' +' }, content: '' } })],
  ['tokenizer.pre_tokenizer: "Metaspace"', file({ pre_tokenizer: { type: 'Metaspace' } })],
  ['tokenizer.pre_tokenizer: "Sequence"', file({ pre_tokenizer: { type: 'Sequence', pretokenizers: [] } })],
  ['tokenizer.pre_tokenizer.pretokenizers[0].pattern: ', file(split({}))],
  ['tokenizer.pre_tokenizer.pretokenizers[0].pattern: ', file(split({ pattern: { String: ' ' } }))],
  ['tokenizer.pre_tokenizer.pretokenizers[0]: "Split"', file(split({ ...known, behavior: 'Removed' }))],
  ['tokenizer.pre_tokenizer.pretokenizers[0]: "Split"', file(split({ ...known, invert: true }))],
  ['tokenizer.pre_tokenizer.pretokenizers[1].use_regex: true', file(split(known, { use_regex: true }))],
  ['tokenizer.pre_tokenizer.pretokenizers[1].add_prefix_space: true', file(split(known, { add_prefix_space: true }))],
  ['tokenizer.post_processor: "BertProcessing"', file({ post_processor: { type: 'BertProcessing' } })],
  [
    'tokenizer.post_processor: "Sequence"',
    file({
      post_processor: {
        type: 'Sequence',
        processors: Array(2).fill({ type: 'TemplateProcessing', single: [{ Sequence: {} }], special_tokens: {} }),
      },
    }),
  ],
  ['tokenizer.decoder: null', file({ decoder: null })],
  ['tokenizer.decoder: "Metaspace"', file({ decoder: { type: 'Metaspace' } })],
  ['tokenizer.decoder: "Sequence"', file(fallback('ByteFallback', 'Fuse'))],
  ['tokenizer.decoder: "Sequence"', file(fallback('Replace', 'ByteFallback', 'Fuse', 'Strip', 'Fuse'))],
  ['tokenizer.decoder.decoders[3]: "Replace"', file(fallback('Replace', 'ByteFallback', 'Fuse', 'Replace'))],
])('says that it does not support %s', (place, json) => {
  expect(thrownBy(() => loadTokenizer(json, fail))).toMatchObject({
    code: 'unsupported',
    message: expect.stringMatching(/^tokenizer\.[\w.[\]]+: .+ is not supported, only /),
  });
  expect(() => loadTokenizer(json, fail)).toThrow(place);
});

const single = (items: unknown[], special: unknown = {}) => ({
  post_processor: { type: 'TemplateProcessing', single: items, special_tokens: special },
});
const text = { Sequence: { id: 'A', type_id: 0 } };
const bos = { SpecialToken: { id: '<x>', type_id: 0 } };

it.each<[string, unknown]>([
  ['tokenizer: expected JSON', '{'],
  ['tokenizer: expected an object, got null', 'null'],
  ['tokenizer: expected an object, got undefined', undefined],
  ['tokenizer: expected an object, got []', []],
  ['tokenizer.model: expected an object, got undefined', {}],
  ['tokenizer.model.vocab: expected an object, got []', file({}, { vocab: [] })],
  ['tokenizer.model.vocab.a: expected an integer from 0 to 1048575, got "0"', file({}, { vocab: { a: '0' } })],
  ['tokenizer.model.vocab.a: expected an integer from 0 to 1048575, got -1', file({}, { vocab: { a: -1 } })],
  ['tokenizer.model.vocab.a: expected an integer from 0 to 1048575', file({}, { vocab: { a: 1048576 } })],
  ['tokenizer.model.vocab: expected each id once, got 0 again for "b"', file({}, { vocab: { a: 0, b: 0 } })],
  ['tokenizer.model.merges: expected an array, got undefined', file({}, { merges: undefined })],
  ['tokenizer.model.merges[0]: expected a pair of tokens, got "ab"', file({}, { merges: ['ab'] })],
  ['tokenizer.model.merges[0]: expected a pair of tokens, got "a b c"', file({}, { merges: ['a b c'] })],
  ['tokenizer.model.merges[1]: expected a pair of tokens, got [1, 2]', file({}, { merges: ['a b', [1, 2]] })],
  ['tokenizer.model.merges[0]: expected a pair of tokens, got ["a"]', file({}, { merges: [['a']] })],
  ['merges[0]: expected two tokens that make a third of the vocabulary, got ["a", "z"]', file({}, { merges: ['a z'] })],
  ['merges[0]: expected two tokens that make a third of the vocabulary, got ["b", "a"]', file({}, { merges: ['b a'] })],
  ['tokenizer.model.ignore_merges: expected true or false, got 1', file({}, { ignore_merges: 1 })],
  ['tokenizer.model.unk_token: expected a string, got 5', file({}, { unk_token: 5 })],
  ['tokenizer.added_tokens: expected an array, got Object', file({ added_tokens: {} })],
  ['tokenizer.added_tokens[0].content: expected a string', file({ added_tokens: [{ id: 4 }] })],
  ['added_tokens[0]: expected a content of 1 to 1024 characters', file({ added_tokens: [{ ...ADDED, content: '' }] })],
  ['added_tokens[1]: expected each content once, got "<x>" again', file({ added_tokens: [ADDED, ADDED] })],
  ['tokenizer.added_tokens[0].id: expected 4 for "<x>", got 9', file({ added_tokens: [{ ...ADDED, id: 9 }] })],
  ['tokenizer.added_tokens[0].id: expected 0 for "a", got 4', file({ added_tokens: [{ ...ADDED, content: 'a' }] })],
  ['tokenizer.normalizer.type: expected a string, got undefined', file({ normalizer: {} })],
  ['tokenizer.normalizer: expected an object, got "NFC"', file({ normalizer: 'NFC' })],
  ['post_processor.single: expected the text once, got it 0 times', file(single([]))],
  ['post_processor.single: expected the text once, got it 2 times', file(single([text, text]))],
  ['special_tokens.<x>: expected an object, got undefined', file(single([bos, text]))],
  ['ids[0]: expected an integer from 0 to 4, got 5', file(single([bos, text], { '<x>': { ids: [5] } }))],
])('refuses a file: %s', (message, json) => {
  expect(thrownBy(() => loadTokenizer(json, fail))).toMatchObject({
    code: 'bad-file',
    message: expect.stringContaining(message),
  });
});

it('refuses vocabularies and lists beyond any published size', () => {
  const vocab = Object.fromEntries(Array.from({ length: (1 << 20) + 1 }, (_, i) => [i, i]));
  expect(() => loadTokenizer(file({}, { vocab }), fail)).toThrow('expected at most 1048576 tokens, got 1048577');
  const merges = Array((1 << 21) + 1).fill('a b');
  expect(() => loadTokenizer(file({}, { merges }), fail)).toThrow('expected at most 2097152 elements, got 2097153');
  const long = { ['x'.repeat(70_000)]: 0 };
  expect(() => loadTokenizer(file({}, { vocab: long }), fail)).toThrow('tokens of at most 65536 characters');
});

it('takes a key that JavaScript objects have for what it is', () => {
  const vocab = JSON.parse('{"__proto__":0,"constructor":1,"a":2}');
  const tokenizer = loadTokenizer(file({ added_tokens: [] }, { vocab, merges: [], ignore_merges: true }), fail);
  expect([...tokenizer.encode('constructor'), ...tokenizer.encode('a')]).toEqual([1, 2]);
  expect(tokenizer.tokenToId('toString')).toBeUndefined();
  expect(tokenizer.idToToken(0)).toBe('__proto__');
});
