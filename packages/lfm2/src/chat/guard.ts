import { fail } from '../errors.ts';

/**
 * Makes foreign texts harmless in a rendered chat: a guard character is put into whatever could be taken for a special token or
 * for a part of one, and the tokenizer takes it out after the special tokens of the template were found.
 */
export class Guard {
  /** The guard. */
  readonly character: string;
  /** How JSON escapes it where all is to be ASCII. */
  readonly escape: string;
  readonly #specials: readonly string[];
  readonly #firsts: ReadonlySet<string>;
  readonly #beginnings: RegExp | undefined;
  readonly #endings: ReadonlySet<string>;
  readonly #longest: number;

  /**
   * @param specials texts of the special tokens.
   * @param character occurs in no text.
   */
  constructor(specials: Iterable<string>, character: string) {
    this.character = character;
    this.escape = escapeOf(character);
    this.#specials = [...specials].filter((special) => special.length > 1);
    this.#firsts = new Set(this.#specials.map((special) => special.charAt(0)));
    const pairs = [...new Set(this.#specials.map((special) => special.slice(0, 2)))];
    this.#beginnings = pairs.length === 0 ? undefined : new RegExp(`(?:${pairs.map(quote).join('|')})`, 'g');
    this.#endings = new Set(
      this.#specials.flatMap((special) => Array.from({ length: special.length - 1 }, (_, i) => special.slice(i + 1))),
    );
    this.#longest = this.#specials.reduce((most, { length }) => Math.max(most, length), 0);
  }

  /**
   * Guards a text: behind the first character of each beginning of a special token, and in front where the text could end one.
   *
   * @param alone whether the text stands for itself, so that a text that is within a special token is guarded as well; names and keys
   *   that templates compare are not.
   */
  text(text: string, alone = false): string {
    if (text === '' || this.#beginnings === undefined) {
      return text;
    }
    const { character } = this;
    let guarded = text.replace(this.#beginnings, (pair) => pair.charAt(0) + character + pair.charAt(1));
    if (this.#firsts.has(text.charAt(text.length - 1))) {
      guarded += character;
    }
    return this.#canFinish(text, alone) ? character + guarded : guarded;
  }

  #canFinish(text: string, alone: boolean): boolean {
    for (let length = 1; length < this.#longest && length <= text.length; length++) {
      if (this.#endings.has(text.slice(0, length))) return true;
    }
    return alone && text.length < this.#longest && this.#specials.some((special) => special.includes(text, 1));
  }
}

/** The first of the characters that no text has. */
const CANDIDATES: readonly [first: number, last: number][] = [
  [0xfdd0, 0xfdef], // not characters
  [0xe000, 0xf8ff], // for private use
];

/**
 * A character that occurs in none of the texts, neither itself nor as JSON escapes it.
 *
 * @throws `bad-value` when the texts have all of them.
 */
export function unusedCharacter(texts: readonly string[]): string {
  const used = new Set<string>();
  for (const text of texts) {
    for (const [character] of text.matchAll(/[\ufdd0-\ufdef\ue000-\uf8ff]/g)) used.add(character);
    for (const [, code] of text.matchAll(/\\u(?=([ef][0-9a-f]{3}))/gi)) {
      used.add(String.fromCharCode(Number.parseInt(code as string, 16)));
    }
  }
  for (const [first, last] of CANDIDATES) {
    for (let code = first; code <= last; code++) {
      const character = String.fromCharCode(code);
      if (!used.has(character)) return character;
    }
  }
  throw fail('bad-value', 'messages: expected texts that leave a character of the private use area unused');
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function quote(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
