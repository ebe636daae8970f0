import { readFileSync } from 'node:fs';
import { GGML, ggmlType } from '@gossamer/kit/gguf';
import { type GgufField, ggufFile } from '@gossamer/testkit/gguf';
import { goldenHash, goldenValues } from './golden.ts';

type BlockTensor = readonly [
  name: string,
  type: keyof typeof GGML,
  seed: number,
  shape: number[],
  how: Record<string, number>,
];

export interface BlockCase {
  readonly name: string;
  readonly tensors: readonly BlockTensor[];
  readonly ids: readonly number[];
  readonly firstRow: number;
  readonly logits: string;
  readonly argmax: readonly number[];
  readonly norms: readonly number[];
}

interface BlockModels {
  readonly config: Record<string, unknown>;
  readonly fields: Record<string, [at: number, above: number, negative: boolean][]>;
  readonly mantissas: number;
  readonly cases: readonly BlockCase[];
}

/** Models in every block type of GGUF, with the logits of `transformers` for the dequantised weights. */
export const BLOCK_MODELS = JSON.parse(
  readFileSync(new URL('fixtures/block-models.json', import.meta.url), 'utf8'),
) as BlockModels;

/** Metadata of those models, without a tokenizer. */
const BLOCK_METADATA: Readonly<Record<string, GgufField>> = {
  'general.architecture': ['string', 'lfm2'],
  'lfm2.block_count': ['u32', 4],
  'lfm2.context_length': ['u32', 128_000],
  'lfm2.embedding_length': ['u32', 256],
  'lfm2.feed_forward_length': ['u32', 512],
  'lfm2.attention.head_count': ['u32', 4],
  'lfm2.attention.head_count_kv': ['i32s', [0, 2, 0, 2]],
  'lfm2.rope.freq_base': ['f32', 1e6],
  'lfm2.attention.layer_norm_rms_epsilon': ['f32', 1e-5],
  'lfm2.vocab_size': ['u32', 256],
  'lfm2.shortconv.l_cache': ['u32', 3],
};

/** A case as a file. */
export function blockFile({ tensors }: BlockCase): Uint8Array<ArrayBuffer> {
  const data = tensors.map(tensorBytes);
  const infos = tensors.map(([name, type, , shape], i) => ({
    name,
    type: GGML[type],
    // gguf-py squeezes the middle axis of the convolution
    dims: shape.filter((size, axis) => !(axis === 1 && shape.length === 3 && size === 1)).reverse(),
    bytes: (data[i] as Uint8Array).length,
  }));
  return ggufFile({ metadata: BLOCK_METADATA, tensors: infos }, data);
}

function tensorBytes([, name, seed, shape, how]: BlockTensor): Uint8Array {
  const n = shape.reduce((a, b) => a * b, 1);
  const { block, bytes } = ggmlType(GGML[name]) as { block: number; bytes: number };
  if (block === 1) {
    const values = goldenValues(seed, n, how.scale as number, how.offset as number);
    return name === 'F32' ? new Uint8Array(values.buffer) : halves(values, name);
  }
  const out = Uint8Array.from({ length: (n / block) * bytes }, (_, i) => {
    const byte = goldenHash(i, seed) >>> 24;
    return name === 'Q8_0' && byte === 0x80 ? 0x81 : byte;
  });
  const view = new DataView(out.buffer);
  for (let b = 0; b < n / block; b++) {
    const mantissa = goldenHash(b, seed + BLOCK_MODELS.mantissas) >>> 22;
    for (const [at, above, negative] of BLOCK_MODELS.fields[name] as [number, number, boolean][]) {
      const exponent = (how.exponent as number) + above;
      view.setUint16(b * bytes + at, mantissa | (exponent << 10) | (negative ? 0x8000 : 0), true);
    }
  }
  return out;
}

/** f32 rounded to nearest even. */
function halves(values: Float32Array, name: string): Uint8Array {
  const bits = new Uint32Array(values.buffer);
  const round = (value: number, drop: number) => (value + (1 << (drop - 1)) - 1 + ((value >>> drop) & 1)) >>> drop;
  const out = Uint16Array.from(bits, (word, i) => {
    if (name === 'BF16') return round(word, 16);
    const sign = (word >>> 16) & 0x8000;
    const magnitude = word & 0x7fffffff;
    if (magnitude >= 0x38800000) return sign | (round(magnitude, 13) - 0x1c000);
    const units = Math.abs(values[i] as number) * 2 ** 24; // below 2^-14 f16 has a fixed step
    const down = Math.floor(units);
    const up = units - down > 0.5 || (units - down === 0.5 && down % 2 === 1);
    return sign | (down + +up);
  });
  return new Uint8Array(out.buffer);
}
