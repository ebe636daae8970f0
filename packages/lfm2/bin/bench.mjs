import { Interrupts, LOAD_HELP, LOAD_OPTIONS, load, megabytes, number, read } from './options.mjs';

const HELP = `lfm2 bench MODEL [options]

Measures this host with a model: loading, reading a prompt, writing on. Medians of several runs, one thread.

  --prompt N             tokens of the prompt (512 unless told)
  --tokens N             tokens written per run (32 unless told)
  --runs N               5 unless told
${LOAD_HELP}
`;

const BENCH_OPTIONS = {
  prompt: { type: 'string', default: '512' },
  tokens: { type: 'string', default: '32' },
  runs: { type: 'string', default: '5' },
};

/** @param {string[]} args */
export async function bench(args) {
  const given = read(args, { ...LOAD_OPTIONS, ...BENCH_OPTIONS }, HELP);
  if (given === undefined) return 0;
  const { values } = given;
  const [prompt, tokens, runs] = ['prompt', 'tokens', 'runs'].map((name) => number(name, values[name]));
  await new Interrupts().during(async (signal) => {
    const { model, seconds } = await load(given.model, values, signal);
    const ids = Uint32Array.from({ length: prompt }, (_, i) => (i * 7919) % model.config.vocabSize);
    const readRates = [];
    const writeRates = [];
    for (let run = 0; run < runs; run++) {
      const session = model.session();
      readRates.push(prompt / (await time(() => session.prefill(ids, { signal }))));
      let count = 0;
      const spent = await time(async () => {
        for await (const _ of session.generate({ preset: 'greedy', maxTokens: tokens, signal })) count++;
      });
      writeRates.push(count / spent);
      session.dispose();
    }
    const lines = [
      ['build', model.variant],
      ['loading', `${seconds.toFixed(2)} s, ${megabytes(model.memoryBytes)}`],
      [`reading ${prompt}`, `${median(readRates).toFixed(1)} tokens/s`],
      [`writing ${tokens}`, `${median(writeRates).toFixed(1)} tokens/s`],
    ];
    for (const [name, value] of lines) process.stdout.write(`${name.padEnd(12)} ${value}\n`);
  });
  return 0;
}

async function time(work) {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
