// LFM2: continues a prompt with a language model from a GGUF file, then shows speed, memory and the agreement with the reference.
import { parseArgs } from 'node:util';
import { scoreHeldOut, tellStory } from './lfm2/story.mjs';

export const usage = `npm run demo -- lfm2 [options] ["the beginning of a story"]

  --model <file or URL>     another model: a GGUF file, a folder, hf:owner/repo/file.gguf (default: the bundled one, Q4_K_M)
  --format <type>           of the bundled model: Q4_K_M (default), Q4_0, or stored for its safetensors file
  --max-tokens <n>          default 200
  --temperature <t>         0 always takes the likeliest token; default 0.6
  --top-p <p>               default 0.95
  --seed <n>                default 1
  --variant <build>         auto (default), simd or relaxed
  --held-out                instead of a story, recompute the model card's bits per byte
  --json                    one JSON object on standard output, nothing else
`;

const OPTIONS = {
  model: { type: 'string' },
  format: { type: 'string', default: 'Q4_K_M' },
  'max-tokens': { type: 'string', default: '200' },
  temperature: { type: 'string', default: '0.6' },
  'top-p': { type: 'string', default: '0.95' },
  seed: { type: 'string', default: '1' },
  variant: { type: 'string', default: 'auto' },
  'held-out': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
};

/** @param {string[]} args @param {AbortSignal} signal @returns {Promise<boolean>} whether the agreement holds */
export async function run(args, signal) {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const work = values['held-out'] ? scoreHeldOut : tellStory;
  const result = await work({
    format: values.format,
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
