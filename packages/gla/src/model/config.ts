import { isCount, show } from '@gossamer/kit/errors';
import { GlaError } from '../errors.ts';
import { type FeatureMap, type LayerShape, layerShape } from '../layer-config.ts';

/** What a GLA language model's `config.json` says, checked, with the reference's defaults filled in. */
export interface GlaConfig {
  /** Shape of every attention layer. */
  readonly layer: LayerShape;
  readonly layers: number;
  /** Width I of the gated MLP. */
  readonly intermediateSize: number;
  readonly vocabSize: number;
  /** ε of all norms. */
  readonly normEps: number;
  readonly tieWordEmbeddings: boolean;
  readonly bosTokenId: number | undefined;
  /** Tokens that end a text. */
  readonly eosTokenIds: readonly number[];
}

const MAX_LAYERS = 4096;
const MAX_VOCAB = 2 ** 24;

type Json = Record<string, unknown>;

/**
 * Reads the `config.json` of a checkpoint in flash-linear-attention's format (fla/models/gla/configuration_gla.py).
 * An option that would change the result and that we do not compute is refused, not ignored.
 */
export function parseConfig(text: string): GlaConfig {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new GlaError('bad-file', `config.json: expected JSON: ${(cause as Error).message}`, { cause });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new GlaError('bad-file', `config.json: expected an object, got ${show(json)}`);
  }
  const config = json as Json;
  refuse(config, 'model_type', 'gla', (v) => v === undefined || v === 'gla');
  refuse(config, 'hidden_act', 'swish', (v) => v === undefined || v === 'swish' || v === 'silu');
  refuse(config, 'use_gk', 'true', (v) => v === undefined || v === true);
  refuse(config, 'use_gv', 'false', (v) => v === undefined || v === false);
  refuse(config, 'attn', 'null (no softmax-attention layers)', (v) => v == null);
  refuse(config, 'attnres_block_size', 'null', (v) => v == null);
  const hiddenSize = integer(config, 'hidden_size', 2048);
  // Older files say rms_norm_eps; the present reference ignores that key.
  const normEps = real(
    config,
    config.norm_eps === undefined && config.rms_norm_eps !== undefined ? 'rms_norm_eps' : 'norm_eps',
    1e-6,
  );
  const clampMin = config.clamp_min == null ? null : real(config, 'clamp_min', 0);
  const layer = layerShape({
    hiddenSize,
    heads: integer(config, 'num_heads', 4),
    kvHeads: config.num_kv_heads == null ? integer(config, 'num_heads', 4) : integer(config, 'num_kv_heads', 4),
    expandK: real(config, 'expand_k', 0.5),
    expandV: real(config, 'expand_v', 1),
    featureMap: featureMap(config.feature_map),
    convSize: flag(config, 'use_short_conv', false) ? integer(config, 'conv_size', 4) : null,
    outputGate: flag(config, 'use_output_gate', true),
    // null is what the reference's signature allows for "no".
    elementwiseAffine: config.elementwise_affine !== null && flag(config, 'elementwise_affine', true),
    clampMin,
    gateLogitNormalizer: real(config, 'gate_logit_normalizer', 16),
    gateLowRankDim: integer(config, 'gate_low_rank_dim', 16),
    normEps,
  });
  const vocabSize = integer(config, 'vocab_size', 32000, MAX_VOCAB);
  return {
    layer,
    layers: integer(config, 'num_hidden_layers', 24, MAX_LAYERS),
    intermediateSize: intermediateSize(config, hiddenSize),
    vocabSize,
    normEps,
    tieWordEmbeddings: flag(config, 'tie_word_embeddings', false),
    bosTokenId: tokenIds(config, 'bos_token_id', vocabSize)[0],
    eosTokenIds: tokenIds(config, 'eos_token_id', vocabSize),
  };
}

/** 256·⌈⌊h·ratio·2/3⌋ / 256⌉ unless the file gives it (fla/modules/mlp.py). */
function intermediateSize(config: Json, hiddenSize: number): number {
  if (config.intermediate_size != null) return integer(config, 'intermediate_size', 0);
  const ratio = config.hidden_ratio == null ? 4 : real(config, 'hidden_ratio', 4);
  const size = 256 * Math.ceil(Math.floor((hiddenSize * ratio * 2) / 3) / 256);
  if (!isCount(size) || size > 2 ** 20) {
    throw new GlaError('bad-file', `config.json: hidden_ratio: expected a positive ratio, got ${show(ratio)}`);
  }
  return size;
}

function refuse(config: Json, key: string, expected: string, holds: (value: unknown) => boolean): void {
  if (!holds(config[key])) {
    throw new GlaError('unsupported', `config.json: ${key}: expected ${expected}, got ${show(config[key])}`);
  }
}

function integer(config: Json, key: string, fallback: number, most = 2 ** 20): number {
  const value = config[key] ?? fallback;
  if (!isCount(value) || value > most) {
    throw new GlaError('bad-file', `config.json: ${key}: expected an integer from 1 to ${most}, got ${show(value)}`);
  }
  return value;
}

function real(config: Json, key: string, fallback: number): number {
  const value = config[key] ?? fallback;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new GlaError('bad-file', `config.json: ${key}: expected a finite number, got ${show(value)}`);
  }
  return value;
}

function flag(config: Json, key: string, fallback: boolean): boolean {
  const value = config[key] ?? fallback;
  if (typeof value !== 'boolean') {
    throw new GlaError('bad-file', `config.json: ${key}: expected true or false, got ${show(value)}`);
  }
  return value;
}

function featureMap(value: unknown): FeatureMap | null {
  if (value == null) return null;
  return (value === 'silu' ? 'swish' : value) as FeatureMap; // checked by layerShape
}

function tokenIds(config: Json, key: string, vocabSize: number): number[] {
  const value = config[key];
  const ids = value == null ? [] : Array.isArray(value) ? value : [value];
  for (const id of ids) {
    if (!isCount(id, 0) || id >= vocabSize) {
      throw new GlaError('bad-file', `config.json: ${key}: expected token ids below ${vocabSize}, got ${show(value)}`);
    }
  }
  return ids as number[];
}
