import type { DrySettings, Penalties } from './options.ts';

/** How often each token occurs in a text that mostly grows at its end. */
export class Occurrences {
  readonly #counted: number[] = [];
  readonly #counts = new Map<number, number>();

  /** Counts over the last `lastN` tokens. */
  of(history: ArrayLike<number>, lastN: number): ReadonlyMap<number, number> {
    if (history.length > lastN) {
      const counts = new Map<number, number>();
      for (let i = history.length - lastN; i < history.length; i++) add(counts, history[i] as number);
      return counts;
    }
    const counted = this.#counted;
    let same = 0;
    while (same < counted.length && same < history.length && counted[same] === history[same]) same++;
    if (same < counted.length) {
      counted.length = 0;
      this.#counts.clear();
      same = 0;
    }
    for (let i = same; i < history.length; i++) {
      counted.push(history[i] as number);
      add(this.#counts, history[i] as number);
    }
    return this.#counts;
  }
}

function add(counts: Map<number, number>, id: number): void {
  counts.set(id, (counts.get(id) ?? 0) + 1);
}

/** Changes the scores of tokens that occurred: repetition (a factor), then frequency and presence (subtracted). */
export function penalise(scores: Float32Array, counts: ReadonlyMap<number, number>, penalties: Penalties): void {
  const { repetition, frequency, presence } = penalties;
  for (const [id, count] of counts) {
    const score = scores[id];
    if (score === undefined) continue;
    const repeated = score < 0 ? score * repetition : score / repetition;
    scores[id] = repeated - count * frequency - presence;
  }
}

/**
 * Penalises tokens that would continue a run of tokens as it went on before: for a token that would make the repeated run
 * n ≥ allowedLength tokens long, multiplier·base^(n − allowedLength) is subtracted. Linear in the text (Z function).
 */
export function penaliseRuns(scores: Float32Array, history: ArrayLike<number>, options: DrySettings): void {
  const { multiplier, base, allowedLength, lastN, breakers } = options;
  const stops = new Set(breakers);
  const n = Math.min(history.length, lastN);
  const back = (i: number) => history[history.length - 1 - i] as number; // the text from its end
  let limit = 0;
  while (limit < n && !stops.has(back(limit))) limit++;
  if (multiplier === 0 || limit < allowedLength) return;
  const runs = new Map<number, number>();
  const z = new Int32Array(n);
  for (let i = 1, left = 0, right = 0; i < n; i++) {
    let length = i < right ? Math.min(right - i, z[i - left] as number) : 0;
    while (i + length < n && back(i + length) === back(length)) length++;
    z[i] = length;
    if (i + length > right) [left, right] = [i, i + length];
    const run = Math.min(length, limit);
    const next = back(i - 1); // what followed the run
    if (run >= allowedLength && run > (runs.get(next) ?? 0)) runs.set(next, run);
  }
  for (const [id, run] of runs) {
    const score = scores[id];
    if (score !== undefined) scores[id] = score - Math.min(1e30, multiplier * base ** (run - allowedLength));
  }
}
