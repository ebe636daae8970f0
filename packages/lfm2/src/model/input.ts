import { isCount, show } from '@gossamer/kit/errors';
import type { EncodeOptions, Tokenizer } from '@gossamer/kit/tokenizer';
import { fail } from '../errors.ts';

/** Text or token ids. */
export type TextInput = string | ArrayLike<number>;

/**
 * Text or ids as checked ids.
 *
 * @throws `bad-token` for an id outside the vocabulary, `unsupported` for text without a tokenizer.
 */
export function encodeInput(
  tokenizer: Tokenizer | undefined,
  vocabSize: number,
  input: TextInput,
  options: EncodeOptions,
): number[] {
  if (typeof input === 'string') {
    if (tokenizer === undefined) {
      throw fail('unsupported', 'input: text was given, but the model came without a tokenizer: pass token ids');
    }
    return Array.from(tokenizer.encode(input, options));
  }
  if (typeof input !== 'object' || input === null || !isCount(input.length, 0)) {
    throw new TypeError(`input: expected text or token ids, got ${show(input)}`);
  }
  return Array.from(input, (id, i) => {
    if (isCount(id, 0) && id < vocabSize) return id;
    throw fail('bad-token', `token ${i}: expected an id below ${vocabSize}, got ${show(id)}`);
  });
}
