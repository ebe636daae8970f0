import { characterClasses, LETTER, NUMBER, OTHER, SPACE } from './classes.ts';

/** Where the piece that starts at `start` ends. Pieces cover the text without gaps. */
export type Split = (text: string, start: number) => number;

const BLANK = 0x20;
const APOSTROPHE = 0x27;

/**
 * The splits that are known, by the pattern as tokenizer.json spells it. Matched by hand: a JavaScript RegExp would bring
 * the engine's own character classes.
 */
export const SPLITS: ReadonlyMap<string, Split> = new Map([
  [
    `'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+`, // GPT-2
    splitGpt2,
  ],
  [
    `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`, // Llama 3, LFM2
    splitLlama(3),
  ],
  [
    `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`, // Qwen2
    splitLlama(1),
  ],
]);

/** `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`, also the one built into ByteLevel. */
export function splitGpt2(text: string, start: number): number {
  const first = text.charCodeAt(start);
  const contraction = first === APOSTROPHE ? contractionAt(text, start, false) : 0;
  if (contraction > 0) {
    return start + contraction;
  }
  const body = first === BLANK ? start + 1 : start;
  const kind = kindAt(text, body);
  return kind === SPACE || kind === END ? spaces(text, start) : run(text, body, kind);
}

/**
 * `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
 */
export function splitLlama(digits: number): Split {
  return (text, start) => {
    const first = text.charCodeAt(start);
    const contraction = first === APOSTROPHE ? contractionAt(text, start, true) : 0;
    if (contraction > 0) {
      return start + contraction;
    }
    const kind = kindAt(text, start);
    if (kind === LETTER) {
      return run(text, start, LETTER);
    }
    if (kind === NUMBER) {
      return run(text, start, NUMBER, digits);
    }
    const second = start + sizeAt(text, start);
    if (!isNewline(first) && kindAt(text, second) === LETTER) {
      return run(text, second, LETTER);
    }
    const body = first === BLANK ? second : start;
    if (kindAt(text, body) === OTHER) {
      let end = run(text, body, OTHER);
      while (isNewline(text.charCodeAt(end))) {
        end++;
      }
      return end;
    }
    return lastNewline(text, start) ?? spaces(text, start);
  };
}

/** The class behind the end of a text. */
const END = -1;

function kindAt(text: string, at: number): number {
  return at < text.length ? characterClasses().kind(text.codePointAt(at) as number) : END;
}

/** Code units of the character at `at`. */
function sizeAt(text: string, at: number): number {
  return (text.codePointAt(at) as number) > 0xffff ? 2 : 1;
}

function isNewline(unit: number): boolean {
  return unit === 0x0a || unit === 0x0d;
}

/** End of the run of characters of one kind, of at most `most` characters. */
function run(text: string, start: number, kind: number, most: number = text.length): number {
  let at = start;
  for (let count = 0; count < most && kindAt(text, at) === kind; count++) {
    at += sizeAt(text, at);
  }
  return at;
}

/** `\s+(?!\S)|\s+`: white space that something follows leaves its last character to that. All of `\s` is one unit long. */
function spaces(text: string, start: number): number {
  const end = run(text, start, SPACE);
  return end === text.length || end === start + 1 ? end : end - 1;
}

/** `\s*[\r\n]+`: up to the last line break of the white space at `start`. */
function lastNewline(text: string, start: number): number | undefined {
  for (let end = run(text, start, SPACE); end > start; end--) {
    if (isNewline(text.charCodeAt(end - 1))) {
      return end;
    }
  }
  return undefined;
}

/** Length of the contraction at the apostrophe at `at`, or 0. */
function contractionAt(text: string, at: number, fold: boolean): number {
  let rest = text.slice(at + 1, at + 3);
  if (fold) {
    rest = rest.replace('\u017f', 's').toLowerCase(); // U+017F folds to s; no other foreign letter folds to one of these
  }
  if (/^(?:re|ve|ll)/.test(rest)) {
    return 3;
  }
  return /^[stmd]/.test(rest) ? 2 : 0;
}
