import { isCount, show } from '../errors.ts';
import { AddedTokens, readAddedTokens } from './added.ts';
import { Bpe } from './bpe.ts';
import { readDecoder } from './decoder.ts';
import { readNormalizer } from './normalizer.ts';
import { readPreTokenizer } from './pre-tokenizer.ts';
import { readTemplate } from './template.ts';
import type { TokenizerFail } from './view.ts';
import { View } from './view.ts';

/** How a text is encoded. */
export interface EncodeOptions {
  /** Put the post-processor's tokens (bos, eos) around it; true unless told. */
  readonly addSpecial?: boolean | undefined;
  /**
   * Take the special tokens that are spelled out in the text for what they say; false unless told, since a text of
   * unknown origin must not be able to end a turn.
   */
  readonly parseSpecial?: boolean | undefined;
}

/** How ids are decoded. */
export interface DecodeOptions {
  /** Leave special tokens out; true unless told. */
  readonly skipSpecial?: boolean | undefined;
}

/** Decodes ids one by one, for text that appears while it is generated. */
export interface StreamDecoder {
  /**
   * The text that is certain after one more id; empty while a character is incomplete.
   *
   * @throws `bad-token`.
   */
  push(id: number): string;
  /** The rest. The decoder is then as new. */
  flush(): string;
}

/** Text to ids and back, as the `tokenizers` library does it with the same tokenizer.json. */
export interface Tokenizer {
  encode(text: string, options?: EncodeOptions): Uint32Array;
  /** @throws `bad-token` for an id that is no token. */
  decode(ids: Iterable<number>, options?: DecodeOptions): string;
  decoder(options?: DecodeOptions): StreamDecoder;
  /** One more than the largest id. */
  readonly vocabSize: number;
  tokenToId(token: string): number | undefined;
  idToToken(id: number): string | undefined;
  /** Ids of the special tokens, by their text. */
  readonly specials: ReadonlyMap<string, number>;
  /** First id that the post-processor puts before a text. */
  readonly bos: number | undefined;
  /** Last id that the post-processor puts behind a text. */
  readonly eos: number | undefined;
}

/**
 * Builds a tokenizer from tokenizer.json: byte-level BPE (GPT-2, Llama 3, LFM2, Qwen2) or SentencePiece-style BPE with byte
 * fallback (Mistral). Truncation and padding settings of the file are not applied.
 *
 * @param json the file's text, or what it parses to.
 * @throws `bad-file` when it is malformed or inconsistent; `unsupported` for a component that is not computed here.
 */
export function loadTokenizer(json: unknown, fail: TokenizerFail): Tokenizer {
  const root = new View(typeof json === 'string' ? parse(json, fail) : json, 'tokenizer', fail);
  const model = new Bpe(root.at('model'));
  const added = readAddedTokens(root.at('added_tokens'), model.vocab);
  const normalize = readNormalizer(root.at('normalizer'));
  const preTokenize = readPreTokenizer(root.at('pre_tokenizer'));
  const startDecoder = readDecoder(root.at('decoder'));

  const tokens: (string | undefined)[] = [];
  const specials = new Map<string, number>();
  for (const [token, id] of model.vocab) {
    tokens[id] = token;
  }
  const addedIds = new Map(added.map(({ content, id }) => [content, id]));
  for (const { content, id, special } of added) {
    tokens[id] = content;
    if (special) {
      specials.set(content, id);
    }
  }
  const { before, after } = readTemplate(root.at('post_processor'), tokens.length);
  const inText = new AddedTokens(
    added.filter((token) => !token.normalized),
    (content) => content,
  );
  const inNormalized = new AddedTokens(
    added.filter((token) => token.normalized),
    normalize,
  );

  const tokenOf = (id: number): string => {
    const token = isCount(id, 0) ? tokens[id] : undefined;
    if (token === undefined) {
      throw fail('bad-token', `ids: expected ids of the vocabulary, below ${tokens.length}, got ${show(id)}`);
    }
    return token;
  };

  const decoder = ({ skipSpecial = true }: DecodeOptions = {}): StreamDecoder => {
    const stream = startDecoder();
    return {
      push(id) {
        const token = tokenOf(id);
        return skipSpecial && specials.has(token) ? '' : stream.push(token);
      },
      flush: () => stream.flush(),
    };
  };

  return {
    encode(text, { addSpecial = true, parseSpecial = false } = {}) {
      const out: number[] = addSpecial ? [...before] : [];
      const encodePiece = (piece: string) => model.encode(piece, out);
      const pushId = (id: number) => void out.push(id);
      const encodeNormalized = (part: string) => preTokenize(part, encodePiece);
      const encodeText = (part: string) => inNormalized.split(normalize(part), parseSpecial, encodeNormalized, pushId);
      // A lone surrogate has no UTF-8 form; it becomes U+FFFD, as in TextEncoder.
      inText.split(text.replace(/[\ud800-\udfff]/gu, '\ufffd'), parseSpecial, encodeText, pushId);
      if (addSpecial) {
        out.push(...after);
      }
      return Uint32Array.from(out);
    },
    decode(list, options) {
      const stream = decoder(options);
      let text = '';
      for (const id of list) {
        text += stream.push(id);
      }
      return text + stream.flush();
    },
    decoder,
    vocabSize: tokens.length,
    tokenToId: (token) => addedIds.get(token) ?? model.vocab.get(token),
    idToToken: (id) => tokens[id],
    specials,
    bos: before[0],
    eos: after.at(-1),
  };
}

function parse(text: string, fail: TokenizerFail): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw fail('bad-file', 'tokenizer: expected JSON', { cause });
  }
}
