import { readJson } from '@gossamer/testkit/fixtures';
import { generator } from '@gossamer/testkit/random';
import { expect } from 'vitest';
import { type Kernel, Lattice, type PointSet, Sobol } from '../src/index.ts';
import { at } from './dense.ts';

/** The generating vector of the reference. */
export const VECTOR: Uint32Array = Uint32Array.from(
  readJson<{ vector: number[] }>(new URL('fixtures/lattice.json', import.meta.url)).vector,
);

/** Shifted if there is a seed. */
export const lattice = (dimension: number, seed?: number): Lattice =>
  new Lattice({ dimension, vector: VECTOR, ...(seed === undefined ? { randomize: 'none' } : { seed }) });

/** Scrambled if there is a seed. */
export const net = (dimension: number, seed?: number): Sobol =>
  new Sobol({ dimension, ...(seed === undefined ? { randomize: 'none' } : { seed }) });

/** Numbers between −1 and 1. */
export function data(n: number, seed: number = n): Float64Array {
  const next = generator(seed);
  return Float64Array.from({ length: n }, () => 2 * next() - 1);
}

/** Every entry is within the tolerance. */
export function expectClose(got: ArrayLike<number>, want: ArrayLike<number>, tolerance: number): void {
  expect(got.length).toBe(want.length);
  for (let i = 0; i < want.length; i++) expect(Math.abs(at(got, i) - at(want, i))).toBeLessThanOrEqual(tolerance);
}

/** Points of every kind with a group, and a kernel for each. */
export const KINDS: ReadonlyArray<[name: string, points: PointSet, kernel: Kernel]> = [
  ['a lattice', lattice(2, 3), { type: 'shift-invariant', alpha: 1, scale: 2 }],
  ['a lattice and α = [2, 1]', lattice(2, 3), { type: 'shift-invariant', alpha: [2, 1], weights: [0.3, 0.1] }],
  ['a net', new Sobol({ dimension: 2, seed: 3 }), { type: 'digital', alpha: 1, scale: 0.5 }],
  ['a net in Gray code order', new Sobol({ dimension: 2, seed: 3, order: 'gray' }), { type: 'digital', alpha: 3 }],
  ['a net and real smoothness', new Sobol({ dimension: 2, seed: 3 }), { type: 'digital-adaptive', alpha: 1.4 }],
  ['a net and a combined kernel', new Sobol({ dimension: 2, seed: 3 }), { type: 'digital', combine: [0.1, 1, 0, 1] }],
];
