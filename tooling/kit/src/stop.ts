import type { Fail } from './errors.ts';
import { show } from './errors.ts';

/** Finds stop strings in text that arrives in pieces. */
export interface StopMatcher {
  /** The text that can be shown after `piece`: a possible beginning of a stop string is held back. */
  push(piece: string): string;
  /** What was held back, when no more text comes. */
  flush(): string;
  /** Whether a stop string was found; what was shown ends right before it. */
  readonly stopped: boolean;
}

/**
 * A matcher of `stops`. The one that is complete first ends the text, of those that end together the longest: so how the
 * text is cut into pieces makes no difference.
 *
 * @throws `bad-option` for what is no list of non-empty strings.
 */
export function createStopMatcher(stops: readonly string[], fail: Fail<'bad-option'>): StopMatcher {
  if (!Array.isArray(stops) || stops.some((stop) => typeof stop !== 'string' || stop === '')) {
    throw fail('bad-option', `stop: expected a list of non-empty strings, got ${show(stops)}`);
  }
  const automata = stops.map((stop) => new StopAutomaton(stop));
  let held = '';
  let stopped = false;
  return {
    push(piece) {
      if (stopped) return '';
      const text = held + piece;
      let open = 0; // how much of the end of the text is the beginning of a stop string
      for (let i = 0; i < piece.length; i++) {
        let found = 0;
        open = 0;
        for (const automaton of automata) {
          const matched = automaton.step(piece.charCodeAt(i));
          open = Math.max(open, matched);
          if (matched === automaton.length) found = Math.max(found, matched);
        }
        if (found > 0) {
          const end = held.length + i + 1;
          stopped = true;
          held = '';
          return text.slice(0, end - found);
        }
      }
      if (piece === '') return '';
      held = text.slice(text.length - open);
      return text.slice(0, text.length - open);
    },
    flush() {
      const rest = held;
      held = '';
      return rest;
    },
    get stopped() {
      return stopped;
    },
  };
}

/** How much of the beginning of a string the end of a text matches (Knuth, Morris and Pratt 1977). */
class StopAutomaton {
  readonly #stop: string;
  #matched = 0;
  /** For each length of a match, the next shorter one that fits as well. */
  readonly #shorter: number[] = [0, 0];

  constructor(stop: string) {
    this.#stop = stop;
    for (let length = 2; length <= stop.length; length++) {
      this.#shorter.push(this.step(stop.charCodeAt(length - 1))); // the string runs over itself, one unit behind
    }
    this.#matched = 0;
  }

  get length(): number {
    return this.#stop.length;
  }

  /** Takes one more code unit of the text; returns the length of the match. */
  step(unit: number): number {
    let matched = this.#matched;
    while (matched > 0 && unit !== this.#stop.charCodeAt(matched)) matched = this.#shorter[matched] as number;
    if (unit === this.#stop.charCodeAt(matched)) matched++;
    this.#matched = matched;
    return matched;
  }
}
