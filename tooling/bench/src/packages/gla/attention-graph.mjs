// One causal softmax-attention layer (q, k, v and o projections, 16 heads of 64) as ONNX graphs. The scale of q is folded
// into its weights, as an exporter's optimiser does.
import { uniforms } from '@gossamer/testkit/random';
import { transpose } from './matmul.mjs';
import { matvec } from './oracle.mjs';

export const HIDDEN = 1024;
export const HEADS = 16;
const HEAD_SIZE = HIDDEN / HEADS;

/** Most scores (heads × tokens²) in one operator: the peer's wasm heap of 4 GiB holds no more copies of them. */
const MOST_SCORES = 2 ** 27;
/** From here on the fused operator stops with an overflow: it counts 2·64·T² operations in a 32-bit integer. */
const FUSED_OVERFLOW = 4096;
const QUERY_BLOCK = 1024;

const range = (n) => Array.from({ length: n }, (_, i) => i);
const int64 = (...values) => ({ type: 'int64', shape: [values.length], data: BigInt64Array.from(values, BigInt) });

/** Weights (out, in) of the projections. */
export function attentionWeights() {
  const bound = Math.sqrt(3 / HIDDEN);
  return Object.fromEntries(
    ['q', 'k', 'v', 'o'].map((name, i) => [name, uniforms(20 + i, HIDDEN ** 2, -bound, bound)]),
  );
}

function frame(weights, tokens, nodes, constants) {
  const matrix = (data) => ({ type: 'float32', shape: [HIDDEN, HIDDEN], data: transpose(data, HIDDEN, HIDDEN) });
  const scaled = weights.q.map((value) => value * HEAD_SIZE ** -0.5);
  return {
    name: 'attention',
    inputs: { x: { type: 'float32', shape: [1, tokens, HIDDEN] } },
    outputs: { y: { type: 'float32', shape: [1, tokens, HIDDEN] } },
    constants: {
      wq: matrix(scaled),
      wk: matrix(weights.k),
      wv: matrix(weights.v),
      wo: matrix(weights.o),
      ...constants,
    },
    nodes: [
      ...['q', 'k', 'v'].map((name) => ({ op: 'MatMul', inputs: ['x', `w${name}`], outputs: [name] })),
      ...nodes,
      { op: 'MatMul', inputs: ['o', 'wo'], outputs: ['y'] },
    ],
  };
}

/** MatMul, mask, Softmax, MatMul over as many heads at a time as fit: all of them up to 2,048 tokens. */
export function decomposedAttention(weights, tokens) {
  const groups = groupCount(tokens);
  const parts = (name) => range(groups).map((i) => `${name}${i}`);
  const perm = (...ints) => ({ perm: { ints } });
  const nodes = [
    ...['q', 'k', 'v'].flatMap((name) => [
      { op: 'Reshape', inputs: [name, 'heads'], outputs: [`${name}h`] },
      {
        op: 'Transpose',
        inputs: [`${name}h`],
        outputs: [`${name}t`],
        attributes: name === 'k' ? perm(1, 2, 0) : perm(1, 0, 2),
      },
      { op: 'Split', inputs: [`${name}t`], outputs: parts(name), attributes: { axis: { int: 0 } } },
    ]),
    ...range(groups).flatMap((i) => [
      { op: 'MatMul', inputs: [`q${i}`, `k${i}`], outputs: [`score${i}`] },
      { op: 'Add', inputs: [`score${i}`, 'mask'], outputs: [`masked${i}`] },
      { op: 'Softmax', inputs: [`masked${i}`], outputs: [`p${i}`], attributes: { axis: { int: -1 } } },
      { op: 'MatMul', inputs: [`p${i}`, `v${i}`], outputs: [`o${i}`] },
    ]),
    { op: 'Concat', inputs: parts('o'), outputs: ['oh'], attributes: { axis: { int: 0 } } },
    { op: 'Transpose', inputs: ['oh'], outputs: ['ot'], attributes: perm(1, 0, 2) },
    { op: 'Reshape', inputs: ['ot', 'flat'], outputs: ['o'] },
  ];
  const constants = {
    heads: int64(tokens, HEADS, HEAD_SIZE),
    flat: int64(1, tokens, HIDDEN),
    mask: { type: 'float32', shape: [tokens, tokens], data: causalMask(tokens) },
  };
  const note = groups > 1 ? `${HEADS / groups} heads at a time: more do not fit the peer's heap` : undefined;
  return { graph: frame(weights, tokens, nodes, constants), note };
}

/** The runtime's own MultiHeadAttention: one operator, or one for each block of queries where one operator overflows. */
export function fusedAttention(weights, tokens) {
  const attributes = { num_heads: { int: HEADS }, scale: { float: 1 } };
  const fused = (inputs, output, more = {}) => ({
    op: 'MultiHeadAttention',
    domain: 'com.microsoft',
    inputs,
    outputs: [output],
    attributes: { ...attributes, ...more },
  });
  if (tokens < FUSED_OVERFLOW) {
    const whole = fused(['q', 'k', 'v'], 'o', { unidirectional: { int: 1 } });
    return { graph: frame(weights, tokens, [whole], {}), note: undefined };
  }
  const blocks = range(tokens / QUERY_BLOCK);
  const along = { axis: { int: 1 } };
  const nodes = [
    { op: 'Split', inputs: ['q'], outputs: blocks.map((i) => `q${i}`), attributes: along },
    ...blocks.map((i) => fused([`q${i}`, 'k', 'v', '', '', `mask${i}`], `o${i}`)),
    { op: 'Concat', inputs: blocks.map((i) => `o${i}`), outputs: ['o'], attributes: along },
  ];
  const shape = [1, 1, QUERY_BLOCK, tokens];
  const mask = (i) => ({ type: 'float32', shape, data: causalMask(tokens, i * QUERY_BLOCK, QUERY_BLOCK) });
  const constants = Object.fromEntries(blocks.map((i) => [`mask${i}`, mask(i)]));
  const note = `in blocks of ${QUERY_BLOCK} queries: from ${FUSED_OVERFLOW} tokens on the operator overflows its 32-bit count`;
  return { graph: frame(weights, tokens, nodes, constants), note };
}

function groupCount(tokens) {
  const fitting = Math.max(1, Math.floor(MOST_SCORES / tokens ** 2));
  return HEADS / Math.min(HEADS, 2 ** Math.floor(Math.log2(fitting)));
}

/** Of some tokens as queries: 0 where they may look, −10⁹ where they may not. */
function causalMask(tokens, first = 0, count = tokens) {
  const mask = new Float32Array(count * tokens);
  for (let t = 0; t < count; t++) mask.fill(-1e9, t * tokens + first + t + 1, (t + 1) * tokens);
  return mask;
}

/** y of the first tokens in f64: softmax attention token by token. */
export function attentionOracle(weights, x, tokens) {
  const keys = [];
  const values = [];
  const out = new Float64Array(tokens * HIDDEN);
  for (let t = 0; t < tokens; t++) {
    const row = x.subarray(t * HIDDEN, (t + 1) * HIDDEN);
    const q = matvec(weights.q, row);
    keys.push(matvec(weights.k, row));
    values.push(matvec(weights.v, row));
    const o = new Float64Array(HIDDEN);
    for (let h = 0; h < HIDDEN; h += HEAD_SIZE) {
      const logits = keys.map((k) => {
        let sum = 0;
        for (let d = h; d < h + HEAD_SIZE; d++) sum += q[d] * k[d];
        return sum * HEAD_SIZE ** -0.5;
      });
      const most = Math.max(...logits);
      const weight = logits.map((logit) => Math.exp(logit - most));
      const total = weight.reduce((sum, p) => sum + p, 0);
      for (const [s, v] of values.entries()) for (let d = h; d < h + HEAD_SIZE; d++) o[d] += (weight[s] / total) * v[d];
    }
    out.set(matvec(weights.o, o), t * HIDDEN);
  }
  return out;
}
