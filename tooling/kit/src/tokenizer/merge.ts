import type { PairRanks } from './pairs.ts';

/** What was learned: ranks of pairs, and the id that the merge of each rank makes. */
export interface Merges {
  readonly ranks: PairRanks;
  readonly made: Int32Array;
}

/** Positions take the low 32 bits of a heap key, the rank is above: keys stay exact below 2^53. */
const RANK = 2 ** 32;

/**
 * Merges neighbouring symbols, the lowest rank first and of equal ranks the leftmost, until none is left to merge
 * (Sennrich et al. 2016, with the rank order of GPT-2). A heap over a linked list: O(n log n).
 *
 * @param symbols ids, overwritten; the result is their first `n` entries.
 * @returns n.
 */
export function mergeSymbols(symbols: Int32Array, count: number, { ranks, made }: Merges): number {
  const heap: number[] = [];
  const offer = (left: number, right: number) => {
    const rank = ranks.get(symbols[left] as number, symbols[right] as number);
    if (rank >= 0) {
      push(heap, rank * RANK + left);
    }
  };
  for (let i = 1; i < count; i++) {
    offer(i - 1, i);
  }
  if (heap.length === 0) {
    return count;
  }
  const next = new Int32Array(count);
  const previous = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    next[i] = i + 1 < count ? i + 1 : -1;
    previous[i] = i - 1;
  }
  while (heap.length > 0) {
    const key = pop(heap);
    const rank = Math.floor(key / RANK);
    const at = key - rank * RANK;
    const right = next[at] as number;
    if (right < 0 || symbols[at] === GONE) {
      continue;
    }
    if (ranks.get(symbols[at] as number, symbols[right] as number) !== rank) {
      continue; // the pair has changed since the entry was made
    }
    symbols[at] = made[rank] as number;
    symbols[right] = GONE;
    const after = next[right] as number;
    next[at] = after;
    if (after >= 0) {
      previous[after] = at;
      offer(at, after);
    }
    const before = previous[at] as number;
    if (before >= 0) {
      offer(before, at);
    }
  }
  let length = 0;
  for (let at = 0; at >= 0; at = next[at] as number) {
    symbols[length++] = symbols[at] as number;
  }
  return length;
}

/** A symbol that was merged into the one before it. */
const GONE = -1;

function push(heap: number[], key: number): void {
  let at = heap.length;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] as number;
    if (above <= key) {
      break;
    }
    heap[at] = above;
    at = parent;
  }
  heap[at] = key;
}

function pop(heap: number[]): number {
  const least = heap[0] as number;
  const key = heap.pop() as number;
  const { length } = heap;
  if (length === 0) {
    return least;
  }
  let at = 0;
  for (let child = 1; child < length; child = 2 * at + 1) {
    if (child + 1 < length && (heap[child + 1] as number) < (heap[child] as number)) {
      child++;
    }
    if ((heap[child] as number) >= key) {
      break;
    }
    heap[at] = heap[child] as number;
    at = child;
  }
  heap[at] = key;
  return least;
}
