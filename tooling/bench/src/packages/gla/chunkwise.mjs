// The chunkwise recurrence through the public API, at H = 4, K = 128, V = 256: against a scalar recurrence in JavaScript,
// against chunked PyTorch on the CPU, against the machine's limit, and against itself over a text of 65,536 tokens.
// Work is counted as 5·K·V FLOP per token and head, what the recurrent form needs.
import { GlaRecurrence } from '@gossamer/gla';
import { rmsRatio } from '@gossamer/testkit/bounds';
import { uniforms } from '@gossamer/testkit/random';
import { timed } from '../../harness.mjs';
import { VARIANTS } from '../../kernels.mjs';
import { peakLimit } from '../../limits.mjs';
import { measuredRow } from '../../rows.mjs';
import { glaStep } from './oracle.mjs';
import { scalarRecurrence } from './scalar.mjs';

const SHAPE = { heads: 4, keySize: 128, valueSize: 256 };
const TOKENS = 1024;
const LONG_TOKENS = 65_536;
/** RMS ratio to the f64 recurrence. */
const TOLERANCE = 1e-5;
const TORCH_FORMS = ['factored', 'secondary'];
const flop = (tokens) => 5 * SHAPE.keySize * SHAPE.valueSize * SHAPE.heads * tokens;

/** @param {import('../../cli.mjs').Context} context */
export async function chunkwise(context) {
  return [...(await againstPeers(context)), await againstLength(context)];
}

async function againstPeers({ harness, peers, host }) {
  const input = randomInput(TOKENS);
  const expected = oracle(input, TOKENS);
  const check = (o) => {
    const ratio = rmsRatio(o, expected);
    if (!(ratio < TOLERANCE))
      throw new Error(`expected an RMS ratio below ${TOLERANCE} to the f64 recurrence, got ${ratio}`);
  };
  const ours = VARIANTS.map((variant) => ourContender(variant, input, TOKENS, check));
  const torch = await peers.torch();
  const forms = 'unavailable' in torch ? [] : await torchContenders(torch, input, check);
  const limits = VARIANTS.map(peakLimit);
  const contenders = [...ours, scalarContender(input, check), ...limits, ...forms];
  const samples = await harness.compare(`recurrence, ${TOKENS} tokens`, contenders);
  for (const { dispose } of ours) dispose();
  const [scalar, ...rest] = samples.slice(ours.length);
  const what = `recurrence H=4 K=128 V=256 T=${TOKENS}`;
  const row = (id, work, i, peerName, peer, limited = false) =>
    measuredRow({
      id,
      work: `${what}, ${work}`,
      unit: 'GFLOP/s',
      host,
      ours: samples[i],
      peerName,
      peer,
      ...(limited ? { limit: { samples: rest[i] }, note: `limit: ${limits[i].name}` } : {}),
    });
  const scalarRows = VARIANTS.map((variant, i) =>
    row(`chunk-${variant}`, variant, i, 'scalar recurrence in JavaScript', scalar, true),
  );
  const torchSamples = rest.slice(limits.length);
  return [
    ...scalarRows,
    ...TORCH_FORMS.map((form, i) =>
      row(
        `chunk-torch-${form}`,
        VARIANTS[0],
        0,
        `${torch.name ?? 'PyTorch'}, chunks of 64, ${form}`,
        torchSamples[i] ?? torch,
      ),
    ),
  ];
}

/** Cost per token of a long text, in segments of the length that it is compared with. */
async function againstLength({ harness, host }) {
  const [variant] = VARIANTS;
  const input = randomInput(TOKENS);
  const check = (o) => {
    if (!o.every(Number.isFinite)) throw new Error('expected finite outputs');
  };
  const short = ourContender(variant, input, TOKENS, check);
  const long = ourContender(variant, input, LONG_TOKENS, check);
  const [ours, peer] = await harness.compare(`recurrence, ${LONG_TOKENS} tokens`, [long, short], { warmSeconds: 1 });
  short.dispose();
  long.dispose();
  const perToken = ({ seconds, work }) => ({ seconds, work: work / flop(1) });
  return measuredRow({
    id: 'chunk-65536',
    work: `recurrence H=4 K=128 V=256, T=${LONG_TOKENS} in segments of ${TOKENS}, ${variant}`,
    unit: 'µs/token',
    host,
    ours: perToken(ours),
    peerName: `the same at T=${TOKENS}`,
    peer: perToken(peer),
  });
}

/** Uniform q, k, v and gates logσ(z)/16 as the layer makes them. */
function randomInput(tokens) {
  const keys = tokens * SHAPE.heads * SHAPE.keySize;
  const logSigmoid = (z) => -Math.log1p(Math.exp(-z));
  return {
    q: uniforms(1, keys, -1, 1),
    k: uniforms(2, keys, -1, 1),
    v: uniforms(3, tokens * SHAPE.heads * SHAPE.valueSize, -1, 1),
    g: uniforms(4, keys, -1, 3).map((z) => logSigmoid(z) / 16),
  };
}

function oracle({ q, k, v, g }, tokens) {
  const keys = SHAPE.heads * SHAPE.keySize;
  const values = SHAPE.heads * SHAPE.valueSize;
  const state = new Float64Array(keys * SHAPE.valueSize);
  const o = new Float64Array(tokens * values);
  for (let t = 0; t < tokens; t++) {
    const key = (array) => array.subarray(t * keys, (t + 1) * keys);
    o.set(glaStep(SHAPE, key(q), key(k), v.subarray(t * values, (t + 1) * values), key(g), state), t * values);
  }
  return o;
}

/** From an empty state, `tokens` tokens by repeating `input`. */
function ourContender(variant, input, tokens, check) {
  const recurrence = new GlaRecurrence(SHAPE, { variant });
  const o = new Float32Array(input.v.length);
  const run = () => {
    recurrence.reset();
    for (let t = 0; t < tokens; t += TOKENS) recurrence.forward(input, {}, o);
  };
  return {
    name: variant,
    work: flop(tokens),
    check: () => {
      run();
      check(o);
    },
    time: timed(run),
    dispose: () => recurrence.dispose(),
  };
}

function scalarContender({ q, k, v, g }, check) {
  const o = new Float32Array(v.length);
  const a = new Float32Array(g.length);
  const state = new Float32Array(SHAPE.heads * SHAPE.keySize * SHAPE.valueSize);
  const run = () => {
    for (let i = 0; i < a.length; i++) a[i] = Math.exp(g[i]);
    state.fill(0);
    scalarRecurrence(q, k, v, a, state, o, { tokens: TOKENS, ...SHAPE });
  };
  return {
    name: 'scalar',
    work: flop(TOKENS),
    check: () => {
      run();
      check(o);
    },
    time: timed(run),
  };
}

async function torchContenders(torch, input, check) {
  const paths = {};
  for (const [name, values] of Object.entries(input)) paths[name] = await torch.send(values);
  const { heads, keySize: key, valueSize: value } = SHAPE;
  const contenders = [];
  for (const form of TORCH_FORMS) {
    const task = `chunk/${form}`;
    await torch.call('chunk', { task, form, ...paths, tokens: TOKENS, heads, key, value });
    contenders.push({
      name: `torch ${form}`,
      work: flop(TOKENS),
      check: async () => {
        await torch.call('run', { task });
        check(await torch.fetch(task));
      },
      time: torch.timed(task),
    });
  }
  return contenders;
}
