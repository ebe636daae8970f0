import { loadTokenizer, type Tokenizer } from '@gossamer/kit/tokenizer';
import { readJson } from '@gossamer/testkit/fixtures';
import { fail, Lfm2Error } from '../src/errors.ts';

const VOCABULARY = new URL('../../../tooling/train/vocabulary/tokenizer.json', import.meta.url);

/** The shared vocabulary, with more special tokens behind it. */
export function sharedTokenizer(more: readonly string[] = ['<think>', '</think>']): Tokenizer {
  const file = readJson<{ added_tokens: object[]; model: { vocab: object } }>(VOCABULARY);
  const next = Object.keys(file.model.vocab).length;
  const added = more.map((content, i) => ({ id: next + i, content, special: true, normalized: false }));
  return loadTokenizer({ ...file, added_tokens: [...file.added_tokens, ...added] }, fail);
}

/** The error of this package that `act` throws. */
export function errorOf(act: () => unknown): { code: string; message: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof Lfm2Error) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('expected a throw');
}
