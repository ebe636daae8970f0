import { isCount, show } from '../errors.ts';
import type { Merges } from './merge.ts';
import { mergeSymbols } from './merge.ts';
import { PairRanks } from './pairs.ts';
import type { View } from './view.ts';

/** Four times the largest vocabulary that is published (262,144). */
const MAX_TOKENS = 1 << 20;
const MAX_MERGES = 1 << 21;
const MAX_TOKEN_LENGTH = 1 << 16;
/** Pieces that are remembered; when there are more, all are forgotten. */
const CACHED_PIECES = 10_000;
/** Longer pieces hardly come again. */
const CACHED_LENGTH = 48;

/** The BPE model of a tokenizer.json: tokens, merges, and what to do with a character that is no token. */
export class Bpe {
  readonly vocab: ReadonlyMap<string, number>;
  readonly #merges: Merges;
  readonly #ignoreMerges: boolean;
  readonly #byteTokens: Int32Array | undefined;
  readonly #unknown: () => number | undefined;
  readonly #fuseUnknown: boolean;
  readonly #cache = new Map<string, Int32Array>();

  /** @throws `bad-file` and `unsupported`. */
  constructor(model: View) {
    if (!model.at('type').absent && model.type() !== 'BPE') {
      throw model.unsupported('BPE');
    }
    for (const key of ['dropout', 'continuing_subword_prefix', 'end_of_word_suffix']) {
      const option = model.at(key);
      if (!option.absent && option.value !== '' && option.value !== 0) {
        throw option.unsupported('null');
      }
    }
    this.vocab = readVocab(model.at('vocab'));
    this.#merges = readMerges(model.at('merges'), this.vocab);
    this.#ignoreMerges = model.at('ignore_merges').flag(false);
    this.#fuseUnknown = model.at('fuse_unk').flag(false);
    this.#byteTokens = model.at('byte_fallback').flag(false) ? byteTokens(this.vocab) : undefined;
    const unknown = model.at('unk_token');
    const token = unknown.absent ? undefined : unknown.string();
    this.#unknown = () => {
      const id = token === undefined ? undefined : this.vocab.get(token);
      if (id === undefined && token !== undefined) {
        throw unknown.bad(`expected a token of the vocabulary, got ${show(token)}`);
      }
      return id;
    };
  }

  /** Appends the ids of one piece to `ids`. */
  encode(piece: string, ids: number[]): void {
    const whole = this.#ignoreMerges ? this.vocab.get(piece) : undefined;
    if (whole !== undefined) {
      ids.push(whole);
      return;
    }
    const cacheable = piece.length <= CACHED_LENGTH;
    const known = cacheable ? this.#cache.get(piece) : undefined;
    const symbols = known ?? this.#merge(piece);
    for (const id of symbols) {
      ids.push(id);
    }
    if (cacheable && known === undefined) {
      if (this.#cache.size >= CACHED_PIECES) {
        this.#cache.clear();
      }
      this.#cache.set(piece, symbols);
    }
  }

  #merge(piece: string): Int32Array {
    const symbols: number[] = [];
    let pending: number | undefined; // the unknown token of the characters before, to be added or to be fused with
    const addPending = () => {
      if (pending !== undefined) {
        symbols.push(pending);
        pending = undefined;
      }
    };
    for (const character of piece) {
      const id = this.vocab.get(character);
      if (id !== undefined) {
        addPending();
        symbols.push(id);
      } else if (!this.#addBytes(character, symbols)) {
        if (!this.#fuseUnknown) {
          addPending();
        }
        pending = this.#unknown();
      }
    }
    addPending();
    const ids = Int32Array.from(symbols);
    return ids.slice(0, mergeSymbols(ids, ids.length, this.#merges));
  }

  /** The bytes of a character as tokens `<0xE4>`; false when one of them is missing or there is no byte fallback. */
  #addBytes(character: string, symbols: number[]): boolean {
    const tokens = this.#byteTokens;
    if (tokens === undefined) {
      return false;
    }
    const ids = Array.from(new TextEncoder().encode(character), (byte) => tokens[byte] as number);
    if (ids.includes(-1)) {
      return false;
    }
    symbols.push(...ids);
    return true;
  }
}

function byteTokens(vocab: ReadonlyMap<string, number>): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    const digits = byte.toString(16).toUpperCase().padStart(2, '0');
    return vocab.get(`<0x${digits}>`) ?? -1;
  });
}

function readVocab(view: View): Map<string, number> {
  const entries = view.entries();
  if (entries.length > MAX_TOKENS) {
    throw view.bad(`expected at most ${MAX_TOKENS} tokens, got ${entries.length}`);
  }
  const vocab = new Map<string, number>();
  const taken = new Set<number>();
  for (const [token, id] of entries) {
    if (!isCount(id, 0) || id >= MAX_TOKENS) {
      throw view.at(token).expected(`an integer from 0 to ${MAX_TOKENS - 1}`);
    }
    if (token.length > MAX_TOKEN_LENGTH) {
      throw view.bad(`expected tokens of at most ${MAX_TOKEN_LENGTH} characters, got one of ${token.length}`);
    }
    if (taken.has(id)) {
      throw view.bad(`expected each id once, got ${id} again for ${show(token)}`);
    }
    taken.add(id);
    vocab.set(token, id);
  }
  return vocab;
}

function readMerges(view: View, vocab: ReadonlyMap<string, number>): Merges {
  const list = view.items(MAX_MERGES);
  const ranks = new PairRanks(list.length);
  const made = new Int32Array(list.length);
  list.forEach((merge, rank) => {
    const parts = typeof merge === 'string' ? merge.split(' ') : merge; // older files have "a b"
    if (!isPair(parts)) {
      throw view.item(rank).expected('a pair of tokens');
    }
    const [left, right, both] = [parts[0], parts[1], parts[0] + parts[1]].map((token) => vocab.get(token));
    if (left === undefined || right === undefined || both === undefined) {
      throw view.item(rank).bad(`expected two tokens that make a third of the vocabulary, got ${show(parts)}`);
    }
    ranks.set(left, right, rank);
    made[rank] = both;
  });
  return { ranks, made };
}

function isPair(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');
}
