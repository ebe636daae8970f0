import type { Arena } from '@gossamer/kit/memory';

/** Blocks in an arena that come and go in any order; a block that was given back serves the next request of its size. */
export class Blocks {
  readonly #arena: Arena;
  readonly #idle = new Map<number, number[]>();

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /**
   * A block with undefined content.
   *
   * @throws `out-of-memory`
   */
  take(bytes: number): number {
    return this.#idle.get(bytes)?.pop() ?? this.#arena.alloc(bytes);
  }

  /** Takes a block back that {@link take} gave for `bytes`. */
  give(at: number, bytes: number): void {
    const idle = this.#idle.get(bytes);
    if (idle === undefined) this.#idle.set(bytes, [at]);
    else idle.push(at);
  }
}
