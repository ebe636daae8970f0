import type { Lfm2Config } from './config.ts';

/** A parameter of a model: its names in the two formats, its shape, and what becomes of it in memory. */
export interface Parameter {
  /** Name in a checkpoint of `transformers`; also the name by which the network finds it. */
  readonly name: string;
  /** Names in a GGUF file, the usual one first. */
  readonly gguf: readonly string[];
  /** As PyTorch writes it: (rows, columns) of a matrix. A GGUF file may leave out dimensions of 1. */
  readonly shape: readonly number[];
  /** A matrix is packed in its own type, a vector becomes f32, taps become f32 with time first. */
  readonly kind: 'matrix' | 'vector' | 'taps';
}

/** Every parameter of a model, in the order of the layers. */
export function modelParameters(config: Lfm2Config): Parameter[] {
  const { vocabSize, hiddenSize: d, intermediateSize, heads, kvHeads, headDim, convLength, convBias } = config;
  const parameters: Parameter[] = [
    { name: 'model.embed_tokens.weight', gguf: ['token_embd.weight'], shape: [vocabSize, d], kind: 'matrix' },
  ];
  config.layerTypes.forEach((type, i) => {
    const add = (name: string, gguf: string, kind: Parameter['kind'], ...shape: number[]) =>
      parameters.push({ name: `model.layers.${i}.${name}`, gguf: [`blk.${i}.${gguf}`], shape, kind });
    add('operator_norm.weight', 'attn_norm.weight', 'vector', d);
    if (type === 'conv') {
      const addBias = (name: string, size: number) => {
        if (convBias) add(`conv.${name}.bias`, `shortconv.${name}.bias`, 'vector', size);
      };
      add('conv.in_proj.weight', 'shortconv.in_proj.weight', 'matrix', 3 * d, d);
      addBias('in_proj', 3 * d);
      add('conv.conv.weight', 'shortconv.conv.weight', 'taps', d, 1, convLength);
      addBias('conv', d);
      add('conv.out_proj.weight', 'shortconv.out_proj.weight', 'matrix', d, d);
      addBias('out_proj', d);
    } else {
      add('self_attn.q_proj.weight', 'attn_q.weight', 'matrix', heads * headDim, d);
      add('self_attn.k_proj.weight', 'attn_k.weight', 'matrix', kvHeads * headDim, d);
      add('self_attn.v_proj.weight', 'attn_v.weight', 'matrix', kvHeads * headDim, d);
      add('self_attn.out_proj.weight', 'attn_output.weight', 'matrix', d, heads * headDim);
      add('self_attn.q_layernorm.weight', 'attn_q_norm.weight', 'vector', headDim);
      add('self_attn.k_layernorm.weight', 'attn_k_norm.weight', 'vector', headDim);
    }
    add('ffn_norm.weight', 'ffn_norm.weight', 'vector', d);
    add('feed_forward.w1.weight', 'ffn_gate.weight', 'matrix', intermediateSize, d);
    add('feed_forward.w3.weight', 'ffn_up.weight', 'matrix', intermediateSize, d);
    add('feed_forward.w2.weight', 'ffn_down.weight', 'matrix', d, intermediateSize);
  });
  // In GGUF the final norm is called after the embedding; some files say output_norm.
  const finalNorm = ['token_embd_norm.weight', 'output_norm.weight'];
  parameters.push({ name: 'model.embedding_norm.weight', gguf: finalNorm, shape: [d], kind: 'vector' });
  if (!config.tieWordEmbeddings) {
    parameters.push({ name: 'lm_head.weight', gguf: ['output.weight'], shape: [vocabSize, d], kind: 'matrix' });
  }
  return parameters;
}
