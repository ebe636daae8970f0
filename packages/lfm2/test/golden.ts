import { json, type RawTensor, safetensors } from '@gossamer/testkit/checkpoint';
import type { Lfm2Config } from '../src/model/config.ts';
import { modelParameters } from '../src/model/parameters.ts';

/** `n` weights of a seed: a hash of index and seed, scaled and moved. The same in Python (tooling/reference/lfm2). */
export function goldenValues(seed: number, n: number, scale: number, offset: number): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => (goldenHash(i, seed) / 2 ** 32 - 0.5) * 2 * scale + offset);
}

/** 32 bits of index and seed. */
export function goldenHash(i: number, seed: number): number {
  let h = Math.imul(i + 1, 2654435761) ^ Math.imul(seed, 0x9e3779b9);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  h ^= h >>> 12;
  h = Math.imul(h, 0x297a2d39);
  return (h ^ (h >>> 15)) >>> 0;
}

/** Weights of a model by name: norms around 1, embedding and head of scale 1, biases 0.5, all others 1.5/√(last
 * dimension). */
function goldenWeights(
  config: Lfm2Config,
  firstSeed = 1,
): Map<string, { shape: readonly number[]; values: Float32Array }> {
  const weights = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  let seed = firstSeed;
  for (const { name, shape } of modelParameters(config)) {
    const n = shape.reduce((a, b) => a * b, 1);
    const isNorm = /norm/.test(name);
    const scale = scaleOf(name, shape);
    weights.set(name, { shape, values: goldenValues(seed++, n, scale, isNorm ? 1 : 0) });
  }
  return weights;
}

function scaleOf(name: string, shape: readonly number[]): number {
  if (/norm/.test(name)) return 0.1;
  if (/embed_tokens|lm_head/.test(name)) return 1;
  return name.endsWith('.bias') ? 0.5 : 1.5 / Math.sqrt(shape.at(-1) as number);
}

/** A checkpoint in f32 with those weights, and a config.json as `transformers` writes it. */
export function goldenFolder(
  config: Lfm2Config,
  firstSeed = 1,
  written: Record<string, unknown> = configJson(config),
): Record<string, Uint8Array> {
  const tensors = new Map<string, RawTensor>();
  for (const [name, { shape, values }] of goldenWeights(config, firstSeed)) {
    tensors.set(name, { dtype: 'F32', shape, bytes: new Uint8Array(values.buffer) });
  }
  return { 'config.json': json(written), 'model.safetensors': safetensors(tensors) };
}

/** What `transformers` calls the fields of a configuration. */
function configJson(config: Lfm2Config): Record<string, unknown> {
  return {
    model_type: 'lfm2',
    vocab_size: config.vocabSize,
    hidden_size: config.hiddenSize,
    intermediate_size: config.intermediateSize,
    block_auto_adjust_ff_dim: false,
    num_hidden_layers: config.layerTypes.length,
    num_attention_heads: config.heads,
    num_key_value_heads: config.kvHeads,
    layer_types: config.layerTypes.map((type) => (type === 'conv' ? 'conv' : 'full_attention')),
    conv_L_cache: config.convLength,
    conv_bias: config.convBias,
    norm_eps: config.normEps,
    rope_parameters: { rope_theta: config.ropeTheta, rope_type: 'default' },
    max_position_embeddings: config.contextLength,
    tie_word_embeddings: config.tieWordEmbeddings,
  };
}

/** The tiny model of the golden values. */
export const TINY: Lfm2Config = {
  vocabSize: 64,
  hiddenSize: 32,
  intermediateSize: 48,
  heads: 4,
  kvHeads: 2,
  headDim: 8,
  layerTypes: ['conv', 'conv', 'attention', 'conv'],
  convLength: 3,
  convBias: false,
  normEps: 1e-5,
  ropeTheta: 1e6,
  contextLength: 512,
  tieWordEmbeddings: true,
};
