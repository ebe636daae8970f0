import { rmsRatio } from '@gossamer/testkit/bounds';
import { uniforms } from '@gossamer/testkit/random';
import { expect, it } from 'vitest';
import { CONFIG, parameters } from '../src/packages/gla/model-file.mjs';
import { glaStep, layerStep, matvec, rmsNorm } from '../src/packages/gla/oracle.mjs';
import { scalarRecurrence } from '../src/packages/gla/scalar.mjs';

const shape = { heads: 2, keySize: 8, valueSize: 5 };

it('computes one step of the recurrence as written in the paper', () => {
  // one head, K = V = 1: S = ½·3 + 2·5 = 11.5, o = 4·S
  const state = Float64Array.of(3);
  const o = glaStep({ heads: 1, keySize: 1, valueSize: 1 }, [4], [2], [5], [Math.log(0.5)], state);
  expect(state[0]).toBeCloseTo(11.5, 12);
  expect(o[0]).toBeCloseTo(46, 12);
});

it('keeps heads apart and scales by K to the power of −½', () => {
  const state = new Float64Array(2 * 4 * 1);
  const q = [1, 1, 1, 1, 2, 2, 2, 2];
  const o = glaStep(
    { heads: 2, keySize: 4, valueSize: 1 },
    q,
    [1, 1, 1, 1, 3, 3, 3, 3],
    [10, 100],
    new Float32Array(8),
    state,
  );
  expect([...o]).toEqual([20, 1200]); // ½·Σ 1·1·10, ½·Σ 2·3·100
});

it('gives the norm and output gate of the specification', () => {
  const x = [0.5, -1, 2, 0.25];
  const gate = [1, -0.5, 0.2, 3];
  const normed = rmsNorm(x, [1, 0.9, 1.1, 0.8], 1e-6);
  const gated = normed.map((value, i) => (value * (gate[i] as number)) / (1 + Math.exp(-(gate[i] as number))));
  // computed from fla's RMSNorm ⊙ silu
  for (const [i, want] of [0.3171776, 0.1474201, 0.2099252, 0.4959414].entries()) expect(gated[i]).toBeCloseTo(want, 6);
});

it('lets the scalar recurrence agree with the f64 one', () => {
  const tokens = 9;
  const keys = shape.heads * shape.keySize;
  const values = shape.heads * shape.valueSize;
  const [q, k, v] = [uniforms(1, tokens * keys, -1), uniforms(2, tokens * keys, -1), uniforms(3, tokens * values, -1)];
  const g = uniforms(4, tokens * keys, -1, 0);
  const state = new Float32Array(keys * shape.valueSize);
  const o = new Float32Array(tokens * values);
  scalarRecurrence(q, k, v, g.map(Math.exp), state, o, { tokens, ...shape });
  const exact = new Float64Array(state.length);
  const want = Array.from({ length: tokens }, (_, t) => {
    const key = (x: Float32Array) => x.subarray(t * keys, (t + 1) * keys);
    return [...glaStep(shape, key(q), key(k), v.subarray(t * values, (t + 1) * values), key(g), exact)];
  }).flat();
  expect(rmsRatio(o, want)).toBeLessThan(1e-6); // a few roundings of 2⁻²⁴ per step over 9 steps
  expect(rmsRatio(state, exact)).toBeLessThan(1e-6);
});

it('lets a layer with an open gate forget nothing and a closed output gate say nothing', () => {
  const h = 4;
  const one = { heads: 1, keySize: 2, valueSize: 4, eps: 1e-6 };
  const weights: Record<string, Float32Array> = {
    'q_proj.weight': uniforms(1, 8),
    'k_proj.weight': uniforms(2, 8),
    'v_proj.weight': uniforms(3, 16),
    'g_proj.weight': new Float32Array(16),
    'gk_proj.0.weight': new Float32Array(16 * h),
    'gk_proj.1.weight': new Float32Array(2 * 16),
    'gk_proj.1.bias': Float32Array.of(1000, 1000),
    'g_norm_swish_gate.weight': new Float32Array(4).fill(1),
    'o_proj.weight': uniforms(4, 16),
  };
  const state = new Float64Array(8).fill(1);
  const x = [1, 2, 3, 4];
  const y = layerStep(one, (name: string) => weights[name], x, state);
  expect([...y]).toEqual([0, 0, 0, 0]);
  const k = matvec(weights['k_proj.weight'], x);
  const v = matvec(weights['v_proj.weight'], x);
  for (let d = 0; d < 2; d++) for (let e = 0; e < 4; e++) expect(state[d * 4 + e]).toBeCloseTo(1 + k[d] * v[e], 12);
});

it('writes as many parameters as GLA-340M has', () => {
  const count = [...parameters(CONFIG).values()].reduce((sum, dims) => sum + dims.reduce((n, size) => n * size, 1), 0);
  expect(count).toBe(341_707_776);
});
