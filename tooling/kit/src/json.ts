import type { Fail } from './errors.ts';
import { show } from './errors.ts';

type JsonFail = Fail<'bad-file'>;

/** Deeper nesting is refused, so that hostile input cannot exhaust the stack. */
const MAX_DEPTH = 64;

/**
 * Reads JSON by a schema, front to back, for files that are not trusted. Stricter than `JSON.parse`: a key may occur only
 * once in its object, integers are integers as written, strings hold no lone surrogate, and nothing is built that the
 * schema does not ask for. Every complaint is `bad-file` and names the place.
 */
export class JsonReader {
  readonly #text: string;
  readonly #name: string;
  readonly #fail: JsonFail;
  #at = 0;

  /** @param name what errors call the text. */
  constructor(text: string, name: string, fail: JsonFail) {
    this.#text = text;
    this.#name = name;
    this.#fail = fail;
  }

  /** The next value must be an object; `each` reads the value of each key. */
  object(what: string, each: (key: string) => void): void {
    this.#open('{', what, 'an object');
    const keys = new Set<string>();
    this.#items('}', () => {
      const key = this.string(`a key of ${what}`);
      if (keys.has(key)) {
        throw this.error(`${what}: expected each key once, got ${show(key)} twice`);
      }
      keys.add(key);
      if (!this.#skip(':')) {
        throw this.error(`${what}: expected ':' after the key ${show(key)}, got ${this.#next()}`);
      }
      each(key);
    });
  }

  /** The next value must be an array; `each` reads each element. */
  array(what: string, each: () => void): void {
    this.#open('[', what, 'an array');
    this.#items(']', each);
  }

  string(what: string): string {
    this.#space();
    const text = this.#text;
    const start = this.#at;
    let end = start;
    if (text[start] === '"') {
      do {
        end = text.indexOf('"', end + 1);
      } while (end >= 0 && escaped(text, end));
    }
    if (end <= start) {
      throw this.error(`${what}: expected a string, got ${this.#next()}`);
    }
    this.#at = end + 1;
    let value: string;
    try {
      value = JSON.parse(text.slice(start, end + 1));
    } catch (cause) {
      throw this.error(`${what}: expected a string of legal characters and escapes`, { cause });
    }
    if (/[\ud800-\udfff]/u.test(value)) {
      throw this.error(`${what}: expected Unicode text, got a lone surrogate`);
    }
    return value;
  }

  /** An integer from 0 to 2^53 − 1, written without sign, fraction or exponent. */
  count(what: string): number {
    this.#space();
    const literal = /^(?:0|[1-9]\d{0,15})(?![\d.eE])/.exec(this.#text.slice(this.#at, this.#at + 20))?.[0];
    if (literal === undefined || !Number.isSafeInteger(Number(literal))) {
      throw this.error(`${what}: expected an integer from 0 to 2^53 − 1, got ${this.#next()}`);
    }
    this.#at += literal.length;
    return Number(literal);
  }

  /** Passes over one value of any kind, checking its form. */
  skip(what: string, depth: number = MAX_DEPTH): void {
    this.#space();
    if (depth === 0) {
      throw this.error(`${what}: expected at most ${MAX_DEPTH} levels of nesting`);
    }
    const first = this.#text[this.#at];
    if (first === '{') {
      this.object(what, () => this.skip(what, depth - 1));
    } else if (first === '[') {
      this.array(what, () => this.skip(what, depth - 1));
    } else if (first === '"') {
      this.string(what);
    } else {
      this.#scalar(what);
    }
  }

  /** Nothing but blanks may follow. */
  end(): void {
    this.#space();
    if (this.#at < this.#text.length) {
      throw this.error(`expected nothing more, got ${this.#next()}`);
    }
  }

  /** The error for what was read last. */
  error(message: string, options?: ErrorOptions): Error {
    return this.#fail('bad-file', `${this.#name}, character ${this.#at}: ${message}`, options);
  }

  #scalar(what: string): void {
    const scalar = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
    scalar.lastIndex = this.#at;
    if (!scalar.test(this.#text)) {
      throw this.error(`${what}: expected a value, got ${this.#next()}`);
    }
    this.#at = scalar.lastIndex;
  }

  #open(bracket: string, what: string, kind: string): void {
    if (!this.#skip(bracket)) {
      throw this.error(`${what}: expected ${kind}, got ${this.#next()}`);
    }
  }

  #items(bracket: string, each: () => void): void {
    if (this.#skip(bracket)) {
      return;
    }
    do {
      each();
    } while (this.#skip(','));
    if (!this.#skip(bracket)) {
      throw this.error(`expected ',' or '${bracket}', got ${this.#next()}`);
    }
  }

  #skip(character: string): boolean {
    this.#space();
    const found = this.#text[this.#at] === character;
    this.#at += found ? 1 : 0;
    return found;
  }

  #space(): void {
    for (; this.#at < this.#text.length; this.#at++) {
      const c = this.#text.charCodeAt(this.#at);
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) {
        return;
      }
    }
  }

  #next(): string {
    return this.#at < this.#text.length ? show(this.#text.slice(this.#at, this.#at + 16)) : 'the end';
  }
}

/** Whether an odd number of backslashes stands before the character at `at`. */
function escaped(text: string, at: number): boolean {
  let before = at;
  while (text[before - 1] === '\\') {
    before--;
  }
  return ((at - before) & 1) === 1;
}
