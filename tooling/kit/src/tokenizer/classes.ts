import { CLASS_RUNS } from './unicode-table.ts';

export const OTHER = 0;
/** `\p{L}` */
export const LETTER = 1;
/** `\p{N}` */
export const NUMBER = 2;
/** `\s` */
export const SPACE = 3;
const KIND = 3;
/** `\w`, beside the kind. */
const WORD = 4;

const CODES: Record<string, number> = {
  O: OTHER,
  L: LETTER | WORD,
  N: NUMBER,
  D: NUMBER | WORD,
  S: SPACE,
  W: OTHER | WORD,
};

/**
 * The character classes of the `tokenizers` library. An engine's own `\p{L}` follows the Unicode version that the engine
 * was built with, and its `\s` holds U+FEFF and lacks U+0085, so neither may decide where a text is cut.
 */
export class CharacterClasses {
  /** One byte per code point, up to the last one that is not OTHER. */
  readonly #codes: Uint8Array;

  constructor() {
    const runs = [...CLASS_RUNS.matchAll(/([0-9a-z]*)([A-Z])/g)].map(
      ([, length, letter]) => [length ? Number.parseInt(length, 36) : 1, CODES[letter as string] as number] as const,
    );
    this.#codes = new Uint8Array(runs.reduce((sum, [length]) => sum + length, 0));
    let at = 0;
    for (const [length, code] of runs) {
      this.#codes.fill(code, at, at + length);
      at += length;
    }
  }

  /** OTHER, LETTER, NUMBER or SPACE. */
  kind(codePoint: number): number {
    return (this.#codes[codePoint] ?? OTHER) & KIND;
  }

  isWord(codePoint: number): boolean {
    return ((this.#codes[codePoint] ?? OTHER) & WORD) !== 0;
  }
}

let shared: CharacterClasses | undefined;

/** The table, unfolded at the first call. */
export function characterClasses(): CharacterClasses {
  shared ??= new CharacterClasses();
  return shared;
}
