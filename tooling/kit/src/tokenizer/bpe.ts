import type { Merges } from './merge.ts';
import { mergeSymbols } from './merge.ts';

/** Four times the largest vocabulary that is published (262,144). */
export const MAX_TOKENS: number = 1 << 20;
export const MAX_MERGES: number = 1 << 21;
export const MAX_TOKEN_LENGTH: number = 1 << 16;
/** Pieces that are remembered; when there are more, all are forgotten. */
const CACHED_PIECES = 10_000;
/** Longer pieces hardly come again. */
const CACHED_LENGTH = 48;

/** What a BPE model is made of. */
export interface BpeParts {
  readonly vocab: ReadonlyMap<string, number>;
  readonly merges: Merges;
  /** Whether a piece that is a token needs no merges. */
  readonly ignoreMerges?: boolean;
  /** Whether the bytes of a character that is no token are tokens `<0xE4>`. */
  readonly byteFallback?: boolean;
  /** Whether unknown characters in a row become one unknown token. */
  readonly fuseUnknown?: boolean;
  /** The token of any other character, none where it is undefined. Called when one comes. */
  readonly unknown?: () => number | undefined;
}

/** A BPE model: tokens, merges, and what to do with a character that is no token. */
export class Bpe {
  readonly vocab: ReadonlyMap<string, number>;
  readonly #merges: Merges;
  readonly #ignoreMerges: boolean;
  readonly #byteTokens: Int32Array | undefined;
  readonly #unknown: () => number | undefined;
  readonly #fuseUnknown: boolean;
  readonly #cache = new Map<string, Int32Array>();

  constructor({ vocab, merges, ignoreMerges, byteFallback, fuseUnknown, unknown }: BpeParts) {
    this.vocab = vocab;
    this.#merges = merges;
    this.#ignoreMerges = ignoreMerges === true;
    this.#byteTokens = byteFallback === true ? byteTokens(vocab) : undefined;
    this.#fuseUnknown = fuseUnknown === true;
    this.#unknown = unknown ?? (() => undefined);
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
