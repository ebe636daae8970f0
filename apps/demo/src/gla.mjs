// Gated linear attention: continues a prompt with a language model, then shows speed, memory and the agreement with the
// reference implementation.
import { parseArgs } from 'node:util';
import { scoreHeldOut, tellStory } from './gla/story.mjs';

export const usage = `npm run demo -- gla [options] ["the beginning of a story"]

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
};

/** @param {string[]} args @param {AbortSignal} signal @returns {Promise<boolean>} whether the agreement holds */
export async function run(args, signal) {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const work = values['held-out'] ? scoreHeldOut : tellStory;
  const result = await work({
    weights: values.weights,
    variant: values.variant,
    signal,
    write: values.json ? () => {} : (text) => process.stdout.write(text),
    model: values.model,
    prompt: positionals.length > 0 ? positionals.join(' ') : undefined,
    maxTokens: Number(values['max-tokens']),
    temperature: Number(values.temperature),
    topP: Number(values['top-p']),
    seed: Number(values.seed),
  });
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  return result.agreement?.holds !== false;
}
