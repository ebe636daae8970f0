// The process of peers/llama.mjs: one request per line, one answer per line.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [folder] = process.argv.slice(2);
const entry = createRequire(join(folder, 'package.json')).resolve('node-llama-cpp');
const { getLlama, LlamaLogLevel } = await import(pathToFileURL(entry).href);

let llama;
let model;
let context;
let sequence;
let last = 1;

const methods = {
  async hello() {
    llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error, maxThreads: 1 });
    return { release: llama.llamaCppRelease.release };
  },

  async load({ file, contextSize }) {
    await context?.dispose();
    await model?.dispose();
    model = await llama.loadModel({ modelPath: file });
    context = await model.createContext({ contextSize, batchSize: 512, threads: { ideal: 1, min: 1 } });
    sequence = context.getSequence();
  },

  /** Starts anew with these tokens; seconds. */
  async prefill({ ids }) {
    await restart();
    return seconds(() => take(ids));
  },

  /** Writes on, greedily; seconds. */
  async decode({ count }) {
    return seconds(() => generate(count));
  },

  /** Probabilities of the likeliest `most` tokens after each of these tokens, from the start. */
  async probabilities({ ids, most }) {
    await restart();
    const items = ids.map((id) => [id, { generateNext: { probabilities: true } }]);
    const results = await sequence.controlledEvaluate(items);
    return results.map(({ next }) => [...next.probabilities].slice(0, most));
  },
};

async function restart() {
  await sequence.clearHistory();
}

async function take(ids) {
  await sequence.evaluateWithoutGeneratingNewTokens(ids);
  last = ids.at(-1);
}

async function generate(count) {
  let made = 0;
  for await (const token of sequence.evaluate([last], { temperature: 0, yieldEogToken: true })) {
    last = token;
    made++;
    if (made === count) break;
  }
  if (made !== count) throw new Error(`expected ${count} tokens, got ${made}`);
}

async function seconds(work) {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { method, params } = JSON.parse(line);
  let answer;
  try {
    answer = { result: (await methods[method](params)) ?? null };
  } catch (error) {
    answer = { error: error.stack };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0); // the addon keeps threads that would hold the process
