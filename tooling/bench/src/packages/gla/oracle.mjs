// GLA in f64, one token at a time, from the paper's formulas (arXiv 2312.06635 §4.1 eq. 3 and §4.4). Slow and obvious: what
// every contender is checked against before it is timed.

/** log of the logistic function */
const logSigmoid = (z) => Math.min(z, 0) - Math.log1p(Math.exp(-Math.abs(z)));
const swish = (z) => z / (1 + Math.exp(-z));

/**
 * S ← diag(e^g)·S + k·vᵀ, o = K^−½·Sᵀq for every head.
 *
 * @param {{ heads: number, keySize: number, valueSize: number }} shape
 * @param {ArrayLike<number>} q (heads, K) as are k and g
 * @param {ArrayLike<number>} v (heads, V)
 * @param {Float64Array} state (heads, K, V), moved on
 * @returns {Float64Array} o (heads, V)
 */
export function glaStep({ heads, keySize, valueSize }, q, k, v, g, state) {
  const o = new Float64Array(heads * valueSize);
  const scale = keySize ** -0.5;
  for (let h = 0; h < heads; h++) {
    for (let d = h * keySize; d < (h + 1) * keySize; d++) {
      const decay = Math.exp(g[d]);
      for (let e = 0; e < valueSize; e++) {
        const at = d * valueSize + e;
        state[at] = decay * state[at] + k[d] * v[h * valueSize + e];
        o[h * valueSize + e] += scale * q[d] * state[at];
      }
    }
  }
  return o;
}

/** w·x, w (rows, x.length) row-major */
export function matvec(w, x) {
  const cols = x.length;
  const y = new Float64Array(w.length / cols);
  for (let r = 0; r < y.length; r++) {
    let sum = 0;
    for (let c = 0; c < cols; c++) sum += w[r * cols + c] * x[c];
    y[r] = sum;
  }
  return y;
}

export function rmsNorm(x, weight, eps) {
  const scale = 1 / Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / x.length + eps);
  return Float64Array.from(x, (value, i) => value * scale * weight[i]);
}

/**
 * One token through a layer with an output gate.
 *
 * @param {{ heads: number, keySize: number, valueSize: number, eps: number }} shape
 * @param {(name: string) => ArrayLike<number>} weight by its name in a checkpoint, without the layer's prefix
 * @param {ArrayLike<number>} x
 * @param {Float64Array} state
 */
export function layerStep(shape, weight, x, state) {
  const project = (name) => matvec(weight(`${name}.weight`), x);
  const low = project('gk_proj.0');
  const bias = weight('gk_proj.1.bias');
  const g = matvec(weight('gk_proj.1.weight'), low).map((z, i) => logSigmoid(z + bias[i]) / 16);
  const o = glaStep(shape, project('q_proj'), project('k_proj'), project('v_proj'), g, state);
  const gate = project('g_proj');
  const norm = weight('g_norm_swish_gate.weight');
  const { heads, valueSize, eps } = shape;
  for (let h = 0; h < heads; h++) {
    const head = o.subarray(h * valueSize, (h + 1) * valueSize);
    head.set(rmsNorm(head, norm, eps));
  }
  return matvec(
    weight('o_proj.weight'),
    o.map((value, i) => value * swish(gate[i])),
  );
}

/**
 * Logits after a few tokens of a model with tied embeddings, layer by layer so that one layer's weights are held at a time.
 *
 * @param {{ layers: number, hiddenSize: number, heads: number, keySize: number, valueSize: number, eps: number }} shape
 * @param {readonly string[]} names of a layer's weights, below its prefix
 * @param {(name: string) => Promise<ArrayLike<number>>} read a weight by its name in a checkpoint
 * @param {readonly number[]} ids
 */
export async function modelLogits(shape, names, read, ids) {
  const { layers, hiddenSize, heads, keySize, valueSize, eps } = shape;
  const embeddings = await read('model.embeddings.weight');
  const xs = ids.map((id) => Float64Array.from({ length: hiddenSize }, (_, i) => embeddings[id * hiddenSize + i]));
  for (let i = 0; i < layers; i++) {
    const weights = new Map();
    for (const name of names) weights.set(name, await read(`model.layers.${i}.${name}`));
    const own = (name) => weights.get(name);
    const state = new Float64Array(heads * keySize * valueSize);
    for (const x of xs) {
      const add = (y) => {
        for (let j = 0; j < hiddenSize; j++) x[j] += y[j];
      };
      add(layerStep(shape, (name) => own(`attn.${name}`), rmsNorm(x, own('attn_norm.weight'), eps), state));
      const n = rmsNorm(x, own('mlp_norm.weight'), eps);
      const up = matvec(own('mlp.up_proj.weight'), n);
      const hidden = matvec(own('mlp.gate_proj.weight'), n).map((z, j) => swish(z) * up[j]);
      add(matvec(own('mlp.down_proj.weight'), hidden));
    }
  }
  return matvec(embeddings, rmsNorm(xs.at(-1), await read('model.norm.weight'), eps));
}
