import { readAddedTokens } from './added.ts';
import { readBpe } from './bpe-file.ts';
import { readDecoder } from './decoder.ts';
import { readNormalizer } from './normalizer.ts';
import { readPreTokenizer } from './pre-tokenizer.ts';
import { readTemplate } from './template.ts';
import type { Tokenizer } from './tokenizer.ts';
import { createTokenizer } from './tokenizer.ts';
import type { TokenizerFail } from './view.ts';
import { View } from './view.ts';

/**
 * Builds a tokenizer from tokenizer.json: byte-level BPE (GPT-2, Llama 3, LFM2, Qwen2) or SentencePiece-style BPE with byte
 * fallback (Mistral). Truncation and padding settings of the file are not applied.
 *
 * @param json the file's text, or what it parses to.
 * @throws `bad-file` when it is malformed or inconsistent; `unsupported` for a component that is not computed here.
 */
export function loadTokenizer(json: unknown, fail: TokenizerFail): Tokenizer {
  const root = new View(typeof json === 'string' ? parse(json, fail) : json, 'tokenizer', fail);
  const model = readBpe(root.at('model'));
  const added = readAddedTokens(root.at('added_tokens'), model.vocab);
  const normalize = readNormalizer(root.at('normalizer'));
  const preTokenize = readPreTokenizer(root.at('pre_tokenizer'));
  const startDecoder = readDecoder(root.at('decoder'));
  const tokens: (string | undefined)[] = [];
  for (const [token, id] of model.vocab) {
    tokens[id] = token;
  }
  for (const { content, id } of added) {
    tokens[id] = content;
  }
  const template = readTemplate(root.at('post_processor'), tokens.length);
  return createTokenizer({ model, added, normalize, preTokenize, startDecoder, template, tokens }, fail);
}

function parse(text: string, fail: TokenizerFail): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw fail('bad-file', 'tokenizer: expected JSON', { cause });
  }
}
