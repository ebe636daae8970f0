import { show } from '../errors.ts';
import type { AddedToken } from './added.ts';
import { addedLengths } from './added.ts';
import { Bpe, MAX_MERGES, MAX_TOKEN_LENGTH, MAX_TOKENS } from './bpe.ts';
import { byteLevelDecoder } from './decoder.ts';
import type { Merges } from './merge.ts';
import { PairRanks } from './pairs.ts';
import { byteLevel } from './pre-tokenizer.ts';
import type { Split } from './split.ts';
import { splitGpt2, splitLlama } from './split.ts';
import type { Tokenizer } from './tokenizer.ts';
import { createTokenizer } from './tokenizer.ts';
import type { TokenizerFail } from './view.ts';
import { View } from './view.ts';

/** Values of the keys `tokenizer.ggml.*` as a reader of GGUF gives them, unchecked; undefined where the file has no such key. */
export interface GgufTokenizerData {
  /** `model` */
  readonly model: unknown;
  /** `pre` */
  readonly pre: unknown;
  /** `tokens`: strings. */
  readonly tokens: unknown;
  /** `token_type`: an array or typed array as long as `tokens`; without it all tokens are ordinary ones. */
  readonly tokenTypes?: unknown;
  /** `merges`: strings `left right`. */
  readonly merges: unknown;
  /** `bos_token_id` */
  readonly bosId?: unknown;
  /** `eos_token_id`: an id, or several. */
  readonly eosId?: unknown;
  /** `eot_token_id` */
  readonly eotId?: unknown;
  /** `padding_token_id` */
  readonly padId?: unknown;
  /** `add_bos_token`; where it is undefined, as the kind of `pre` has it. */
  readonly addBos?: unknown;
  /** `add_eos_token` */
  readonly addEos?: unknown;
}

/** The tokenizer of a GGUF file. */
export interface GgufTokenizer extends Tokenizer {
  /** The token that begins a text, also where the file does not want it added. */
  readonly bosId: number | undefined;
  readonly padId: number | undefined;
  /** Ids that end an answer: eos, eot, and the control tokens `<|im_end|>` and `<|endoftext|>`; ascending. */
  readonly stopIds: readonly number[];
}

interface Kind {
  readonly split: Split;
  readonly ignoreMerges: boolean;
  readonly addBos: boolean;
}

const LLAMA: Kind = { split: splitLlama(3), ignoreMerges: true, addBos: true };
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['lfm2', LLAMA],
  ['llama-bpe', LLAMA],
  ['llama3', LLAMA],
  ['gpt-2', { split: splitGpt2, ignoreMerges: false, addBos: false }],
  ['qwen2', { split: splitLlama(1), ignoreMerges: false, addBos: false }],
]);

/** Values of `token_type`. */
const UNKNOWN = 2;
const CONTROL = 3;
const USER_DEFINED = 4;
const UNUSED = 5;
const BYTE = 6;

/** An added token that is found as it is spelled, whatever stands beside it. */
const PLAIN = { normalized: false, singleWord: false, lstrip: false, rstrip: false };

const ENDS: readonly string[] = ['<|im_end|>', '<|endoftext|>'];

/**
 * Builds a tokenizer from the metadata of a GGUF file whose `model` is "gpt2" (byte-level BPE) and whose `pre` is "lfm2",
 * "llama-bpe", "llama3", "gpt-2" or "qwen2". Control tokens are special; user-defined tokens are found in any text; unused and byte
 * tokens decode to nothing, as in llama.cpp.
 *
 * @throws `bad-file` when it is malformed or inconsistent; `unsupported` for another model or pre-tokenizer.
 */
export function loadGgufTokenizer(data: GgufTokenizerData, fail: TokenizerFail): GgufTokenizer {
  const root = new View(data, 'tokenizer.ggml', fail);
  if (root.at('model').string() !== 'gpt2') {
    throw root.at('model').unsupported('"gpt2"');
  }
  const kind = KINDS.get(root.at('pre').string());
  if (kind === undefined) {
    throw root.at('pre').unsupported([...KINDS.keys()].map(show).join(', '));
  }
  const vocab = readTokens(root.at('tokens'));
  const tokens = data.tokens as readonly string[];
  const types = readTypes(root.at('tokenTypes'), tokens.length);
  const { ignoreMerges, split } = kind;
  const model = new Bpe({ vocab, merges: readMerges(root.at('merges'), vocab), ignoreMerges });

  const id = (key: string) => (root.at(key).absent ? undefined : root.at(key).count(tokens.length));
  const [bosId, padId, eotId] = [id('bosId'), id('padId'), id('eotId')];
  const eosIds = readIds(root.at('eosId'), tokens.length);
  const put = (key: string, fallback: boolean, from: number | undefined): number[] => {
    if (!root.at(key).flag(fallback)) return [];
    if (from === undefined) throw root.bad(`${key}: expected an id of the token to be added, got none`);
    return [from];
  };
  const template = { before: put('addBos', kind.addBos, bosId), after: put('addEos', false, eosIds[0]) };

  const added: AddedToken[] = [];
  const checkLength = addedLengths();
  const silent = new Set<number>();
  for (let at = 0; at < types.length; at++) {
    const type = types[at] as number;
    if (type === CONTROL || type === UNKNOWN || type === USER_DEFINED) {
      const content = tokens[at] as string;
      checkLength(root.at('tokens').item(at), content);
      added.push({ ...PLAIN, id: at, content, special: type !== USER_DEFINED });
    } else if (type === UNUSED || type === BYTE) {
      silent.add(at);
    }
  }
  const ends = ENDS.map((text) => vocab.get(text)).filter((end) => end !== undefined && types[end] === CONTROL);
  const stops = [...eosIds, eotId, ...ends].filter((stop) => stop !== undefined);
  const parts = {
    model,
    added,
    template,
    tokens,
    silent,
    preTokenize: byteLevel(split),
    startDecoder: byteLevelDecoder,
  };
  const tokenizer = createTokenizer({ ...parts, normalize: (text) => text }, fail);
  return { ...tokenizer, bosId, padId, stopIds: [...new Set(stops)].sort((a, b) => a - b) };
}

function readTokens(view: View): Map<string, number> {
  const list = view.items(MAX_TOKENS);
  const vocab = new Map<string, number>();
  for (let id = 0; id < list.length; id++) {
    const token = list[id];
    if (typeof token !== 'string' || token === '' || token.length > MAX_TOKEN_LENGTH) {
      throw view.bad(`expected strings of 1 to ${MAX_TOKEN_LENGTH} characters, got ${show(token)} for ${id}`);
    }
    vocab.set(token, id);
    if (vocab.size !== id + 1) {
      throw view.bad(`expected each token once, got ${show(token)} again for ${id}`);
    }
  }
  if (vocab.size === 0) {
    throw view.bad('expected tokens, got none');
  }
  return vocab;
}

function readTypes(view: View, count: number): ArrayLike<number> {
  if (view.absent) {
    return [];
  }
  const types = view.value as ArrayLike<number>;
  if (!Array.isArray(types) && !(ArrayBuffer.isView(types) && !(types instanceof DataView))) {
    throw view.expected('an array');
  }
  if (types.length !== count) {
    throw view.bad(`expected ${count} elements, as many as tokens, got ${types.length}`);
  }
  for (let id = 0; id < count; id++) {
    const type = types[id];
    if (!Number.isInteger(type) || (type as number) < 1 || (type as number) > BYTE) {
      throw view.bad(`expected types from 1 to ${BYTE}, got ${show(type)} for ${id}`);
    }
  }
  return types;
}

function readIds(view: View, limit: number): number[] {
  if (view.absent) {
    return [];
  }
  return Array.isArray(view.value) ? view.list(limit).map((id) => id.count(limit)) : [view.count(limit)];
}

function readMerges(view: View, vocab: ReadonlyMap<string, number>): Merges {
  const list = view.items(MAX_MERGES);
  const ranks = new PairRanks(list.length);
  const made = new Int32Array(list.length);
  for (let rank = 0; rank < list.length; rank++) {
    const merge = list[rank];
    const gap = typeof merge === 'string' ? merge.indexOf(' ', 1) : -1;
    if (gap < 0) {
      throw view.item(rank).expected('two tokens with a blank between');
    }
    const [first, second] = [(merge as string).slice(0, gap), (merge as string).slice(gap + 1)];
    const [left, right, both] = [vocab.get(first), vocab.get(second), vocab.get(first + second)];
    if (left === undefined || right === undefined || both === undefined) {
      throw view.item(rank).bad(`expected two tokens that make a third of the vocabulary, got ${show(merge)}`);
    }
    ranks.set(left, right, rank);
    made[rank] = both;
  }
  return { ranks, made };
}
