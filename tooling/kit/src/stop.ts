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
 * A matcher of `stops`; the one that begins first ends the text.
 *
 * @throws `bad-option` for what is no list of non-empty strings.
 */
export function createStopMatcher(stops: readonly string[], fail: Fail<'bad-option'>): StopMatcher {
  if (!Array.isArray(stops) || stops.some((stop) => typeof stop !== 'string' || stop === '')) {
    throw fail('bad-option', `stop: expected a list of non-empty strings, got ${show(stops)}`);
  }
  let held = '';
  let stopped = false;
  return {
    push(piece) {
      if (stopped) return '';
      held += piece;
      const found = stops.map((stop) => held.indexOf(stop)).filter((at) => at >= 0);
      stopped = found.length > 0;
      const end = stopped ? Math.min(...found) : held.length - longestBeginning(held, stops);
      const shown = held.slice(0, end);
      held = stopped ? '' : held.slice(end);
      return shown;
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

/** Length of the longest end of `text` with which a stop string begins. */
function longestBeginning(text: string, stops: readonly string[]): number {
  let longest = 0;
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(stop.slice(0, length))) {
        longest = length;
        break;
      }
    }
  }
  return longest;
}
