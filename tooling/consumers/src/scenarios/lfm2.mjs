import { Lfm2Model } from '@gossamer/lfm2';

/** Four layers with weights from a hash; float32 logits of transformers 5.18 after these tokens, and what it says next. */
const [V, D, F] = [64, 32, 48];
const LAYERS = ['conv', 'conv', 'full_attention', 'conv'];
const PROMPT = [1, 6, 23, 42, 7, 63, 12];
const LOGITS = [-0.291777, -5.983472, -1.794941, -2.802011, -2.03998, 0.36186, 5.33608, 1.920026];
const GREEDY = [25, 12, 42, 24, 32, 43, 43, 60];

export async function scenario() {
  const model = await Lfm2Model.load(files(), { cache: 'f32' });
  const logits = (await model.logits(PROMPT)).subarray((PROMPT.length - 1) * V);
  const session = model.session();
  await session.prefill(PROMPT.slice(0, 3));
  await session.prefill(PROMPT.slice(3));
  const fork = await session.fork();
  const greedy = [];
  const options = { preset: 'greedy', maxTokens: GREEDY.length };
  for await (const { token } of session.generate(options)) greedy.push(token);
  const again = [];
  for await (const { token } of fork.generate({ ...options, speculate: 4 })) again.push(token);
  const { variant } = model;
  model.dispose();
  return {
    variant,
    checks: [
      { name: 'logits', got: [...logits.subarray(0, 8)], want: LOGITS, within: 2e-5 },
      { name: 'greedy', got: greedy, want: GREEDY },
      { name: 'greedy, guessed', got: again, want: GREEDY },
    ],
  };
}

/** A checkpoint of transformers, in memory. */
function files() {
  const config = {
    model_type: 'lfm2',
    vocab_size: V,
    hidden_size: D,
    intermediate_size: F,
    block_auto_adjust_ff_dim: false,
    num_hidden_layers: LAYERS.length,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    layer_types: LAYERS,
    conv_L_cache: 3,
    norm_eps: 1e-5,
    rope_parameters: { rope_theta: 1e6, rope_type: 'default' },
    max_position_embeddings: 512,
    tie_word_embeddings: true,
  };
  return { 'config.json': new TextEncoder().encode(JSON.stringify(config)), 'model.safetensors': weights() };
}

function weights() {
  const tensors = [];
  const add = (name, ...shape) => tensors.push([`model.${name}.weight`, shape]);
  add('embed_tokens', V, D);
  for (const [i, type] of LAYERS.entries()) {
    const put = (name, ...shape) => add(`layers.${i}.${name}`, ...shape);
    put('operator_norm', D);
    if (type === 'conv') {
      put('conv.in_proj', 3 * D, D);
      put('conv.conv', D, 1, 3);
      put('conv.out_proj', D, D);
    } else {
      put('self_attn.q_proj', D, D);
      put('self_attn.k_proj', 16, D);
      put('self_attn.v_proj', 16, D);
      put('self_attn.out_proj', D, D);
      put('self_attn.q_layernorm', 8);
      put('self_attn.k_layernorm', 8);
    }
    put('ffn_norm', D);
    put('feed_forward.w1', F, D);
    put('feed_forward.w3', F, D);
    put('feed_forward.w2', D, F);
  }
  add('embedding_norm', D);
  const header = {};
  const data = [];
  for (const [i, [name, shape]] of tensors.entries()) {
    const count = shape.reduce((product, size) => product * size, 1);
    const norm = name.includes('norm');
    const scale = norm ? 0.1 : i === 0 ? 1 : 1.5 / Math.sqrt(shape.at(-1));
    const at = data.length * 4;
    for (let j = 0; j < count; j++) data.push((hash(j, i + 1) / 2 ** 32 - 0.5) * 2 * scale + (norm ? 1 : 0));
    header[name] = { dtype: 'F32', shape, data_offsets: [at, data.length * 4] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header).padEnd(8192));
  const file = new Uint8Array(8 + text.length + data.length * 4);
  new DataView(file.buffer).setUint32(0, text.length, true);
  file.set(text, 8);
  file.set(new Uint8Array(Float32Array.from(data).buffer), 8 + text.length);
  return file;
}

function hash(i, seed) {
  let h = Math.imul(i + 1, 2654435761) ^ Math.imul(seed, 0x9e3779b9);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  h ^= h >>> 12;
  h = Math.imul(h, 0x297a2d39);
  return (h ^ (h >>> 15)) >>> 0;
}
