import { expOfNegative } from './exp.ts';
import { kthLargest, LazyOrder } from './select.ts';

/** The filters of a sampler, checked; what is off is at its neutral value. */
export interface SamplerSettings {
  /** > 0 */
  readonly temperature: number;
  /** Infinity is off. */
  readonly topK: number;
  /** 1 is off. */
  readonly topP: number;
  /** 0 is off. */
  readonly minP: number;
  /** 1 is off. */
  readonly repetitionPenalty: number;
}

/** Tokens that are left, and e^(score − largest score) of each. Without top-p in the order of their ids, else likeliest first. */
export interface Candidates {
  readonly ids: Int32Array;
  readonly weights: Float64Array;
}

/**
 * Applies repetition penalty, temperature, top-k, top-p and min-p in the order and with the edge cases of `transformers`:
 * every token that ties with the k-th stays; a token stays while the tokens before it sum to less than p; one always stays.
 *
 * @param seen one byte per token, not 0 for those in the text so far.
 * @returns no candidate when no logit is a number above −∞, or one is NaN or ∞.
 */
export function candidates(logits: Float32Array, seen: Uint8Array, settings: SamplerSettings): Candidates {
  const scores = scaled(logits, seen, settings);
  const largest = maximum(scores);
  if (!Number.isFinite(largest)) return { ids: new Int32Array(0), weights: new Float64Array(0) };
  const { topK, topP, minP } = settings;
  const floor = topK < scores.length ? kthLargest(scores, topK) : Number.NEGATIVE_INFINITY;
  if (topP < 1) return nucleus(above(scores, largest, floor, 0), topP, minP);
  // The threshold of min-p is a bit lower than it should be: the weight decides.
  return above(scores, largest, Math.max(floor, largest + Math.log(minP) - 1e-6), minP);
}

function scaled(
  logits: Float32Array,
  seen: Uint8Array,
  { temperature, repetitionPenalty }: SamplerSettings,
): Float32Array {
  const scores = new Float32Array(logits.length);
  for (let i = 0; i < scores.length; i++) {
    const logit = logits[i] as number;
    const penalty = seen[i] === 0 ? 1 : repetitionPenalty;
    scores[i] = (logit < 0 ? logit * penalty : logit / penalty) / temperature;
  }
  return scores;
}

/** NaN when there is one. */
function maximum(scores: Float32Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < scores.length; i++) largest = Math.max(largest, scores[i] as number);
  return largest;
}

/** The scores from `least` on whose weight is at least `minP`. −∞ is never one of them. */
function above(scores: Float32Array, largest: number, least: number, minP: number): Candidates {
  const ids = new Int32Array(scores.length);
  const weights = new Float64Array(scores.length);
  let count = 0;
  for (let id = 0; id < scores.length; id++) {
    const score = scores[id] as number;
    if (score < least || score === Number.NEGATIVE_INFINITY) continue;
    const weight = expOfNegative(score - largest);
    if (weight < minP) continue;
    ids[count] = id;
    weights[count++] = weight;
  }
  return { ids: ids.subarray(0, count), weights: weights.subarray(0, count) };
}

/** The likeliest until they sum to `topP`, the lower id first in a tie. Sorts no more than those. */
function nucleus({ ids, weights }: Candidates, topP: number, minP: number): Candidates {
  const weight = (rank: number) => weights[rank] as number;
  const order = new LazyOrder(ids.length, (a, b) => weight(a) > weight(b) || (weight(a) === weight(b) && a < b));
  const enough = topP * weights.reduce((sum, each) => sum + each, 0);
  const kept: number[] = [];
  let mass = 0;
  for (let rank = order.next(); rank !== undefined; rank = order.next()) {
    if (kept.length > 0 && (mass >= enough || weight(rank) < minP)) break;
    kept.push(rank);
    mass += weight(rank);
  }
  return { ids: Int32Array.from(kept, (rank) => ids[rank] as number), weights: Float64Array.from(kept, weight) };
}
