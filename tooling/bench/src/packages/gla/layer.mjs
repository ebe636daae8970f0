// One GLA layer against one causal softmax-attention layer of the same width in onnxruntime-web, over the length of the
// text: a table and a plot. The peer's layer is measured as an exporter writes it and as the runtime's fused operator.
import { GlaLayer } from '@gossamer/gla';
import { rmsRatio } from '@gossamer/testkit/bounds';
import { uniforms } from '@gossamer/testkit/random';
import { timed } from '../../harness.mjs';
import { ORT } from '../../peers/onnxruntime.mjs';
import { linePlot } from '../../plot.mjs';
import { measuredRow } from '../../rows.mjs';
import {
  attentionOracle,
  attentionWeights,
  decomposedAttention,
  fusedAttention,
  HEADS,
  HIDDEN,
} from './attention-graph.mjs';
import { layerStep } from './oracle.mjs';

const LENGTHS = [512, 2048, 4096, 8192];
const QUICK_LENGTHS = [512, 1024];
const SHAPE = { heads: 4, keySize: 128, valueSize: 256, eps: 1e-5 };
/** Tokens held against the f64 oracles; both layers are causal, so the first ones do not depend on the length. */
const CHECKED = 24;
/** RMS ratio of f32 against f64 over sums of 1,024 terms. */
const TOLERANCE = 1e-5;
/** From this length on a run of the peer takes seconds. */
const LONG = 4096;
/** Rounds of the second column from there on: the fewest whose range covers the median with 95 % (96.9 %). */
const LONG_FUSED_ROUNDS = 6;

/** @param {import('../../cli.mjs').Context} context */
export async function layer(context) {
  const rows = [];
  const weights = { gla: glaWeights(), attention: attentionWeights() };
  for (const tokens of context.quick ? QUICK_LENGTHS : LENGTHS) rows.push(...(await measure(context, weights, tokens)));
  await context.save('gla-layer.svg', plot(rows));
  return rows;
}

async function measure({ harness, peers, host, quick }, weights, tokens) {
  const x = uniforms(10, tokens * HIDDEN, -1, 1);
  const runtime = await peers.onnxRuntime();
  const ours = glaContender(weights.gla, x);
  const rows = [];
  for (const [form, build] of Object.entries({ decomposed: decomposedAttention, fused: fusedAttention })) {
    const peer =
      'unavailable' in runtime ? undefined : await peerContender(runtime, build(weights.attention, tokens), x, weights);
    const effort = tokens >= LONG && form === 'fused' && !quick ? { rounds: LONG_FUSED_ROUNDS } : {};
    const samples = await harness.compare(`layer, ${tokens} tokens, ${form}`, [ours, ...(peer ? [peer] : [])], effort);
    await peer?.release();
    rows.push(
      measuredRow({
        id: `layer-${tokens}-${form}`,
        work: `GLA layer h=${HIDDEN}, 4 heads, T=${tokens}, against ${form} softmax attention, ${HEADS} heads`,
        unit: 'ms',
        host,
        ours: samples[0],
        peerName: ORT,
        peer: samples[1] ?? runtime,
        note: peer?.note,
      }),
    );
  }
  ours.dispose();
  return rows;
}

/** Weights by name; sized so that activations stay near 1. */
function glaWeights() {
  const bound = Math.sqrt(3 / HIDDEN);
  const matrix = (seed, rows, cols = HIDDEN) => uniforms(seed, rows * cols, -bound, bound);
  return {
    'q_proj.weight': matrix(11, HIDDEN / 2),
    'k_proj.weight': matrix(12, HIDDEN / 2),
    'v_proj.weight': matrix(13, HIDDEN),
    'g_proj.weight': matrix(14, HIDDEN),
    'gk_proj.0.weight': matrix(15, 16),
    'gk_proj.1.weight': uniforms(16, (HIDDEN / 2) * 16, -0.5, 0.5),
    'gk_proj.1.bias': uniforms(17, HIDDEN / 2, -1, 3),
    'g_norm_swish_gate.weight': uniforms(18, SHAPE.valueSize, 0.5, 1.5),
    'o_proj.weight': matrix(19, HIDDEN),
  };
}

function glaContender(weights, x) {
  const layer = new GlaLayer({ hiddenSize: HIDDEN, heads: SHAPE.heads }, weights);
  const y = new Float32Array(x.length);
  const run = () => {
    layer.reset();
    layer.forward(x, {}, y);
  };
  return {
    name: 'gla',
    work: x.length / HIDDEN,
    check: () => {
      run();
      const state = new Float64Array(SHAPE.heads * SHAPE.keySize * SHAPE.valueSize);
      for (let t = 0; t < CHECKED; t++) {
        const row = x.subarray(t * HIDDEN, (t + 1) * HIDDEN);
        expectClose(
          y.subarray(t * HIDDEN, (t + 1) * HIDDEN),
          layerStep(SHAPE, (name) => weights[name], row, state),
        );
      }
    },
    time: timed(run),
    dispose: () => layer.dispose(),
  };
}

async function peerContender(runtime, { graph, note }, x, weights) {
  const expected = attentionOracle(weights.attention, x, CHECKED);
  const prepared = await runtime.prepare(graph);
  return {
    name: ORT,
    work: x.length / HIDDEN,
    long: x.length / HIDDEN >= LONG,
    check: async () => expectClose((await prepared.run(x)).subarray(0, expected.length), expected),
    time: timed(() => prepared.run(x)),
    release: () => prepared.release(),
    note,
  };
}

function expectClose(got, want) {
  const ratio = rmsRatio(got, want);
  if (!(ratio < TOLERANCE)) throw new Error(`expected an RMS ratio below ${TOLERANCE} to the f64 oracle, got ${ratio}`);
}

function plot(rows) {
  const tokens = ({ id }) => Number(id.split('-')[1]);
  const of = (form) => rows.filter(({ id }) => id.endsWith(form));
  const points = (some, value) => some.filter((row) => value(row) !== null).map((row) => [tokens(row), value(row)]);
  return linePlot({
    title: `One layer, width ${HIDDEN}, one thread`,
    x: 'tokens',
    y: 'ms',
    lines: [
      { name: '@gossamer/gla', points: points(of('decomposed'), ({ ours }) => ours) },
      { name: 'softmax attention, decomposed (onnxruntime-web)', points: points(of('decomposed'), ({ peer }) => peer) },
      { name: 'softmax attention, fused (onnxruntime-web)', points: points(of('fused'), ({ peer }) => peer) },
    ],
  });
}
