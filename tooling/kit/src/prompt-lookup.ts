/** Longest run of tokens by which a continuation is looked up, and the shortest. */
const LONGEST = 3;
const SHORTEST = 1;

/**
 * Guesses how a text goes on from where its last tokens occurred before (prompt lookup): the longest of the last 3, 2 or 1
 * tokens, the latest occurrence. Keeps an index, so that a token costs constant time.
 */
export class PromptLookup {
  readonly #tokens: number[] = [];
  /** For each length of a run: where its last occurrence that has a continuation ends. */
  readonly #ends = Array.from({ length: LONGEST + 1 }, () => new Map<string, number>());

  /** @param history the text so far. */
  constructor(history: readonly number[]) {
    for (const id of history) this.push(id);
  }

  /** Adds a token to the text. */
  push(id: number): void {
    const tokens = this.#tokens;
    // What ended here has a continuation now.
    for (let length = SHORTEST; length <= Math.min(LONGEST, tokens.length); length++) {
      this.#ends[length]?.set(this.#run(length), tokens.length);
    }
    tokens.push(id);
  }

  /** Up to `most` tokens that may come next; none when nothing is repeated. */
  propose(most: number): number[] {
    const tokens = this.#tokens;
    for (let length = Math.min(LONGEST, tokens.length); length >= SHORTEST; length--) {
      const end = this.#ends[length]?.get(this.#run(length));
      if (end !== undefined) return tokens.slice(end, end + Math.max(0, most));
    }
    return [];
  }

  #run(length: number): string {
    return this.#tokens.slice(-length).join(' ');
  }
}
