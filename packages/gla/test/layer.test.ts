import { rmsRatio } from '@gossamer/testkit/bounds';
import { type FixtureTensor, readJson, readTensors } from '@gossamer/testkit/fixtures';
import { kernelVariants } from '@gossamer/testkit/kernels';
import { describe, expect, it } from 'vitest';
import type { FeatureMap, GlaLayerConfig } from '../src/index.ts';
import { GlaError, GlaLayer } from '../src/index.ts';

interface LayerCase {
  readonly name: string;
  readonly B: number;
  readonly T: number;
  readonly prefix: number;
  readonly settings: Record<string, number | boolean | string | null>;
}

const fixtures = new URL('./fixtures/', import.meta.url);
const tensors = readTensors(new URL('layer.safetensors', fixtures));
const { cases } = readJson<{ cases: LayerCase[] }>(new URL('layer.json', fixtures));
const variants = kernelVariants();

/** f32 against the reference's f64, over four projections and a recurrence of up to 40 steps. */
const RATIO = 1e-5;

function tensor(name: string): FixtureTensor {
  const found = tensors.get(name);
  if (found === undefined) throw new Error(`fixture has no ${name}`);
  return found;
}

function config({ settings: s }: LayerCase): GlaLayerConfig {
  return {
    hiddenSize: s.hidden_size as number,
    heads: s.num_heads as number,
    ...(s.num_kv_heads === null ? {} : { kvHeads: s.num_kv_heads as number }),
    expandK: s.expand_k as number,
    expandV: s.expand_v as number,
    featureMap: s.feature_map as FeatureMap | null,
    convSize: s.use_short_conv ? (s.conv_size as number) : null,
    outputGate: s.use_output_gate as boolean,
    elementwiseAffine: s.elementwise_affine as boolean,
    clampMin: s.clamp_min as number | null,
    gateLogitNormalizer: s.gate_logit_normalizer as number,
    gateLowRankDim: s.gate_low_rank_dim as number,
    normEps: s.norm_eps as number,
  };
}

function weights({ name }: LayerCase): Record<string, Float32Array> {
  const prefix = `${name}.weights.`;
  const own = [...tensors.keys()].filter((key) => key.startsWith(prefix));
  return Object.fromEntries(own.map((key) => [key.slice(prefix.length), tensor(key).data as Float32Array]));
}

function first(): LayerCase {
  return cases.find(({ name }) => name === 'short-conv-4') as LayerCase;
}

function layerOf(which: LayerCase, variant: 'simd' | 'relaxed' = 'simd', sequences: number = which.B): GlaLayer {
  return new GlaLayer(config(which), weights(which), { sequences, variant });
}

describe.each(variants)('%s', (variant) => {
  it.each(cases)('agrees with the reference: $name', (which) => {
    const layer = layerOf(which, variant);
    const y = layer.forward(tensor(`${which.name}.x`).data as Float32Array);
    expect(rmsRatio(y, tensor(`${which.name}.y`).data as Float64Array)).toBeLessThan(RATIO);
    layer.dispose();
  });

  it.each(cases)('gives the same in two parts, then token by token: $name', (which) => {
    const { B, T, prefix } = which;
    const h = which.settings.hidden_size as number;
    const x = tensor(`${which.name}.x`).data as Float32Array;
    const want = tensor(`${which.name}.y`).data as Float64Array;
    const rows = (a: Float32Array | Float64Array, from: number, to: number) =>
      Array.from({ length: B }, (_, b) => [...a.subarray((b * T + from) * h, (b * T + to) * h)]).flat();
    const layer = layerOf(which, variant);
    const got = layer.forward(Float32Array.from(rows(x, 0, prefix)));
    expect(rmsRatio(got, rows(want, 0, prefix))).toBeLessThan(RATIO);
    for (let t = prefix; t < T; t++) {
      const step = layer.forward(Float32Array.from(rows(x, t, t + 1)));
      expect(rmsRatio(step, rows(want, t, t + 1))).toBeLessThan(RATIO);
    }
    layer.dispose();
  });

  it('keeps packed sequences apart, an empty one too', () => {
    const which = first();
    const h = which.settings.hidden_size as number;
    const x = (tensor(`${which.name}.x`).data as Float32Array).subarray(0, 20 * h);
    const packed = layerOf(which, variant, 3);
    const y = packed.forward(x, { cuSeqlens: Int32Array.of(0, 7, 7, 20) });
    const alone = layerOf(which, variant, 1);
    expect(y.subarray(0, 7 * h)).toEqual(alone.forward(x.slice(0, 7 * h)));
    alone.reset();
    expect(y.subarray(7 * h)).toEqual(alone.forward(x.slice(7 * h)));
    packed.dispose();
    alone.dispose();
  });
});

describe('the contract', () => {
  it('restores a saved state exactly', () => {
    const which = first();
    const x = tensor(`${which.name}.x`).data as Float32Array;
    const layer = layerOf(which);
    layer.forward(x);
    const state = layer.saveState();
    const y = layer.forward(x);
    layer.reset();
    layer.restoreState(state);
    expect(layer.forward(x)).toEqual(y);
    layer.dispose();
  });

  it('fills and returns the given array', () => {
    const which = first();
    const layer = layerOf(which);
    const x = tensor(`${which.name}.x`).data as Float32Array;
    const out = new Float32Array(x.length);
    expect(layer.forward(x, {}, out)).toBe(out);
    expect(layer.forward(new Float32Array(0))).toHaveLength(0);
    layer.dispose();
  });

  it('is flat in memory over many lives', () => {
    const which = first();
    const before = layerOf(which);
    const memory = before.saveState().length;
    before.dispose();
    for (let i = 0; i < 200; i++) {
      const layer = layerOf(which);
      expect(layer.saveState()).toEqual(new Float32Array(memory));
      layer.dispose();
    }
  });

  const base: GlaLayerConfig = { hiddenSize: 32, heads: 4 };
  it.each<[string, GlaLayerConfig, string, string]>([
    ['hiddenSize', { ...base, hiddenSize: Number.NaN }, 'bad-shape', 'got NaN'],
    ['heads', { ...base, heads: 0 }, 'bad-shape', 'got 0'],
    ['kvHeads', { ...base, kvHeads: 3 }, 'bad-shape', 'divisor of heads = 4, got 3'],
    ['expandK', { ...base, expandK: 0.3 }, 'bad-shape', 'got 9.6'],
    ['expandV', { ...base, expandV: Number.POSITIVE_INFINITY }, 'bad-shape', 'got Infinity'],
    ['convSize', { ...base, convSize: 1.5 }, 'bad-shape', 'got 1.5'],
    ['featureMap', { ...base, featureMap: 'elu' as FeatureMap }, 'unsupported', 'got "elu"'],
    ['gateLogitNormalizer', { ...base, gateLogitNormalizer: 0 }, 'bad-value', 'got 0'],
    ['normEps', { ...base, normEps: -1 }, 'bad-value', 'got -1'],
    ['clampMin', { ...base, clampMin: 1 }, 'bad-value', 'got 1'],
  ])('refuses a wrong %s', (name, wrong, code, text) => {
    const act = () => new GlaLayer(wrong, {});
    expect(act).toThrow(GlaError);
    expect(act).toThrow(expect.objectContaining({ code, message: expect.stringContaining(text) }));
    expect(act).toThrow(name);
  });

  it('refuses missing, unknown and wrongly sized weights', () => {
    const which = first();
    const good = weights(which);
    const make = (w: Record<string, Float32Array>) => () => new GlaLayer(config(which), w);
    const { 'q_proj.weight': _, ...without } = good;
    expect(make(without)).toThrow('q_proj.weight (16 × 32) is missing');
    expect(make({ ...good, other: new Float32Array(1) })).toThrow('"other" is no weight');
    expect(make({ ...good, 'q_proj.weight': new Float32Array(3) })).toThrow(
      'q_proj.weight: expected 512 elements, got 3',
    );
    expect(make({ ...good, 'q_proj.weight': [1] as unknown as Float32Array })).toThrow(TypeError);
  });

  it('refuses wrong input before any state moves', () => {
    const which = first();
    const layer = layerOf(which);
    const x = tensor(`${which.name}.x`).data as Float32Array;
    layer.forward(x);
    const state = layer.saveState();
    expect(() => layer.forward(new Float32Array(31))).toThrow('x: expected a multiple of 32 elements, got 31');
    expect(() => layer.forward(new Float32Array(96))).toThrow('same number of tokens for 2 sequences, got 3');
    expect(() => layer.forward(x, {}, new Float32Array(1))).toThrow('out: expected');
    expect(() => layer.forward(x, { cuSeqlens: Int32Array.of(0, 5, 4) })).toThrow(GlaError);
    expect(() => layer.restoreState(new Float32Array(1))).toThrow('state: expected');
    expect(layer.saveState()).toEqual(state);
    layer.dispose();
    layer.dispose();
    expect(() => layer.forward(x)).toThrow(expect.objectContaining({ code: 'disposed' }));
  });
});
