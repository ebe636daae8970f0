import { show } from '@gossamer/kit/errors';
import { yieldToHost } from '@gossamer/kit/host';
import type { Block } from './block.ts';

/**
 * A function on [0, 1)^d: of one point, or, as `{ batch }`, of n points at once in row-major order, x[d·i + j].
 *
 * The array of coordinates is used again for the next call: copy what has to stay.
 */
export type Integrand =
  | ((x: Float64Array) => number)
  | { readonly batch: (x: Float64Array, n: number) => ArrayLike<number> };

/** An {@link Integrand} that may answer with a promise; until that settles the array of coordinates stays as it is. */
export type AsyncIntegrand =
  | ((x: Float64Array) => number | Promise<number>)
  | { readonly batch: (x: Float64Array, n: number) => ArrayLike<number> | Promise<ArrayLike<number>> };

/** @throws `TypeError` for what is no integrand. */
export function checkIntegrand(integrand: AsyncIntegrand): void {
  if (typeof integrand === 'function' || typeof integrand?.batch === 'function') return;
  throw new TypeError(`integrand: expected a function or { batch: function }, got ${show(integrand)}`);
}

/** Gives every block its values, and returns what comes of them. */
export function evaluateSync<Result>(steps: Generator<Block, Result, void>, integrand: Integrand): Result {
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    const block = step.value;
    if (typeof integrand === 'function') {
      for (let k = 0; k < block.n; k++) block.set(k, integrand(block.point(k)));
    } else {
      block.setAll(integrand.batch(block.x, block.n));
    }
  }
}

/**
 * Gives every block its values, and returns what comes of them. The host gets a turn every few milliseconds.
 *
 * @throws the signal's reason, at the next block or turn.
 */
export async function evaluate<Result>(
  steps: Generator<Block, Result, void>,
  integrand: AsyncIntegrand,
  signal: AbortSignal | undefined,
): Promise<Result> {
  const turns = new Turns(signal);
  for (;;) {
    signal?.throwIfAborted();
    const step = steps.next();
    if (step.done) return step.value;
    const block = step.value;
    if (typeof integrand === 'function') {
      for (let k = 0; k < block.n; k++) {
        const value = integrand(block.point(k));
        block.set(k, typeof value === 'number' ? value : await value);
        if (k % POINTS_PER_LOOK === 0 && turns.due) await turns.take();
      }
    } else {
      block.setAll(await integrand.batch(block.x, block.n));
      if (turns.due) await turns.take();
    }
  }
}

/** How long an integrand is called before the host is let in, in milliseconds. */
const SLICE = 16;
/** A look at the clock takes longer than a simple integrand. */
const POINTS_PER_LOOK = 16;

/** When the host has its turns. */
class Turns {
  readonly #signal: AbortSignal | undefined;
  #since = performance.now();

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  get due(): boolean {
    return performance.now() - this.#since >= SLICE;
  }

  /** @throws the signal's reason. */
  async take(): Promise<void> {
    await yieldToHost();
    this.#signal?.throwIfAborted();
    this.#since = performance.now();
  }
}
