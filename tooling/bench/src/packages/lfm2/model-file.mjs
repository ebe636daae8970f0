// Files of the shape and size of the published LFM2-350M, with random weights: the types and the mix of types are those that
// llama-quantize gives them, and so is the time that they take.
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { ggufHeader } from '@gossamer/testkit/gguf';
import { generator } from '@gossamer/testkit/random';
import { cached, repository } from '@gossamer/toolchain/cache';

const VERSION = 1;
const VOCABULARY = 65_536;
const WIDTH = 1024;
const INNER = 4608;
const LAYERS = 16;
const ATTENTION = [2, 5, 8, 10, 12, 14];
/** Layers whose ffn_down, and whose attn_v, are Q6_K in a Q4_K_M file. */
const BETTER_DOWN = [0, 1, 4, 7, 10, 13, 14, 15];
const BETTER_V = [8, 14];

const TYPES = {
  F32: { id: 0, block: 1, bytes: 4 },
  Q4_0: { id: 2, block: 32, bytes: 18 },
  Q4_K: { id: 12, block: 256, bytes: 144 },
  Q6_K: { id: 14, block: 256, bytes: 210 },
};

/** Multiply-adds of a token with each matrix, by type; what is not the head is done for every token of a prompt. */
export function macsByType(mix) {
  const macs = {};
  for (const { name, type, dims } of tensors(mix)) {
    if (dims.length < 2 || name.includes('shortconv.conv')) continue;
    const part = name === 'token_embd.weight' ? 'head' : 'body';
    macs[type] ??= { body: 0, head: 0 };
    macs[type][part] += dims[0] * dims[1];
  }
  return macs;
}

/**
 * @param {'Q4_0' | 'Q4_K_M'} mix
 * @param {(line: string) => void} log
 * @returns {Promise<string>} path of the file, written once
 */
export async function modelFile(mix, log) {
  const folder = await cached(`bench-lfm2-350m-${mix.toLowerCase()}-${VERSION}`, async (root) => {
    log(`writing a file of the shape of LFM2-350M-${mix}`);
    const out = createWriteStream(join(root, 'model.gguf'));
    const all = tensors(mix);
    out.write(
      ggufHeader({ metadata: metadata(), tensors: all.map((each) => ({ ...each, type: TYPES[each.type].id })) }),
    );
    const next = generator(mix.length);
    for (const { name, type, bytes } of all) {
      const data = content(type, bytes, name.endsWith('norm.weight'), next);
      const padded = new Uint8Array(Math.ceil(bytes / 32) * 32);
      padded.set(data);
      if (!out.write(padded)) await new Promise((resolve) => out.once('drain', () => resolve(undefined)));
    }
    out.end();
    await finished(out);
  });
  return join(folder, 'model.gguf');
}

function tensors(mix) {
  const list = [];
  const add = (name, type, ...dims) => {
    const size = dims.reduce((product, extent) => product * extent, 1);
    list.push({ name, type, dims, bytes: (size / TYPES[type].block) * TYPES[type].bytes });
  };
  const base = mix === 'Q4_0' ? 'Q4_0' : 'Q4_K';
  const better = (i, layers) => (mix === 'Q4_K_M' && layers.includes(i) ? 'Q6_K' : base);
  add('token_embd.weight', 'Q6_K', WIDTH, VOCABULARY);
  for (let i = 0; i < LAYERS; i++) {
    const put = (name, type, ...dims) => add(`blk.${i}.${name}.weight`, type, ...dims);
    put('attn_norm', 'F32', WIDTH);
    if (ATTENTION.includes(i)) {
      put('attn_q', base, WIDTH, WIDTH);
      put('attn_k', base, WIDTH, WIDTH / 2);
      put('attn_v', better(i, BETTER_V), WIDTH, WIDTH / 2);
      put('attn_output', base, WIDTH, WIDTH);
      put('attn_q_norm', 'F32', 64);
      put('attn_k_norm', 'F32', 64);
    } else {
      put('shortconv.in_proj', base, WIDTH, 3 * WIDTH);
      put('shortconv.conv', 'F32', 3, WIDTH);
      put('shortconv.out_proj', base, WIDTH, WIDTH);
    }
    put('ffn_norm', 'F32', WIDTH);
    put('ffn_gate', base, WIDTH, INNER);
    put('ffn_up', base, WIDTH, INNER);
    put('ffn_down', better(i, BETTER_DOWN), INNER, WIDTH);
  }
  add('token_embd_norm.weight', 'F32', WIDTH);
  return list;
}

function metadata() {
  const { tokens, types, merges } = vocabulary();
  return {
    'general.architecture': ['string', 'lfm2'],
    'general.name': ['string', 'random weights in the shape of LFM2-350M'],
    'lfm2.block_count': ['u32', LAYERS],
    'lfm2.context_length': ['u32', 128_000],
    'lfm2.embedding_length': ['u32', WIDTH],
    'lfm2.feed_forward_length': ['u32', INNER],
    'lfm2.attention.head_count': ['u32', 16],
    'lfm2.attention.head_count_kv': ['i32s', Array.from({ length: LAYERS }, (_, i) => (ATTENTION.includes(i) ? 8 : 0))],
    'lfm2.rope.freq_base': ['f32', 1e6],
    'lfm2.attention.layer_norm_rms_epsilon': ['f32', 1e-5],
    'lfm2.vocab_size': ['u32', VOCABULARY],
    'lfm2.shortconv.l_cache': ['u32', 3],
    'tokenizer.ggml.model': ['string', 'gpt2'],
    'tokenizer.ggml.pre': ['string', 'lfm2'],
    'tokenizer.ggml.tokens': ['strings', tokens],
    'tokenizer.ggml.token_type': ['i32s', types],
    'tokenizer.ggml.merges': ['strings', merges],
    'tokenizer.ggml.bos_token_id': ['u32', 1],
    'tokenizer.ggml.eos_token_id': ['u32', 7],
    'tokenizer.ggml.padding_token_id': ['u32', 0],
    'tokenizer.ggml.add_bos_token': ['bool', true],
    'tokenizer.ggml.add_eos_token': ['bool', false],
  };
}

/** The shared vocabulary, filled up to the published size with words that no merge reaches. */
function vocabulary() {
  const path = join(repository, 'tooling/train/vocabulary/tokenizer.json');
  const { model, added_tokens: added } = JSON.parse(readFileSync(path, 'utf8'));
  const tokens = Array.from({ length: VOCABULARY }, (_, i) => `Ġfiller${i}`);
  const types = new Int32Array(VOCABULARY).fill(1);
  for (const [token, id] of Object.entries(model.vocab)) tokens[id] = token;
  for (const { content, id, special } of added) {
    tokens[id] = content;
    types[id] = special ? 3 : 4;
  }
  return { tokens, types, merges: model.merges.map((pair) => (Array.isArray(pair) ? pair.join(' ') : pair)) };
}

/** Random blocks whose weights have mean 0 and a standard deviation of about 1/√columns. */
function content(type, bytes, norm, next) {
  if (type === 'F32') {
    const values = Float32Array.from({ length: bytes / 4 }, () => (norm ? 1 + 0.2 * (next() - 0.5) : next() - 0.5));
    return new Uint8Array(values.buffer);
  }
  const data = new Uint8Array(bytes);
  const words = new Uint32Array(data.buffer, 0, bytes >> 2);
  for (let i = 0; i < words.length; i++) words[i] = next() * 2 ** 32;
  const size = TYPES[type].bytes;
  const view = new DataView(data.buffer);
  for (let at = 0; at < bytes; at += size) {
    if (type === 'Q4_0')
      view.setUint16(at, 0x1c00 + (data[at + 2] & 0x3f), true); // about 0.004
    else if (type === 'Q4_K') {
      view.setUint16(at, 0x0c00 + (data[at + 16] & 0x3f), true); // about 0.00025, times scales of about 32
      view.setUint16(at + 2, 0x1780, true); // 7.5 times that, so that the minima centre the weights
      data.copyWithin(at + 8, at + 4, at + 8); // minima equal to the scales, but for the upper bits
    } else {
      for (let i = 192; i < 208; i++) data[at + i] = 24 + (data[at + i] & 15);
      view.setUint16(at + 208, 0x0a00, true); // about 0.00018, times scales of about 32
    }
  }
  return data;
}
