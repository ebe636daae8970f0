import { show } from '@gossamer/kit/errors';
import { fail } from '../errors.ts';
import { checkConfig, type LayerType, type Lfm2Config } from './config.ts';

type Json = Record<string, unknown>;

const FILE = 'config.json';

/**
 * Reads the `config.json` of a checkpoint in the format of `transformers` (`Lfm2Config`), with the keys of older files. An
 * option that would change the result and that is not computed here is refused, not ignored.
 *
 * @throws `bad-file`, `unsupported`
 */
export function configFromJson(text: string): Lfm2Config {
  const config = parseObject(text, FILE);
  expect(config, 'model_type', 'lfm2', (v) => v === undefined || v === 'lfm2');
  expect(config, 'rope_scaling', 'null', (v) => v == null || isPlainRope(v));
  const rope = config.rope_parameters;
  if (rope != null) expect(config, 'rope_parameters', 'the default type', isPlainRope);
  const hiddenSize = number(config, ['hidden_size'], 2560);
  const heads = number(config, ['num_attention_heads'], 32);
  return checkConfig(
    {
      vocabSize: number(config, ['vocab_size'], 65536),
      hiddenSize,
      intermediateSize: intermediateSize(config),
      heads,
      kvHeads: number(config, ['num_key_value_heads'], 8),
      headDim: number(config, ['head_dim'], hiddenSize / heads),
      layerTypes: layerTypes(config),
      convLength: number(config, ['conv_L_cache'], 3),
      convBias: flag(config, ['conv_bias'], false),
      normEps: number(config, ['norm_eps', 'block_norm_eps'], 1e-5),
      ropeTheta: number((rope ?? {}) as Json, ['rope_theta'], number(config, ['rope_theta', 'theta'], 1e6)),
      contextLength: number(config, ['max_position_embeddings'], 128_000),
      tieWordEmbeddings: flag(config, ['tie_word_embeddings', 'tie_embedding'], true),
    },
    FILE,
  );
}

/** Parses a JSON file that must be an object. */
export function parseObject(text: string, file: string): Json {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw fail('bad-file', `${file}: expected JSON: ${(cause as Error).message}`, { cause });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw fail('bad-file', `${file}: expected an object, got ${show(json)}`);
  }
  return json as Json;
}

/** Token ids of a configuration's key: one, a list, or none. */
export function tokenIds(config: Json, key: string, vocabSize: number, file: string): number[] {
  const value = config[key];
  const ids = value == null ? [] : Array.isArray(value) ? value : [value];
  for (const id of ids) {
    if (!Number.isInteger(id) || id < 0 || id >= vocabSize) {
      throw fail('bad-file', `${file}: ${key}: expected token ids below ${vocabSize}, got ${show(value)}`);
    }
  }
  return ids as number[];
}

/** The size that `Lfm2MLP` makes of the file's: two thirds, times a factor, rounded up to a multiple, where it says so. */
function intermediateSize(config: Json): number {
  const size = number(config, ['block_ff_dim', 'intermediate_size'], 12288);
  if (!flag(config, ['block_auto_adjust_ff_dim'], true)) return size;
  const multiple = number(config, ['block_multiple_of'], 256);
  const factor = number(config, ['block_ffn_dim_multiplier'], 1);
  const adjusted = Math.trunc(factor * Math.trunc((2 * size) / 3));
  // A null factor leaves the size unrounded in the reference.
  return config.block_ffn_dim_multiplier === null ? adjusted : multiple * Math.ceil(adjusted / multiple);
}

function layerTypes(config: Json): LayerType[] {
  const { layer_types: types, full_attn_idxs: indices } = config;
  const count = config.num_hidden_layers;
  if (Array.isArray(types)) {
    if (count !== undefined && count !== types.length) {
      throw fail('bad-file', `${FILE}: expected ${show(count)} layer_types, got ${types.length}`);
    }
    return types.map((type) => {
      if (type === 'conv') return 'conv';
      if (type === 'full_attention') return 'attention';
      throw fail('unsupported', `${FILE}: layer_types: expected conv or full_attention, got ${show(type)}`);
    });
  }
  const layers = number(config, ['num_hidden_layers'], 32);
  if (!Number.isInteger(layers) || layers < 1 || layers > 1024) {
    throw fail('bad-file', `${FILE}: num_hidden_layers: expected 1 to 1024, got ${layers}`);
  }
  if (indices != null && !Array.isArray(indices)) {
    throw fail('bad-file', `${FILE}: full_attn_idxs: expected a list, got ${show(indices)}`);
  }
  const attention = new Set<unknown>(indices ?? Array.from({ length: layers }, (_, i) => i));
  return Array.from({ length: layers }, (_, i) => (attention.has(i) ? 'attention' : 'conv'));
}

function isPlainRope(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const type = (value as Json).rope_type ?? (value as Json).type;
  return type === undefined || type === 'default';
}

function expect(config: Json, key: string, expected: string, holds: (value: unknown) => boolean): void {
  if (!holds(config[key])) {
    throw fail('unsupported', `${FILE}: ${key}: expected ${expected}, got ${show(config[key])}`);
  }
}

/** The first of `keys` that the file has. */
function number(config: Json, keys: readonly string[], fallback: number): number {
  const key = keys.find((key) => config[key] != null);
  const value = key === undefined ? fallback : config[key];
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw fail('bad-file', `${FILE}: ${key}: expected a finite number, got ${show(value)}`);
  }
  return value;
}

function flag(config: Json, keys: readonly string[], fallback: boolean): boolean {
  const key = keys.find((key) => config[key] != null);
  const value = key === undefined ? fallback : config[key];
  if (typeof value !== 'boolean') {
    throw fail('bad-file', `${FILE}: ${key}: expected true or false, got ${show(value)}`);
  }
  return value;
}
