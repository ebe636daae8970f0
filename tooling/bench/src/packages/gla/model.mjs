// A model of GLA-340M's shape with random weights, as stored in bf16 and as int8: reading a prompt and writing on, against
// the reference's equations in PyTorch on the CPU, in whichever of its two types is the faster on this machine.
import { GlaModel } from '@gossamer/gla';
import { rmsRatio } from '@gossamer/testkit/bounds';
import { generator } from '@gossamer/testkit/random';
import { timed } from '../../harness.mjs';
import { bandwidthLimit, peakLimit } from '../../limits.mjs';
import { measuredRow } from '../../rows.mjs';
import { CONFIG, layerParameters, parameters, randomCheckpoint, WeightReader } from './model-file.mjs';
import { modelLogits } from './oracle.mjs';

const PROMPT = 256;
const QUICK_PROMPT = 64;
/** Tokens held against the f64 oracle. */
const CHECKED = 3;
const LOADS = { bf16: 'stored', int8: 'int8' };
/** RMS ratio of the logits to the f64 oracle: f32 through 24 random layers; 8-bit weights and activations through the same. */
const TOLERANCES = { bf16: 1e-5, int8: 0.05 };
/** The same for PyTorch, whose activations are of the type of its weights. */
const TORCH_TOLERANCES = { float32: 1e-5, bfloat16: 0.05 };
const BYTES = { bf16: 2, int8: 1 };

/** @param {import('../../cli.mjs').Context} context */
export async function model({ harness, peers, host, quick, log }) {
  const folder = await randomCheckpoint(log);
  const prompt = randomPrompt(quick ? QUICK_PROMPT : PROMPT);
  const expected = await oracleLogits(folder, prompt.slice(0, CHECKED));
  const ours = [];
  for (const name of Object.keys(LOADS)) ours.push(await OurModel.load(name, folder, prompt, expected));
  const torch = await peers.torch();
  const available = !('unavailable' in torch);
  const rows = [];
  for (const phase of ['prefill', 'decode']) {
    const peer = available ? await torchContender(torch, phase, folder, prompt, ours[0]) : undefined;
    const limit = phase === 'decode' ? bandwidthLimit() : peakLimit('relaxed');
    const contenders = [...ours.map((each) => each[phase]()), ...(peer ? [peer.contender] : []), limit];
    const samples = await harness.compare(`GLA-340M ${phase}`, contenders);
    rows.push(
      ...ours.map((each, i) => row(phase, each, samples[i], peer ? samples[ours.length] : torch, samples.at(-1), peer)),
    );
  }
  for (const each of ours) each.dispose();
  if (available) for (const dtype of Object.keys(TORCH_TOLERANCES)) await torch.call('drop', { prefix: dtype });
  return rows;

  function row(phase, { name, loss }, samples, peerSamples, limitSamples, peer) {
    const what = phase === 'prefill' ? `reading ${prompt.length} tokens` : 'writing on';
    const floating = name === 'bf16';
    const limit = { samples: limitSamples, cost: phase === 'decode' ? bytesPerToken(name) : flopPerToken() };
    return measuredRow({
      id: `model-${phase}-${name}`,
      work: `GLA-340M shape, ${name} weights, ${what}`,
      unit: 'tok/s',
      host,
      ours: samples,
      peerName: peer?.name ?? 'PyTorch',
      peer: peerSamples,
      ...(phase === 'decode' || floating ? { limit } : {}), // no f32 peak bounds an int8 product
      note: `logits: RMS ratio ${loss.toExponential(1)} to f64 with the stored weights${peer ? `; the peer keeps ${peer.dtype}` : ''}`,
    });
  }
}

function randomPrompt(length) {
  const next = generator(7);
  return Array.from({ length }, () => Math.floor(next() * CONFIG.vocab_size));
}

async function oracleLogits(folder, ids) {
  const {
    hidden_size: hiddenSize,
    num_heads: heads,
    num_hidden_layers: layers,
    expand_k,
    expand_v,
    norm_eps: eps,
  } = CONFIG;
  const shape = {
    layers,
    hiddenSize,
    heads,
    keySize: (hiddenSize * expand_k) / heads,
    valueSize: (hiddenSize * expand_v) / heads,
    eps,
  };
  const reader = await WeightReader.open(folder);
  try {
    return await modelLogits(shape, Object.keys(layerParameters(CONFIG)), (name) => reader.read(name), ids);
  } finally {
    await reader.close();
  }
}

/** Our model with its contenders. */
class OurModel {
  #model;
  #prompt;
  #expected;
  #session;
  name;
  /** RMS ratio of the logits to the oracle, known after a check. */
  loss = Number.NaN;

  static async load(name, folder, prompt, expected) {
    const ours = new OurModel();
    ours.#model = await GlaModel.load(folder, { weights: LOADS[name] });
    ours.#session = ours.#model.session();
    ours.#prompt = prompt;
    ours.#expected = expected;
    ours.name = name;
    return ours;
  }

  prefill() {
    return {
      name: `${this.name} prefill`,
      work: this.#prompt.length,
      long: true,
      check: () => this.#check(),
      time: timed(() => this.#read(this.#prompt)),
    };
  }

  decode() {
    return {
      name: `${this.name} decode`,
      work: 1,
      check: () => this.#check(),
      time: async (repeats) => {
        if (this.#session.position === 0) await this.#session.append(this.#prompt);
        const started = performance.now();
        for await (const _ of this.#session.generate({ maxTokens: repeats, temperature: 0 }));
        return (performance.now() - started) / 1000;
      },
    };
  }

  /** Logits after some tokens, from the start. */
  async #read(ids) {
    const session = this.#model.session();
    await session.append(ids);
    const logits = session.logits();
    session.dispose();
    return logits;
  }

  /** Logits after the prompt, and `more` after it. */
  logits(...more) {
    return this.#read([...this.#prompt, ...more]);
  }

  async #check() {
    this.loss = rmsRatio(await this.#read(this.#prompt.slice(0, CHECKED)), this.#expected);
    const most = TOLERANCES[this.name];
    if (!(this.loss < most)) throw new Error(`expected logits within an RMS ratio of ${most} to f64, got ${this.loss}`);
  }

  dispose() {
    this.#model.dispose();
  }
}

/** The faster of PyTorch's two types. */
async function torchContender(torch, phase, folder, prompt, reference) {
  const expected = await reference.logits(...(phase === 'decode' ? [prompt.at(-1)] : []));
  let fastest;
  for (const dtype of Object.keys(TORCH_TOLERANCES)) {
    const task = `${dtype}/${phase}`;
    if (phase === 'prefill') await torch.call('model', { task: dtype, folder, dtype, prompt });
    else await torch.call('run', { task: `${dtype}/prefill` });
    const check = async () => {
      await torch.call('run', { task });
      const ratio = rmsRatio(await torch.fetch(task), expected);
      const most = TORCH_TOLERANCES[dtype];
      if (!(ratio < most)) throw new Error(`expected logits within an RMS ratio of ${most} to ours, got ${ratio}`);
    };
    await check();
    const seconds = Math.min(
      await torch.call('time', { task, repeats: 1 }),
      await torch.call('time', { task, repeats: 1 }),
    );
    if (fastest === undefined || seconds < fastest.seconds) fastest = { seconds, dtype, task, check };
  }
  const { dtype, task } = fastest;
  const contender = {
    name: `${torch.name}, ${dtype}`,
    work: phase === 'prefill' ? prompt.length : 1,
    long: phase === 'prefill',
    check: () => {}, // both types were checked above, before they were compared
    time: torch.timed(task),
  };
  return { contender, name: contender.name, dtype };
}

const elements = (shape) => shape.reduce((product, size) => product * size, 1);

/** Weights once, the state once in and once out. */
function bytesPerToken(name) {
  let bytes = 2 * 4 * CONFIG.num_hidden_layers * stateElements();
  for (const shape of parameters(CONFIG).values()) {
    if (shape.length === 1) bytes += 4 * elements(shape);
    else bytes += BYTES[name] * elements(shape) + (name === 'int8' ? 4 * shape[0] : 0);
  }
  return bytes;
}

/** Multiply-adds with every weight but the embeddings, and the recurrence. */
function flopPerToken() {
  let flop = 5 * CONFIG.num_hidden_layers * stateElements();
  for (const [name, shape] of parameters(CONFIG)) {
    if (shape.length > 1 && name !== 'model.embeddings.weight') flop += 2 * elements(shape);
  }
  return flop;
}

/** H·K·V of a layer. */
function stateElements() {
  const { hidden_size: h, num_heads: heads, expand_k, expand_v } = CONFIG;
  return (h * expand_k * h * expand_v) / heads;
}
