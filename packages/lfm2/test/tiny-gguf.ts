import { GGML } from '@gossamer/kit/gguf';
import type { GgufField, GgufSpec } from '@gossamer/testkit/gguf';
import { uniforms } from '@gossamer/testkit/random';
import { modelParameters } from '../src/model/parameters.ts';
import { TINY } from './golden.ts';

export const METADATA: Record<string, GgufField> = {
  'general.architecture': ['string', 'lfm2'],
  'lfm2.block_count': ['u32', 4],
  'lfm2.context_length': ['u32', 512],
  'lfm2.embedding_length': ['u32', 32],
  'lfm2.feed_forward_length': ['u32', 64],
  'lfm2.attention.head_count': ['u32', 4],
  'lfm2.attention.head_count_kv': ['i32s', [0, 0, 2, 0]],
  'lfm2.rope.freq_base': ['f32', 1e6],
  'lfm2.attention.layer_norm_rms_epsilon': ['f32', 1e-5],
  'lfm2.shortconv.l_cache': ['u32', 3],
  'tokenizer.ggml.model': ['string', 'gpt2'],
  'tokenizer.ggml.pre': ['string', 'lfm2'],
  'tokenizer.ggml.tokens': ['strings', Array.from({ length: 60 }, (_, i) => String.fromCodePoint(0x21 + i))],
  'tokenizer.ggml.merges': ['strings', []],
  'tokenizer.ggml.bos_token_id': ['u32', 1],
  'tokenizer.ggml.eos_token_id': ['u32', 7],
};

/** The tiny model with Q8_0 and Q4_0 matrices: about 30 kB. */
export function tiny(): { spec: GgufSpec; data: Uint8Array[] } {
  const data: Uint8Array[] = [];
  const tensors = modelParameters({ ...TINY, intermediateSize: 64 }).map(({ gguf, shape, kind }, index) => {
    const n = shape.reduce((a, b) => a * b, 1);
    const type = kind !== 'matrix' ? 'F32' : index % 2 === 0 ? 'Q8_0' : 'Q4_0';
    const stride = type === 'Q8_0' ? 34 : 18;
    const bytes =
      type === 'F32'
        ? new Uint8Array(uniforms(index, n, 0.5, 1).buffer)
        : Uint8Array.from(uniforms(index, (n / 32) * stride, 1, 120), (value, i) =>
            i % stride === 0 ? 0 : i % stride === 1 ? 0x18 : value,
          );
    data.push(bytes);
    const dims = shape.filter((size, axis) => !(shape.length === 3 && axis === 1 && size === 1)).reverse();
    return { name: gguf[0] as string, type: GGML[type], dims, bytes: bytes.length };
  });
  return { spec: { metadata: METADATA, tensors }, data };
}
