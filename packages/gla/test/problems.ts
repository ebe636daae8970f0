import { generator, uniforms } from '@gossamer/testkit/random';
import { expect } from 'vitest';
import type { GlaInput } from '../src/recurrence-shape.ts';
import type { Sizes } from './oracle.ts';

/** Log gates for tests: log σ(u)/divisor with uniform u, some of them replaced. */
export type Gates = 'slow' | 'medium' | 'strong' | 'zero' | '-80' | '-Infinity' | 'mixed';

export const GATES: readonly Gates[] = ['slow', 'medium', 'strong', 'zero', '-80', '-Infinity', 'mixed'];

const DIVISORS: Record<Gates, number> = {
  slow: 16,
  medium: 1,
  strong: 0.1,
  zero: 1,
  '-80': 16,
  '-Infinity': 16,
  mixed: 1,
};

/** Rows of one sequence, uniform in [−1, 1). */
export function problem(seed: number, sizes: Sizes, gates: Gates = 'slow'): GlaInput {
  const { tokens, heads, kvHeads, keySize, valueSize } = sizes;
  const draw = (part: number, n: number) => uniforms(seed * 8 + part, n, -1, 1);
  const next = generator(seed * 8 + 4);
  const gate = (z: number) => {
    if (gates === 'zero') return 0;
    const drawn = next();
    if (gates === '-80' && drawn < 0.05) return -80;
    if (gates === '-Infinity' && drawn < 0.05) return Number.NEGATIVE_INFINITY;
    if (gates === 'mixed' && drawn < 0.5)
      return [0, -80, Number.NEGATIVE_INFINITY, -1e-4][Math.floor(drawn * 8)] as number;
    return -Math.log1p(Math.exp(-z)) / DIVISORS[gates];
  };
  return {
    q: draw(0, tokens * heads * keySize),
    k: draw(1, tokens * kvHeads * keySize),
    v: draw(2, tokens * kvHeads * valueSize),
    g: draw(3, tokens * kvHeads * keySize).map(gate),
  };
}

/** A state (Hkv, K, V), uniform in [−1, 1). */
export function someState(seed: number, { kvHeads, keySize, valueSize }: Sizes): Float32Array {
  return uniforms(seed * 8 + 5, kvHeads * keySize * valueSize, -1, 1);
}

/** Tokens from … to − 1 of one sequence. */
export function slice(x: GlaInput, { tokens }: Sizes, from: number, to: number): GlaInput {
  const cut = (array: Float32Array) => {
    const row = array.length / tokens;
    return array.slice(from * row, to * row);
  };
  return { q: cut(x.q), k: cut(x.k), v: cut(x.v), g: cut(x.g) };
}

/** The rows of several inputs, one after the other. */
export function concat(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Compares bits: NaN is equal to itself, −0 is not 0. */
export function expectSameBits(got: Float32Array, want: Float32Array): void {
  const bits = (array: Float32Array) => new Uint32Array(array.slice().buffer);
  const [a, b] = [bits(got), bits(want)];
  expect(got.length).toBe(want.length);
  const at = a.findIndex((word, i) => word !== b[i]);
  expect(at, `element ${at} is ${got[at]}, expected ${want[at]}`).toBe(-1);
}
