import { expOfNegative } from '../sampler/exp.ts';
import { kthLargest } from '../sampler/select.ts';

/**
 * Tokens that are left, with their scores. At first all of them, in the caller's array; a filter leaves a list. Scores are
 * logits up to a factor that is applied when it matters: a temperature over 65,536 of them costs nothing.
 */
export class Pool {
  /** Ids of those that are left, ascending; undefined while all are. */
  ids: Int32Array | undefined;
  #scores: Float32Array | Float64Array;
  #factor = 1;
  #largest: number | undefined;

  /** @param scores of all tokens; read, never changed. */
  constructor(scores: Float32Array) {
    this.#scores = scores;
  }

  get length(): number {
    return this.#scores.length;
  }

  id(i: number): number {
    return this.ids === undefined ? i : (this.ids[i] as number);
  }

  /** Score of the i-th that is left, the factor in it. */
  score(i: number): number {
    return (this.#scores[i] as number) * this.#factor;
  }

  /** The largest score; −∞ when none is left that can be drawn, NaN when a score is NaN. */
  largest(): number {
    return this.#peak() * this.#factor;
  }

  #peak(): number {
    if (this.#largest === undefined) {
      let largest = Number.NEGATIVE_INFINITY;
      const scores = this.#scores;
      for (let i = 0; i < scores.length; i++) {
        const score = scores[i] as number;
        if (!(score <= largest)) largest = score;
        if (Number.isNaN(largest)) break;
      }
      this.#largest = largest;
    }
    return this.#largest;
  }

  /** Multiplies all scores, by a positive number. */
  scale(factor: number): void {
    this.#factor *= factor;
  }

  /** Index of the largest score, the first of equal ones. */
  argmax(): number {
    return this.#scores.indexOf(this.#peak());
  }

  /** Leaves the k largest scores, and those that equal the k-th. */
  keepLargest(k: number): void {
    const least = kthLargest(Float32Array.from(this.#scores), k);
    this.#keepFrom(least);
  }

  /** Leaves scores of at least the largest − `span`, span ≥ 0; the largest always stays. */
  keepWithin(span: number): void {
    this.#keepFrom(this.#peak() - span / this.#factor);
  }

  /** Leaves those at these indices. */
  keepAt(indices: readonly number[]): void {
    const sorted = Int32Array.from(indices).sort();
    this.ids = sorted.map((i) => this.id(i));
    this.#scores = Float64Array.from(sorted, (i) => this.#scores[i] as number);
    this.#largest = undefined;
  }

  /** e^(score − largest) of each. */
  weights(): Float64Array {
    const largest = this.largest();
    const weights = new Float64Array(this.length);
    for (let i = 0; i < weights.length; i++) weights[i] = expOfNegative(this.score(i) - largest);
    return weights;
  }

  #keepFrom(least: number): void {
    const scores = this.#scores;
    const left: number[] = [];
    for (let i = 0; i < scores.length; i++) {
      const score = scores[i] as number;
      if (score >= least && score > Number.NEGATIVE_INFINITY) left.push(i);
    }
    this.ids = Int32Array.from(left, (i) => this.id(i));
    this.#scores = Float64Array.from(left, (i) => scores[i] as number);
  }
}

/** Indices of the weights, the largest first, the lower index first among equal ones. */
export function descending(weights: Float64Array): number[] {
  return Array.from(weights.keys()).sort((a, b) => (weights[b] as number) - (weights[a] as number) || a - b);
}

export function sumOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
