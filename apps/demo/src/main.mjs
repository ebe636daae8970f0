// The terminal demo: continues a prompt with a gated-linear-attention model, then shows speed, memory and the agreement
// with the reference implementation. Exit code 1 when the agreement fails.
import { parseArgs } from 'node:util';
import { GlaError } from '@gossamer/gla';
import { scoreHeldOut, tellStory } from './story.mjs';

const USAGE = `npm run demo -- [options] ["the beginning of a story"]

  --model <folder or URL>   another checkpoint in flash-linear-attention's format (default: the bundled one)
  --max-tokens <n>          default 200
  --temperature <t>         0 always takes the likeliest token; default 0.7
  --top-p <p>               default 0.95
  --seed <n>                default 1
  --weights <how>           stored (default), int8 or int8x32
  --variant <build>         auto (default), simd or relaxed
  --held-out                instead of a story, recompute the model card's bits per byte
  --json                    one JSON object on standard output, nothing else
`;

const OPTIONS = {
  model: { type: 'string' },
  'max-tokens': { type: 'string', default: '200' },
  temperature: { type: 'string', default: '0.7' },
  'top-p': { type: 'string', default: '0.95' },
  seed: { type: 'string', default: '1' },
  weights: { type: 'string', default: 'stored' },
  variant: { type: 'string', default: 'auto' },
  'held-out': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

async function main() {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new Error('stopped')));
  const common = { weights: values.weights, variant: values.variant, signal: stop.signal };
  const write = values.json ? () => {} : (text) => process.stdout.write(text);
  const run = values['held-out'] ? scoreHeldOut : tellStory;
  const result = await run({
    ...common,
    write,
    model: values.model,
    prompt: positionals.length > 0 ? positionals.join(' ') : undefined,
    maxTokens: Number(values['max-tokens']),
    temperature: Number(values.temperature),
    topP: Number(values['top-p']),
    seed: Number(values.seed),
  });
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  if (result.agreement?.holds === false) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  const expected = error instanceof GlaError || error.code?.startsWith('ERR_PARSE_ARGS') || error.message === 'stopped';
  process.stderr.write(expected ? `\n${error.message}\n` : `\n${error.stack}\n`);
  process.exitCode = 1;
}
