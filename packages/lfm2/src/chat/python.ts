import type { JsonValue, ToolCall } from './types.ts';

/** Nesting of lists and dicts in arguments. */
const MAX_DEPTH = 64;

/** Thrown inside where the text is no list of calls. */
class Malformed extends Error {}

const NAME = /[\p{L}_][\p{L}\p{N}_-]*(?:\.[\p{L}_][\p{L}\p{N}_-]*)*/uy;
const NUMBER = /[+-]?(?:0[xX][0-9a-fA-F]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?)(?![\w.])/y;
const WORD = /[A-Za-z_]\w*/y;
const BLANKS = /\s*/y;
const HEX: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
  '0': '\0',
  '\n': '',
};
const WORDS: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ['True', true],
  ['true', true],
  ['False', false],
  ['false', false],
  ['None', null],
  ['null', null],
]);

/** Reads `[name(key=value, …), …]`, also without the brackets. Undefined for anything else. */
export function parsePythonCalls(text: string): ToolCall[] | undefined {
  try {
    return new Reader(text).calls();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  calls(): ToolCall[] {
    const calls: ToolCall[] = [];
    if (this.#skip('[')) {
      this.#list(']', () => calls.push(this.#call()));
    } else {
      do {
        calls.push(this.#call());
      } while (this.#skip(',') || this.#more());
    }
    if (this.#more()) throw new Malformed();
    return calls;
  }

  #call(): ToolCall {
    const name = this.#match(NAME);
    const given: Record<string, JsonValue> = Object.create(null);
    this.#need('(');
    this.#list(')', () => {
      const key = this.#match(NAME);
      this.#need('=');
      if (key in given) throw new Malformed();
      given[key] = this.#value(0);
    });
    return { name, arguments: given };
  }

  #value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) throw new Malformed();
    if (this.#skip('[')) return this.#values(']', depth);
    if (this.#skip('(')) return this.#values(')', depth);
    if (this.#skip('{')) {
      const dict: Record<string, JsonValue> = Object.create(null);
      this.#list('}', () => {
        const key = this.#value(MAX_DEPTH);
        if (typeof key === 'object' && key !== null) throw new Malformed();
        this.#need(':');
        dict[String(key)] = this.#value(depth + 1);
      });
      return dict;
    }
    const next = this.#peek();
    if (next === '"' || next === "'") {
      let value = '';
      for (let quote = this.#peek(); quote === '"' || quote === "'"; quote = this.#peek()) {
        value += this.#string(quote); // strings beside one another are one
      }
      return value;
    }
    if (/[\d.+-]/.test(next)) {
      const value = Number(this.#match(NUMBER).replaceAll('_', '').replace(/^\+/, ''));
      if (!Number.isFinite(value)) throw new Malformed();
      return value;
    }
    const value = WORDS.get(this.#match(WORD));
    if (value === undefined) throw new Malformed();
    return value;
  }

  #values(bracket: string, depth: number): JsonValue[] {
    const values: JsonValue[] = [];
    this.#list(bracket, () => values.push(this.#value(depth + 1)));
    return values;
  }

  #string(quote: string): string {
    const text = this.#text;
    const fence = text.startsWith(quote.repeat(3), this.#at) ? quote.repeat(3) : quote;
    let at = this.#at + fence.length;
    let value = '';
    for (let from = at; ; at++) {
      if (at >= text.length) throw new Malformed();
      const unit = text[at];
      if (unit === '\\') {
        value += text.slice(from, at);
        const [character, length] = this.#escape(at + 1);
        value += character;
        at += length;
        from = at + 1;
      } else if (unit === quote && text.startsWith(fence, at)) {
        this.#at = at + fence.length;
        return value + text.slice(from, at);
      }
    }
  }

  /** An escape without its backslash: what it stands for, and its length. */
  #escape(at: number): [character: string, length: number] {
    const letter = this.#text[at];
    if (letter === undefined) throw new Malformed();
    const digits = Object.hasOwn(HEX, letter) ? (HEX[letter] as number) : 0;
    if (digits > 0) {
      const code = this.#text.slice(at + 1, at + 1 + digits);
      const point = /^[0-9a-f]+$/i.test(code) && code.length === digits ? Number.parseInt(code, 16) : 0x110000;
      if (point > 0x10ffff) throw new Malformed();
      return [String.fromCodePoint(point), 1 + digits];
    }
    if (Object.hasOwn(ESCAPES, letter)) return [ESCAPES[letter] as string, 1];
    return /["'\\/]/.test(letter) ? [letter, 1] : [`\\${letter}`, 1]; // Python keeps what it does not know
  }

  /** Elements up to a closing bracket; a comma may follow the last. */
  #list(bracket: string, each: () => void): void {
    while (!this.#skip(bracket)) {
      each();
      if (!this.#skip(',')) {
        this.#need(bracket);
        return;
      }
    }
  }

  #match(pattern: RegExp): string {
    this.#peek();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw new Malformed();
    this.#at += found.length;
    return found;
  }

  #need(character: string): void {
    if (!this.#skip(character)) throw new Malformed();
  }

  #skip(character: string): boolean {
    const found = this.#peek() === character;
    this.#at += found ? 1 : 0;
    return found;
  }

  #more(): boolean {
    return this.#peek() !== '';
  }

  /** The next character that is no blank, or an empty text at the end. */
  #peek(): string {
    BLANKS.lastIndex = this.#at;
    this.#at += (BLANKS.exec(this.#text) as RegExpExecArray)[0].length;
    return this.#text[this.#at] ?? '';
  }
}
