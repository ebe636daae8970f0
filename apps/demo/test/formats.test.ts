import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Lfm2Model } from '@gossamer/lfm2';
import { readTensors } from '@gossamer/testkit/fixtures';
import { GgufBytes } from '@gossamer/testkit/gguf';
import { afterAll, describe, expect, it } from 'vitest';
// @ts-expect-error: plain JavaScript, without declarations
import { bitsPerByte } from '../src/gla/held-out.mjs';

const folder = fileURLToPath(new URL('../models/lfm2-tales', import.meta.url));
const heldOut = fileURLToPath(new URL('../models/gla-tales/held-out.txt', import.meta.url));
const { formats } = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8'));
const made = mkdtempSync(join(tmpdir(), 'gossamer-formats-'));
afterAll(() => rmSync(made, { recursive: true }));

const NAMES: Record<string, string> = {
  operator_norm: 'attn_norm',
  w1: 'ffn_gate',
  w2: 'ffn_down',
  w3: 'ffn_up',
  q_proj: 'attn_q',
  k_proj: 'attn_k',
  v_proj: 'attn_v',
  q_layernorm: 'attn_q_norm',
  k_layernorm: 'attn_k_norm',
};

/** What the converter calls a tensor of a checkpoint. */
function ggufName(name: string): string {
  if (name === 'model.embed_tokens.weight') return 'token_embd.weight';
  if (name === 'model.embedding_norm.weight') return 'token_embd_norm.weight';
  const [, , layer, part, inner] = name.split('.') as [string, string, string, string, string];
  if (part === 'conv') return `blk.${layer}.shortconv.${inner}.weight`;
  if (inner === 'out_proj') return `blk.${layer}.attn_output.weight`;
  const own = inner === 'weight' ? part : inner;
  return `blk.${layer}.${NAMES[own] ?? own}.weight`;
}

/** The f16 of an f32 that is one. */
function f16(value: number): number {
  const word = new Uint32Array(Float32Array.of(value).buffer)[0] as number;
  const magnitude = word & 0x7fffffff;
  const sign = (word >>> 16) & 0x8000;
  if (magnitude >= 0x38800000) return sign | ((magnitude - 0x38000000) >>> 13);
  return sign | Math.round(Math.abs(value) * 2 ** 24);
}

/** To the nearest f16, as numpy rounds. */
function toF16(value: number): number {
  const rounded = Math.fround(value);
  const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(rounded) || 1)));
  const unit = 2 ** (exponent - 10);
  const units = Math.abs(rounded) / unit;
  const down = Math.floor(units);
  const up = units - down > 0.5 || (units - down === 0.5 && down % 2 === 1);
  return f16(Math.sign(rounded) * (down + +up) * unit);
}

function halves(values: Float32Array): Uint8Array {
  return new Uint8Array(Uint16Array.from(values, f16).buffer);
}

/** Blocks of 32 as gguf-py rounds them: d = max/127, halves away from zero, d kept as f16. */
function blocks(values: Float32Array): Uint8Array {
  const out = new DataView(new ArrayBuffer((values.length / 32) * 34));
  for (let b = 0; b < values.length / 32; b++) {
    const block = values.subarray(b * 32, b * 32 + 32);
    const d = Math.fround(Math.max(...block.map(Math.abs)) / 127);
    const inverse = d === 0 ? 0 : Math.fround(1 / d);
    out.setUint16(b * 34, toF16(d), true);
    for (const [i, value] of block.entries()) {
      const scaled = Math.fround(value * inverse);
      out.setInt8(b * 34 + 2 + i, Math.sign(scaled) * Math.floor(Math.abs(scaled) + 0.5));
    }
  }
  return new Uint8Array(out.buffer);
}

const FORMATS = {
  F16: { fileType: 1, type: 1, bytes: halves },
  Q8_0: { fileType: 7, type: 8, bytes: blocks },
} as const;

/** The file as the reference writer in Python makes it: keys of the stored Q4_K_M file, tensors of the checkpoint. */
function rebuild(format: keyof typeof FORMATS): Uint8Array<ArrayBuffer> {
  const { fileType, type, bytes } = FORMATS[format];
  const stored = readFileSync(join(folder, 'lfm2-tales-Q4_K_M.gguf'));
  const first = stored.indexOf('token_embd.weight') - 8; // behind the keys, before the length of the first name
  const keys = Uint8Array.from(stored.subarray(24, first));
  const key = Buffer.from(keys.buffer).indexOf('general.file_type') + 'general.file_type'.length + 4;
  new DataView(keys.buffer).setUint32(key, fileType, true);
  const tensors = [...readTensors(join(folder, 'model.safetensors'))].map(([name, { shape, data }]) => {
    const bits = Uint32Array.from(data as Uint16Array, (half) => half << 16);
    const values = new Float32Array(bits.buffer);
    const matrix = shape.length === 2;
    return {
      name: ggufName(name),
      type: matrix ? type : 0,
      dims: shape.filter((size, axis) => !(axis === 1 && shape.length === 3 && size === 1)).reverse(),
      data: matrix ? bytes(values) : new Uint8Array(values.buffer),
    };
  });
  const order = (name: string) => stored.indexOf(name);
  tensors.sort((a, b) => order(a.name) - order(b.name));
  const out = new GgufBytes().bytes(stored.subarray(0, 24)).bytes(keys);
  let offset = 0;
  for (const { name, type: id, dims, data } of tensors) {
    out.string(name).u32(dims.length);
    for (const size of dims) out.u64(size);
    out.u32(id).u64(offset);
    offset += Math.ceil(data.length / 32) * 32;
  }
  out.pad(32);
  for (const { data } of tensors) out.bytes(data).pad(32);
  return out.join();
}

describe('the formats of lfm2-tales that are not stored', { timeout: 180_000 }, () => {
  it.each(['F16', 'Q8_0'] as const)(
    '%s: has the bytes of the reference writer, and its bits per byte',
    async (format) => {
      const file = rebuild(format);
      const want = formats[format];
      expect(file.length).toBe(want.bytes);
      expect(createHash('sha256').update(file).digest('hex')).toBe(want.sha256);
      const path = join(made, want.file);
      writeFileSync(path, file);
      const model = await Lfm2Model.load(path);
      const got = await bitsPerByte(model, heldOut);
      // As stored f32 rounding alone; Q8_0 multiplies int8 activations, a hundredth of what a bit costs.
      expect(Math.abs(got.bitsPerByte - want.heldOut.bitsPerByte)).toBeLessThan(format === 'F16' ? 1e-3 : 5e-3);
      model.dispose();
    },
  );
});
