import { kthLargest } from '../sampler/select.ts';
import { logSoftmaxAt } from '../sampler.ts';
import type { TokenLogProb } from '../sampler-chain.ts';

/** The `count` likeliest tokens under the model, the likeliest first, the lower id first among equal ones. */
export function likeliest(logits: Float32Array, count: number): TokenLogProb[] {
  const k = Math.min(count, logits.length);
  if (k === 0) return [];
  const least = kthLargest(logits, k);
  const found: number[] = [];
  for (let id = 0; id < logits.length; id++) if ((logits[id] as number) >= least) found.push(id);
  found.sort((a, b) => (logits[b] as number) - (logits[a] as number) || a - b);
  const first = found[0] as number;
  const base = logSoftmaxAt(logits, first) - (logits[first] as number);
  return found.slice(0, k).map((id) => ({ id, logProb: (logits[id] as number) + base }));
}
