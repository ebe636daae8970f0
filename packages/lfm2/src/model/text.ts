import type { Arena } from '@gossamer/kit/memory';
import { fail } from '../errors.ts';
import type { Blocks } from './blocks.ts';
import type { Network } from './network.ts';
import { CHUNK } from './network.ts';
import { MAX_DRAFT, Sequence, type SequenceShape } from './sequence.ts';

/** Points of a text to which it can go back without computing anything again. */
const MAX_CHECKPOINTS = 32;

interface Checkpoint {
  readonly length: number;
  readonly seen: number;
  readonly rings: Float32Array;
}

/**
 * Tokens and the model's state after them. Changes are all or nothing: a piece of work that is ended before its end leaves
 * the text as it was, but for pages of the cache that {@link Sequence.trim} gives back.
 */
export class Text {
  readonly sequence: Sequence;
  /** Tokens of the text; after a shift of the context those that are left. */
  readonly tokens: number[] = [];
  /** Logits after the last token. */
  logits: Float32Array | undefined;
  #checkpoints: Checkpoint[] = [];

  readonly #alive: () => boolean;

  /**
   * @param alive whether the memory is still the model's: a text of a disposed model must not write into it.
   * @throws `out-of-memory`
   */
  constructor(arena: Arena, blocks: Blocks, shape: SequenceShape, alive: () => boolean) {
    this.sequence = new Sequence(arena, blocks, shape);
    this.#alive = alive;
  }

  /** Remembers this point, so that {@link rewind} to it costs nothing. */
  mark(): void {
    const { length, seen } = this.sequence;
    if (length === 0 || this.#checkpoints.at(-1)?.length === length) return;
    this.#checkpoints.push({ length, seen, rings: this.sequence.readRings() });
    if (this.#checkpoints.length > MAX_CHECKPOINTS) this.#checkpoints.shift();
  }

  /**
   * Adds tokens.
   *
   * @param rows of how many of the last tokens the logits are wanted; at most LOGIT_ROWS.
   * @param report called after each chunk with the number of tokens done.
   * @returns the logits, one row per token.
   */
  *take(
    network: Network,
    ids: readonly number[],
    rows: number,
    report: (done: number) => void = () => {},
  ): Generator<void, Float32Array[], void> {
    const { sequence } = this;
    const { length, seen } = sequence;
    const rings = ids.length > MAX_DRAFT ? sequence.readRings() : undefined;
    let complete = false;
    try {
      sequence.reserve(ids.length);
      const last = ids.length - rows; // whose logits are wanted first
      const out: Float32Array[] = [];
      for (let at = 0; at < ids.length; ) {
        // The wanted rows are in one chunk, the last.
        const size = at < last && at + CHUNK > last ? last - at : Math.min(CHUNK, ids.length - at);
        yield* network.forward(sequence, ids.slice(at, at + size));
        if (at + size === ids.length) {
          const all = yield* network.logits(size - Math.min(rows, size), Math.min(rows, size));
          const { vocabSize } = network.config;
          for (let i = 0; i < all.length; i += vocabSize) out.push(all.slice(i, i + vocabSize));
        }
        at += size;
        report(at);
      }
      complete = true;
      for (const id of ids) this.tokens.push(id);
      this.logits = out.at(-1);
      return out;
    } finally {
      if (!complete && this.#alive()) {
        sequence.length = length;
        if (rings === undefined) sequence.seen = seen;
        else sequence.writeRings(rings, seen);
      }
    }
  }

  /**
   * Takes the last `count` ≤ MAX_DRAFT tokens back from the state; they must be gone from `tokens` already.
   *
   * @param logits those after the tokens that are left.
   */
  settle(count: number, logits: Float32Array | undefined): void {
    this.sequence.length -= count;
    this.sequence.seen -= count;
    this.logits = logits;
  }

  /**
   * Goes back to the first `length` tokens: from the nearest point that was marked, the tokens between are computed again.
   */
  *rewind(network: Network, length: number): Generator<void, void, void> {
    const { sequence, tokens } = this;
    if (length === tokens.length) return;
    // The last token is always computed again: it gives the logits.
    const found = this.#checkpoints.findLast((point) => point.length < length);
    const from = found?.length ?? 0;
    const again = tokens.slice(from, length);
    const before = { length: sequence.length, seen: sequence.seen, logits: this.logits, rings: sequence.readRings() };
    const rest = tokens.splice(from);
    sequence.length = from;
    if (found === undefined) sequence.seen = 0;
    else sequence.writeRings(found.rings, found.seen);
    let complete = false;
    try {
      if (again.length > 0) yield* this.take(network, again, 1);
      else this.logits = undefined;
      complete = true;
      this.#forgetBeyond(length);
    } finally {
      // Keys and values up to `length` are the same again, those behind were not touched.
      if (!complete && this.#alive()) {
        tokens.push(...rest);
        sequence.length = before.length;
        sequence.writeRings(before.rings, before.seen);
        this.logits = before.logits;
      }
    }
  }

  /**
   * Makes room when the context is full: the first `keep` tokens stay, half of the others go. Not interrupted, since it
   * changes the cache in place.
   *
   * @throws `context-full` when nothing would go.
   */
  shift(network: Network, keep: number): void {
    const { sequence, tokens } = this;
    const gone = Math.ceil((tokens.length - keep) / 2);
    if (gone < 1) {
      throw fail('context-full', `contextShift.keep: expected less than the ${tokens.length} tokens held, got ${keep}`);
    }
    network.shift(sequence, keep + gone, keep);
    tokens.splice(keep, gone);
    this.#checkpoints = []; // states of a text that is no more
  }

  /** Becomes what `other` is. */
  copyFrom(other: Text): void {
    this.sequence.copyFrom(other.sequence);
    this.tokens.length = 0;
    for (const token of other.tokens) this.tokens.push(token);
    this.logits = other.logits;
    this.#checkpoints = [...other.#checkpoints];
  }

  /** Forgets marks behind the first `length` tokens. */
  #forgetBeyond(length: number): void {
    this.#checkpoints = this.#checkpoints.filter((point) => point.length <= length);
  }
}
