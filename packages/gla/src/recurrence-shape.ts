import { checkLength, isCount, show } from '@gossamer/kit/errors';
import { fail, GlaError } from './errors.ts';
import type { HeadShape } from './segments.ts';

/** Sizes of a recurrence. */
export interface GlaRecurrenceShape {
  /** Sequences N that are fed side by side, each with a state of its own; default 1. */
  readonly sequences?: number;
  /** Query heads H. */
  readonly heads: number;
  /** Key/value heads, a divisor of `heads` and its default: heads/kvHeads neighbouring query heads share one. */
  readonly kvHeads?: number;
  /** Key size K of a head. */
  readonly keySize: number;
  /** Value size V of a head. */
  readonly valueSize: number;
}

/** Row-major f32 input: q (N, T, H, K), k (N, T, Hkv, K), v (N, T, Hkv, V) and log gates g ≤ 0 (N, T, Hkv, K). */
export interface GlaInput {
  readonly q: Float32Array;
  readonly k: Float32Array;
  readonly v: Float32Array;
  readonly g: Float32Array;
}

/** A checked shape with its defaults. */
export interface CheckedShape extends HeadShape {
  readonly sequences: number;
}

/** Far beyond any model, and small enough for all sizes of one token to stay below 2^32 bytes. */
const MAX_HEADS = 2 ** 16;
const MAX_CHANNELS = 2 ** 20;

/** @throws `bad-shape` */
export function checkShape(shape: GlaRecurrenceShape): CheckedShape {
  const { sequences = 1, heads, kvHeads = heads, keySize, valueSize } = shape;
  for (const [name, value] of Object.entries({ sequences, heads, kvHeads, keySize, valueSize })) {
    if (!isCount(value)) throw new GlaError('bad-shape', `${name}: expected a positive integer, got ${show(value)}`);
  }
  if (heads % kvHeads !== 0) {
    throw new GlaError('bad-shape', `kvHeads: expected a divisor of the ${heads} heads, got ${kvHeads}`);
  }
  if (heads > MAX_HEADS) throw new GlaError('bad-shape', `heads: expected at most ${MAX_HEADS}, got ${heads}`);
  if (heads * Math.max(keySize, valueSize) > MAX_CHANNELS) {
    const sizes = `${heads} × ${Math.max(keySize, valueSize)}`;
    throw new GlaError('bad-shape', `heads × size: expected at most ${MAX_CHANNELS} channels, got ${sizes}`);
  }
  return { sequences, heads, kvHeads, keySize, valueSize };
}

/** Elements of the states of all sequences. */
export function stateElements({ sequences, kvHeads, keySize, valueSize }: CheckedShape): number {
  return sequences * kvHeads * keySize * valueSize;
}

/** Elements of a token's q, k (and g), v and o. */
export function tokenElements({ heads, kvHeads, keySize, valueSize }: HeadShape): {
  q: number;
  k: number;
  v: number;
  o: number;
} {
  return { q: heads * keySize, k: kvHeads * keySize, v: kvHeads * valueSize, o: heads * valueSize };
}

/** @throws `TypeError`; `bad-length` unless `array` holds `length` elements. */
export function checkFloats(name: string, array: Float32Array, length: number): void {
  if (!(array instanceof Float32Array)) throw new TypeError(`${name}: expected a Float32Array, got ${show(array)}`);
  checkLength(name, array, length, fail);
}

/** Checks the sizes of the input of `tokens` tokens. @throws `TypeError`; `bad-length`. */
export function checkInput({ q, k, v, g }: GlaInput, shape: HeadShape, tokens: number): void {
  const of = tokenElements(shape);
  checkFloats('q', q, tokens * of.q);
  checkFloats('k', k, tokens * of.k);
  checkFloats('v', v, tokens * of.v);
  checkFloats('g', g, tokens * of.k);
}

/** @throws `bad-value` for a log gate > 0, under which the state would grow without bound. NaN passes, and propagates. */
export function checkGates(g: Float32Array): void {
  for (let i = 0; i < g.length; i++) {
    if ((g[i] as number) > 0) throw new GlaError('bad-value', `g[${i}]: expected a log gate ≤ 0, got ${g[i]}`);
  }
}
