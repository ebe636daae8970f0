import { show } from '../errors.ts';
import { characterClasses, SPACE } from './classes.ts';
import type { View } from './view.ts';

const MAX_ADDED = 1 << 17;
const MAX_LENGTH = 1024;
/** Of all added tokens together: each character may take a node of the tree that finds them. */
const MAX_CHARACTERS = 1 << 20;

/** A token that is found in the text itself, before anything else is done to it. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
  readonly normalized: boolean;
  readonly singleWord: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
}

/**
 * Reads `added_tokens`. A token that the model's vocabulary has keeps that id; the others must be numbered on from there
 * in their order, since that is what the `tokenizers` library would do whatever the file says.
 *
 * @throws `bad-file`.
 */
export function readAddedTokens(view: View, vocab: ReadonlyMap<string, number>): AddedToken[] {
  const tokens: AddedToken[] = [];
  const contents = new Set<string>();
  const check = addedLengths();
  let last = vocab.size - 1;
  for (const item of view.absent ? [] : view.list(MAX_ADDED)) {
    const content = item.at('content').string();
    check(item, content);
    if (contents.has(content)) {
      throw item.bad(`expected each content once, got ${show(content)} again`);
    }
    const id = vocab.get(content) ?? last + 1;
    if (item.at('id').value !== id) {
      throw item.at('id').expected(`${id} for ${show(content)}`);
    }
    last = Math.max(last, id);
    contents.add(content);
    tokens.push({
      id,
      content,
      special: item.at('special').flag(false),
      normalized: item.at('normalized').flag(true),
      singleWord: item.at('single_word').flag(false),
      lstrip: item.at('lstrip').flag(false),
      rstrip: item.at('rstrip').flag(false),
    });
  }
  return tokens;
}

/** A check of the length of each added token, in turn. */
export function addedLengths(): (view: View, content: string) => void {
  let total = 0;
  return (view, content) => {
    if (content === '' || content.length > MAX_LENGTH) {
      throw view.bad(`expected a content of 1 to ${MAX_LENGTH} characters, got ${content.length}`);
    }
    total += content.length;
    if (total > MAX_CHARACTERS) {
      throw view.bad(`expected added tokens of at most ${MAX_CHARACTERS} characters together`);
    }
  };
}

interface TrieNode {
  token?: AddedToken;
  readonly children: Map<number, TrieNode>;
}

/** Finds added tokens in a text: the leftmost, of those the longest, and then on behind it. */
export class AddedTokens {
  readonly #root: TrieNode = { children: new Map() };

  /** @param spelling how a token is spelled in the text that will be searched. */
  constructor(tokens: readonly AddedToken[], spelling: (content: string) => string) {
    for (const token of tokens) {
      let node = this.#root;
      const text = spelling(token.content);
      for (let i = 0; i < text.length; i++) {
        const unit = text.charCodeAt(i);
        const child = node.children.get(unit) ?? { children: new Map() };
        node.children.set(unit, child);
        node = child;
      }
      node.token ??= token;
    }
  }

  /**
   * Cuts `text` at its added tokens.
   *
   * @param special whether special tokens count; where not, they are ordinary text.
   */
  split(text: string, special: boolean, onText: (text: string) => void, onToken: (id: number) => void): void {
    let done = 0;
    for (let at = 0; at < text.length; ) {
      const found = this.#longestAt(text, at);
      if (found === undefined) {
        at++;
        continue;
      }
      const { token, end } = found;
      const start = at;
      at = end; // also where the token does not count: its text is not searched again
      if ((token.special && !special) || (token.singleWord && !standsAlone(text, start, end))) {
        continue;
      }
      const from = token.lstrip ? spaceBefore(text, start) : start;
      if (done < from) {
        onText(text.slice(done, from));
      }
      onToken(token.id);
      done = token.rstrip ? spaceAfter(text, end) : end;
    }
    if (done < text.length) {
      onText(text.slice(done));
    }
  }

  #longestAt(text: string, start: number): { token: AddedToken; end: number } | undefined {
    let found: { token: AddedToken; end: number } | undefined;
    let node = this.#root.children.get(text.charCodeAt(start));
    for (let at = start + 1; node !== undefined; at++) {
      if (node.token !== undefined) {
        found = { token: node.token, end: at };
      }
      node = node.children.get(text.charCodeAt(at));
    }
    return found;
  }
}

function standsAlone(text: string, start: number, end: number): boolean {
  const classes = characterClasses();
  return !classes.isWord(codePointBefore(text, start)) && !classes.isWord(text.codePointAt(end) ?? -1);
}

function codePointBefore(text: string, at: number): number {
  const last = text.charCodeAt(at - 1);
  return (last & 0xfc00) === 0xdc00 ? (text.codePointAt(at - 2) as number) : last;
}

function spaceBefore(text: string, at: number): number {
  let start = at;
  while (start > 0 && characterClasses().kind(text.charCodeAt(start - 1)) === SPACE) {
    start--;
  }
  return start;
}

function spaceAfter(text: string, at: number): number {
  let end = at;
  while (end < text.length && characterClasses().kind(text.charCodeAt(end)) === SPACE) {
    end++;
  }
  return end;
}
