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

/** Tokens that are left, likeliest first, and e^(score − largest score) of each. */
export interface Candidates {
  readonly ids: readonly number[];
  readonly weights: readonly number[];
}

/** First width, in nats below the largest score, in which top-p looks for its tokens: e^−12 = 6e-6. */
const FIRST_DEPTH = 12;

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
  if (!Number.isFinite(largest)) return { ids: [], weights: [] };
  const { topK, topP, minP } = settings;
  const floor = topK < scores.length ? kthLargest(scores, topK) : Number.NEGATIVE_INFINITY;
  const least = Math.max(floor, minP > 0 ? largest + Math.log(minP) - 1e-6 : Number.NEGATIVE_INFINITY);
  const kept = topP < 1 ? nucleus(scores, largest, floor, topP) : above(scores, least);
  const ids = minP > 0 ? kept.filter((id) => Math.exp((scores[id] as number) - largest) >= minP) : kept;
  return { ids, weights: ids.map((id) => Math.exp((scores[id] as number) - largest)) };
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
  for (const score of scores) largest = Math.max(largest, score);
  return largest;
}

/** Ids of the scores from `least` on, likeliest first, the lower id first in a tie. −∞ is never one of them. */
function above(scores: Float32Array, least: number): number[] {
  const ids: number[] = [];
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] as number;
    if (score >= least && score > Number.NEGATIVE_INFINITY) ids.push(i);
  }
  return ids.sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
}

/** The tokens that top-p keeps of those from `floor` on. Sorts only as deep as it has to. */
function nucleus(scores: Float32Array, largest: number, floor: number, topP: number): number[] {
  let total = 0;
  for (const score of scores) if (score >= floor) total += Math.exp(score - largest);
  for (let depth = FIRST_DEPTH; ; depth *= 2) {
    const least = largest - depth;
    const ids = above(scores, Math.max(floor, least));
    let mass = 0;
    for (const [rank, id] of ids.entries()) {
      if (rank > 0 && mass >= topP * total) return ids.slice(0, rank);
      mass += Math.exp((scores[id] as number) - largest);
    }
    if (mass >= topP * total || least <= floor || depth > 1e3) return ids;
  }
}

/** The k-th largest element (k ≥ 1), by partitioning a copy. */
function kthLargest(scores: Float32Array, k: number): number {
  const a = scores.slice();
  let [low, high] = [0, a.length - 1];
  const want = k - 1;
  while (low < high) {
    const pivot = a[(low + high) >> 1] as number;
    let [i, j] = [low, high];
    while (i <= j) {
      while ((a[i] as number) > pivot) i++;
      while ((a[j] as number) < pivot) j--;
      if (i <= j) {
        const swap = a[i] as number;
        a[i] = a[j] as number;
        a[j] = swap;
        i++;
        j--;
      }
    }
    if (want <= j) high = j;
    else if (want >= i) low = i;
    else break;
  }
  return a[want] as number;
}
