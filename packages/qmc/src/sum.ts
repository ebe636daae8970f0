/** Indices start ≤ i < end. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The sums of the values at 2^k indices that begin at a multiple of 2^k, one sum per replication. */
interface Node {
  readonly start: number;
  readonly size: number;
  readonly sums: Float64Array;
}

/**
 * Cuts a range, from left to right, into the largest pieces of 2^k indices that begin at a multiple of 2^k.
 *
 * @param most the longest piece, a power of two.
 */
export function* dyadicPieces(
  { start, end }: Range,
  most: number = Number.POSITIVE_INFINITY,
): Generator<Range, void, void> {
  for (let at = start; at < end; ) {
    let size = 1;
    while (size < most && at % (2 * size) === 0 && at + 2 * size <= end) size *= 2;
    yield { start: at, end: at + size };
    at += size;
  }
}

/** The sum of 2^k values as a balanced binary tree adds them; overwrites the values. */
export function treeSum(values: Float64Array): number {
  for (let width = 1; width < values.length; width *= 2) {
    for (let i = 0; i < values.length; i += 2 * width) {
      values[i] = (values[i] as number) + (values[i + width] as number);
    }
  }
  return values[0] as number;
}

/**
 * Sums over a range of indices, one per replication, that depend on the range alone and not on how it was cut.
 *
 * Two neighbours of 2^k indices are added when together they begin at a multiple of 2^(k+1); so the largest such pieces of
 * the range remain, and those are added from right to left.
 */
export class DyadicSums {
  readonly #replications: number;
  readonly #nodes: Node[] = [];

  constructor(replications: number) {
    this.#replications = replications;
  }

  /** Adds the sums of the next piece: 2^k indices from a multiple of 2^k, right after all that came before. */
  add({ start, end }: Range, sums: Float64Array): void {
    let node: Node = { start, size: end - start, sums };
    for (let left = this.#nodes.at(-1); left && areTwins(left, node); left = this.#nodes.at(-1)) {
      this.#nodes.pop();
      node = { start: left.start, size: 2 * left.size, sums: plus(left.sums, node.sums) };
    }
    this.#nodes.push(node);
  }

  /** The sums of the remaining pieces, from left to right: those of `dyadicPieces`. */
  pieces(): Float64Array[] {
    return this.#nodes.map(({ sums }) => sums);
  }

  /** The sums over everything that was added. */
  total(): Float64Array {
    const pieces = this.pieces();
    const last = pieces.pop() ?? new Float64Array(this.#replications);
    return pieces.reduceRight((right, left) => plus(left, right), last);
  }
}

function areTwins(left: Node, right: Node): boolean {
  return left.size === right.size && left.start % (2 * left.size) === 0;
}

function plus(left: Float64Array, right: Float64Array): Float64Array {
  return left.map((sum, r) => sum + (right[r] as number));
}
