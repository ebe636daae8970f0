import { readJson } from '@gossamer/testkit/fixtures';
import type { GgufTokenizerData } from '../src/tokenizer.ts';

const VOCABULARY = new URL('../../train/vocabulary/tokenizer.json', import.meta.url);

interface File {
  readonly added_tokens: { readonly content: string }[];
  readonly model: { readonly vocab: Record<string, number>; readonly merges: [string, string][] };
}

/** The shared vocabulary as the metadata of a GGUF file, and more tokens behind it. */
export function sharedVocabulary(extra: readonly [token: string, type: number][] = []): GgufTokenizerData & {
  tokens: string[];
  tokenTypes: Int32Array;
  merges: string[];
} {
  const { added_tokens, model } = readJson<File>(VOCABULARY);
  const control = new Set(added_tokens.map(({ content }) => content));
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(model.vocab)) {
    tokens[id] = token;
  }
  const types = [...tokens.map((token) => (control.has(token) ? 3 : 1)), ...extra.map(([, type]) => type)];
  return {
    model: 'gpt2',
    pre: 'lfm2',
    tokens: [...tokens, ...extra.map(([token]) => token)],
    tokenTypes: Int32Array.from(types),
    merges: model.merges.map((pair) => pair.join(' ')),
    bosId: 1,
    eosId: 7,
    padId: 0,
  };
}
