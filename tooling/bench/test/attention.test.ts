import { uniforms } from '@gossamer/testkit/random';
import { expect, it } from 'vitest';
import {
  attentionOracle,
  decomposedAttention,
  fusedAttention,
  HEADS,
  HIDDEN,
} from '../src/packages/gla/attention-graph.mjs';

const zeros = () => new Float32Array(HIDDEN * HIDDEN);
const identity = () => zeros().map((_, i) => (i % (HIDDEN + 1) === 0 ? 1 : 0));

it('averages the values so far when every score is equal', () => {
  const x = uniforms(1, 3 * HIDDEN);
  const y = attentionOracle({ q: zeros(), k: zeros(), v: identity(), o: identity() }, x, 3);
  const at = (t: number, i: number) => x[t * HIDDEN + i] as number;
  for (const i of [0, 63, 64, HIDDEN - 1]) {
    expect(y[i]).toBeCloseTo(at(0, i), 12);
    expect(y[2 * HIDDEN + i]).toBeCloseTo((at(0, i) + at(1, i) + at(2, i)) / 3, 12);
  }
});

it('takes fewer heads at a time when their scores would not fit', () => {
  const weights = { q: zeros(), k: zeros(), v: zeros(), o: zeros() };
  const products = (tokens: number) =>
    decomposedAttention(weights, tokens).graph.nodes.filter(({ op }) => op === 'Softmax');
  expect(products(512)).toHaveLength(1);
  expect(products(4096)).toHaveLength(2);
  expect(decomposedAttention(weights, 512).note).toBeUndefined();
  expect(decomposedAttention(weights, 4096).note).toContain(`${HEADS / 2} heads at a time`);
});

it('cuts the queries of the fused operator where one operator would overflow, and masks each block', () => {
  const weights = { q: zeros(), k: zeros(), v: zeros(), o: zeros() };
  const fused = (tokens: number) => fusedAttention(weights, tokens).graph;
  const operators = (tokens: number) => fused(tokens).nodes.filter(({ op }) => op === 'MultiHeadAttention');
  expect(operators(2048)).toHaveLength(1);
  expect(operators(4096)).toHaveLength(4);
  const mask = fused(4096).constants.mask1.data as Float32Array;
  const seen = (t: number) => mask.subarray(t * 4096, (t + 1) * 4096).filter((value) => value === 0).length;
  expect([seen(0), seen(1), seen(1023)]).toEqual([1025, 1026, 2048]); // queries 1024, 1025 and 2047
});
