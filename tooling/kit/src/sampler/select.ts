/**
 * The k-th largest of `values`, by a heap of the k largest so far: O(n log k), and close to n when the largest come early.
 *
 * @param k from 1 to the number of values.
 */
export function kthLargest(values: Float32Array, k: number): number {
  const heap = values.slice(0, k); // its least is at 0
  for (let at = (k >> 1) - 1; at >= 0; at--) {
    sift(heap, at, k, (a, b) => a < b);
  }
  for (let i = k; i < values.length; i++) {
    const value = values[i] as number;
    if (value > (heap[0] as number)) {
      heap[0] = value;
      sift(heap, 0, k, (a, b) => a < b);
    }
  }
  return heap[0] as number;
}

/** Gives the numbers 0 … n − 1 in an order, the first few without sorting the rest: O(n) once, O(log n) each. */
export class LazyOrder {
  readonly #heap: Int32Array;
  readonly #before: (a: number, b: number) => boolean;
  #length: number;

  constructor(n: number, before: (a: number, b: number) => boolean) {
    this.#heap = Int32Array.from({ length: n }, (_, i) => i);
    this.#before = before;
    this.#length = n;
    for (let at = (n >> 1) - 1; at >= 0; at--) {
      sift(this.#heap, at, n, before);
    }
  }

  /** The next number, or undefined when all were given. */
  next(): number | undefined {
    if (this.#length === 0) {
      return undefined;
    }
    const first = this.#heap[0] as number;
    this.#heap[0] = this.#heap[--this.#length] as number;
    sift(this.#heap, 0, this.#length, this.#before);
    return first;
  }
}

function sift(
  heap: Float32Array | Int32Array,
  start: number,
  length: number,
  before: (a: number, b: number) => boolean,
): void {
  const moved = heap[start] as number;
  let at = start;
  for (let child = 2 * at + 1; child < length; child = 2 * at + 1) {
    if (child + 1 < length && before(heap[child + 1] as number, heap[child] as number)) {
      child++;
    }
    if (!before(heap[child] as number, moved)) {
      break;
    }
    heap[at] = heap[child] as number;
    at = child;
  }
  heap[at] = moved;
}
