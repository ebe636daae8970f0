import { isCount, show } from '../errors.ts';
import type { AddedToken } from './added.ts';
import { AddedTokens } from './added.ts';
import type { Bpe } from './bpe.ts';
import type { TokenDecoder } from './decoder.ts';
import type { PreTokenizer } from './pre-tokenizer.ts';
import type { Template } from './template.ts';
import type { TokenizerFail } from './view.ts';

/** How a text is encoded. */
export interface EncodeOptions {
  /** Put the post-processor's tokens (bos, eos) around it; true unless told. */
  readonly addSpecial?: boolean | undefined;
  /**
   * Take the special tokens that are spelled out in the text for what they say; false unless told, since a text of
   * unknown origin must not be able to end a turn.
   */
  readonly parseSpecial?: boolean | undefined;
  /**
   * Taken out of the text after its special tokens were found. So a text that others wrote can be put into one whose
   * special tokens count: a guard inside of what looks like one makes it ordinary text again.
   */
  readonly guard?: string | undefined;
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

/** Text to ids and back, as the `tokenizers` library does it with the same tokenizer. */
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

/** What a tokenizer is made of. */
export interface TokenizerParts {
  readonly model: Bpe;
  readonly added: readonly AddedToken[];
  readonly normalize: (text: string) => string;
  readonly preTokenize: PreTokenizer;
  readonly startDecoder: () => TokenDecoder;
  /** What is put around a text. */
  readonly template: Template;
  /** The tokens by id: those of the model, and the added ones. */
  readonly tokens: readonly (string | undefined)[];
  /** Ids that stand for no text. */
  readonly silent?: ReadonlySet<number>;
}

/** Puts a tokenizer together. */
export function createTokenizer(parts: TokenizerParts, fail: TokenizerFail): Tokenizer {
  const { model, added, normalize, preTokenize, startDecoder, tokens, silent } = parts;
  const { before, after } = parts.template;
  const addedIds = new Map(added.map(({ content, id }) => [content, id]));
  const specials = new Map(added.filter(({ special }) => special).map(({ content, id }) => [content, id]));
  const finder = (accept: (token: AddedToken) => boolean, spelling = (content: string) => content) =>
    new AddedTokens(added.filter(accept), spelling);
  const inText = finder((token) => !token.normalized);
  const specialInText = finder((token) => !token.normalized && token.special);
  const inNormalized = finder((token) => token.normalized, normalize);

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
        return silent?.has(id) || (skipSpecial && specials.has(token)) ? '' : stream.push(token);
      },
      flush: () => stream.flush(),
    };
  };

  const encode: Tokenizer['encode'] = (text, { addSpecial = true, parseSpecial = false, guard } = {}) => {
    const out: number[] = addSpecial ? [...before] : [];
    const encodePiece = (piece: string) => model.encode(piece, out);
    const pushId = (id: number) => void out.push(id);
    const encodeNormalized = (part: string) => preTokenize(part, encodePiece);
    const encodeText = (part: string) => inNormalized.split(normalize(part), parseSpecial, encodeNormalized, pushId);
    // A lone surrogate has no UTF-8 form; it becomes U+FFFD, as in TextEncoder.
    const sound = text.replace(/[\ud800-\udfff]/gu, '\ufffd');
    if (parseSpecial && guard) {
      const encodeUntrusted = (part: string) =>
        encode(part.replaceAll(guard, ''), { addSpecial: false }).forEach(pushId);
      specialInText.split(sound, true, encodeUntrusted, pushId);
    } else {
      inText.split(sound, parseSpecial, encodeText, pushId);
    }
    if (addSpecial) {
      out.push(...after);
    }
    return Uint32Array.from(out);
  };

  return {
    encode,
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
