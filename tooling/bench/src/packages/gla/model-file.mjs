// A checkpoint of GLA-340M's shape with random weights: the published ones are not needed to measure speed.
import { createWriteStream } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { generator } from '@gossamer/testkit/random';
import { cached } from '@gossamer/toolchain/cache';

/** fla-hub/gla-340M-15B's config.json, without the tokens that would end a text. */
export const CONFIG = {
  model_type: 'gla',
  hidden_size: 1024,
  num_hidden_layers: 24,
  num_heads: 4,
  expand_k: 0.5,
  expand_v: 1,
  intermediate_size: 2816,
  vocab_size: 32000,
  norm_eps: 1e-6,
  hidden_act: 'swish',
  use_output_gate: true,
  tie_word_embeddings: true,
};
/** Values converted at a time. */
const CHUNK = 2 ** 20;

/** Folder of the checkpoint, made on the first call. @param {(line: string) => void} log */
export function randomCheckpoint(log) {
  return cached('bench-gla-340m-1', async (folder) => {
    log('writing a random checkpoint of GLA-340M (683 MB, kept in the cache)');
    await writeFile(join(folder, 'config.json'), JSON.stringify(CONFIG));
    await writeRandom(join(folder, 'model.safetensors'), parameters(CONFIG));
  });
}

/** Names and shapes of one layer, by their names below the layer's prefix. */
export function layerParameters(config) {
  const { hidden_size: h, num_heads: heads, intermediate_size: intermediate } = config;
  const keys = h * config.expand_k;
  const values = h * config.expand_v;
  return {
    'attn_norm.weight': [h],
    'attn.q_proj.weight': [keys, h],
    'attn.k_proj.weight': [keys, h],
    'attn.v_proj.weight': [values, h],
    'attn.g_proj.weight': [values, h],
    'attn.gk_proj.0.weight': [16, h],
    'attn.gk_proj.1.weight': [keys, 16],
    'attn.gk_proj.1.bias': [keys],
    'attn.g_norm_swish_gate.weight': [values / heads],
    'attn.o_proj.weight': [h, values],
    'mlp_norm.weight': [h],
    'mlp.gate_proj.weight': [intermediate, h],
    'mlp.up_proj.weight': [intermediate, h],
    'mlp.down_proj.weight': [h, intermediate],
  };
}

/** Names and shapes in the order of the file. */
export function parameters(config) {
  const layer = Object.entries(layerParameters(config));
  return new Map([
    ['model.embeddings.weight', [config.vocab_size, config.hidden_size]],
    ...Array.from({ length: config.num_hidden_layers }, (_, i) =>
      layer.map(([name, shape]) => [`model.layers.${i}.${name}`, shape]),
    ).flat(),
    ['model.norm.weight', [config.hidden_size]],
  ]);
}

/**
 * Norms and biases of 1; matrices uniform, with a variance of 1 over their columns, all rounded to bf16. Embeddings have a
 * variance of 1 each and what writes to the residual stream shares 1 among the layers: otherwise 24 random layers blow a
 * rounding of bf16 up to a sixth of the logits, and no check of them would mean anything.
 */
async function writeRandom(path, shapes) {
  let end = 0;
  const entries = [...shapes].map(([name, shape]) => {
    const begin = end;
    end += 2 * elements(shape);
    return [name, { dtype: 'BF16', shape, data_offsets: [begin, end] }];
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const file = createWriteStream(path);
  const write = async (bytes) => {
    if (!file.write(bytes)) await new Promise((resolve) => file.once('drain', resolve));
  };
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  await write(length);
  await write(header);
  const next = generator(340);
  for (const [name, shape] of shapes) {
    const bound = Math.sqrt(3 * variance(name, shape));
    const values = new Float32Array(Math.min(CHUNK, elements(shape))).fill(1);
    for (let left = elements(shape); left > 0; left -= CHUNK) {
      const chunk = values.subarray(0, left);
      if (shape.length > 1) for (let i = 0; i < chunk.length; i++) chunk[i] = (2 * next() - 1) * bound;
      await write(bf16(chunk));
    }
  }
  file.end();
  await finished(file);
}

function variance(name, shape) {
  if (name === 'model.embeddings.weight') return 1;
  const residual = /(o_proj|down_proj)\.weight$/.test(name);
  return 1 / shape.at(-1) / (residual ? 2 * CONFIG.num_hidden_layers : 1);
}

/** Values as bf16, rounded to nearest. */
function bf16(values) {
  const words = new Uint32Array(values.buffer, 0, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) halves[i] = (words[i] + 0x7fff + ((words[i] >>> 16) & 1)) >>> 16;
  return new Uint8Array(halves.buffer);
}

const elements = (shape) => shape.reduce((product, size) => product * size, 1);

/** Reads weights back for the oracle: independent of the loader that is measured. */
export class WeightReader {
  #file;
  #data;
  #header;

  /** @param {string} folder */
  static async open(folder) {
    const reader = new WeightReader();
    reader.#file = await open(join(folder, 'model.safetensors'));
    const length = Buffer.alloc(8);
    await reader.#file.read(length, 0, 8, 0);
    const text = Buffer.alloc(Number(length.readBigUInt64LE()));
    await reader.#file.read(text, 0, text.length, 8);
    reader.#header = JSON.parse(text.toString());
    reader.#data = 8 + text.length;
    return reader;
  }

  /** A tensor as f32. @param {string} name */
  async read(name) {
    const [begin, end] = this.#header[name].data_offsets;
    const bytes = new Uint8Array(end - begin);
    await this.#file.read(bytes, 0, bytes.length, this.#data + begin);
    const halves = new Uint16Array(bytes.buffer);
    const words = new Uint32Array(halves.length);
    for (let i = 0; i < words.length; i++) words[i] = halves[i] << 16;
    return new Float32Array(words.buffer);
  }

  async close() {
    await this.#file.close();
  }
}
