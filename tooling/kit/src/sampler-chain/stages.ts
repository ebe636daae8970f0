import type { ChainSettings } from './options.ts';
import { descending, type Pool, sumOf } from './pool.ts';

/** The filters; each leaves at least one token. */

/** Keeps the k likeliest, and those as likely as the k-th. */
export function topK(pool: Pool, { topK: k }: ChainSettings): void {
  if (k < pool.length) pool.keepLargest(k);
}

/** Keeps scores of at least largest + ln m, up to a rounding. */
export function minP(pool: Pool, { minP: m }: ChainSettings): void {
  if (m > 0) pool.keepWithin(1e-12 - Math.log(m));
}

/** Keeps the likeliest until they sum to p; the one that crosses stays. */
export function topP(pool: Pool, { topP: p }: ChainSettings): void {
  if (p >= 1) return;
  const weights = pool.weights();
  keepMass(pool, weights, descending(weights), p);
}

/** Keeps those with −ln p closest to the entropy until they sum to p. */
export function typicalP(pool: Pool, { typicalP: p }: ChainSettings): void {
  if (p >= 1) return;
  const weights = pool.weights();
  const total = sumOf(weights);
  const surprise = weights.map((weight) => (weight > 0 ? -Math.log(weight / total) : Number.POSITIVE_INFINITY));
  const mean = entropy(weights, total);
  const order = descending(surprise.map((value) => -Math.abs(value - mean)));
  keepMass(pool, weights, order, p);
}

/** Keeps scores of at least largest − n·σ, σ over all finite scores. */
export function topNSigma(pool: Pool, { topNSigma: n }: ChainSettings): void {
  if (n === Number.POSITIVE_INFINITY) return;
  const largest = pool.largest();
  let [count, sum, squares] = [0, 0, 0];
  for (let i = 0; i < pool.length; i++) {
    const below = pool.score(i) - largest; // so that squares stay accurate
    if (below === Number.NEGATIVE_INFINITY) continue;
    count++;
    sum += below;
    squares += below * below;
  }
  const variance = Math.max(0, squares / count - (sum / count) ** 2);
  pool.keepWithin(n * Math.sqrt(variance));
}

/** With a probability removes all tokens of at least the threshold but the least likely of them. */
export function xtc(pool: Pool, { xtc: options }: ChainSettings, uniform: () => number): void {
  if (options === undefined || options.probability === 0 || uniform() >= options.probability) return;
  const weights = pool.weights();
  const least = options.threshold * sumOf(weights);
  const order = descending(weights);
  const top = order.findIndex((i) => (weights[i] as number) < least);
  const many = top < 0 ? order.length : top;
  if (many > 1) pool.keepAt(order.slice(many - 1));
}

/** Divides scores by the temperature, which may depend on how sure the model is. Never called for greedy choice. */
export function temperature(pool: Pool, { temperature: t, dynamic }: ChainSettings): void {
  if (dynamic === undefined) {
    if (t > 0) pool.scale(1 / t);
    return;
  }
  const weights = pool.weights();
  const most = Math.log(pool.length);
  const spread = most > 0 ? entropy(weights, sumOf(weights)) / most : 0;
  const low = Math.max(0, t - dynamic.range);
  const chosen = low + (t + dynamic.range - low) * spread ** dynamic.exponent;
  pool.scale(1 / Math.max(chosen, 1e-6)); // as good as greedy
}

/** −Σ p ln p */
function entropy(weights: Float64Array, total: number): number {
  let sum = 0;
  for (const weight of weights) if (weight > 0) sum -= (weight / total) * Math.log(weight / total);
  return sum;
}

/** Keeps the first of `order` until their weights sum to `share` of all. */
function keepMass(pool: Pool, weights: Float64Array, order: readonly number[], share: number): void {
  const enough = share * sumOf(weights);
  let mass = 0;
  let count = 0;
  while (count < order.length && (count === 0 || mass < enough)) mass += weights[order[count++] as number] as number;
  pool.keepAt(order.slice(0, count));
}
