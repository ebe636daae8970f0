import { isCount, show } from '../errors.ts';
import { Bpe, MAX_MERGES, MAX_TOKEN_LENGTH, MAX_TOKENS } from './bpe.ts';
import type { Merges } from './merge.ts';
import { PairRanks } from './pairs.ts';
import type { View } from './view.ts';

/**
 * Reads the `model` of a tokenizer.json.
 *
 * @throws `bad-file` and `unsupported`.
 */
export function readBpe(model: View): Bpe {
  if (!model.at('type').absent && model.type() !== 'BPE') {
    throw model.unsupported('BPE');
  }
  for (const key of ['dropout', 'continuing_subword_prefix', 'end_of_word_suffix']) {
    const option = model.at(key);
    if (!option.absent && option.value !== '' && option.value !== 0) {
      throw option.unsupported('null');
    }
  }
  const vocab = readVocab(model.at('vocab'));
  const unknown = model.at('unk_token');
  const token = unknown.absent ? undefined : unknown.string();
  return new Bpe({
    vocab,
    merges: readMerges(model.at('merges'), vocab),
    ignoreMerges: model.at('ignore_merges').flag(false),
    fuseUnknown: model.at('fuse_unk').flag(false),
    byteFallback: model.at('byte_fallback').flag(false),
    unknown() {
      const id = token === undefined ? undefined : vocab.get(token);
      if (id === undefined && token !== undefined) {
        throw unknown.bad(`expected a token of the vocabulary, got ${show(token)}`);
      }
      return id;
    },
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
