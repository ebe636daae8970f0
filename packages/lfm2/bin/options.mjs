// What the commands share: options, loading with a progress line, and Ctrl-C.
import { parseArgs } from 'node:util';
import { Lfm2Model } from '@gossamer/lfm2';
import { Spinner } from './spinner.mjs';

/** Wrong usage, in one sentence. */
export class Usage extends Error {}

const LOAD_OPTIONS = {
  cache: { type: 'string', default: 'f16' },
  context: { type: 'string' },
  weights: { type: 'string', default: 'stored' },
  variant: { type: 'string', default: 'auto' },
};

export const LOAD_HELP = `  --cache f16|q8         how keys and values are kept; q8 takes half the memory (f16 unless told)
  --context N            most tokens of a text (what the model declares unless told)
  --weights stored|int8  keep matrices as in the file, or all float ones as int8
  --variant auto|simd|relaxed`;

const SAMPLER_OPTIONS = {
  preset: { type: 'string', default: 'liquid' },
  temperature: { type: 'string' },
  'top-k': { type: 'string' },
  'top-p': { type: 'string' },
  'min-p': { type: 'string' },
  'repetition-penalty': { type: 'string' },
  seed: { type: 'string' },
  stop: { type: 'string', multiple: true },
  'max-tokens': { type: 'string', default: '1024' },
  speculate: { type: 'string', default: '0' },
};

export const SAMPLER_HELP = `  --preset NAME          liquid (unless told), transformers, llama.cpp or greedy; the next ones change it
  --temperature T  --top-k K  --top-p P  --min-p M  --repetition-penalty R
  --seed S               the same seed gives the same answer; another every time unless told
  --stop TEXT            ends the answer; may be given several times
  --max-tokens N         1024 unless told
  --speculate N          guess up to N tokens (1 to 16) from what the text repeats`;

export const OPTIONS = { ...LOAD_OPTIONS, ...SAMPLER_OPTIONS };
export { LOAD_OPTIONS };

/**
 * The options and the model of a command; undefined when help was asked for and shown.
 *
 * @param {string[]} args
 * @param {import('node:util').ParseArgsConfig['options']} options
 * @param {string} help
 */
export function read(args, options, help) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...options, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) {
    process.stdout.write(help);
    return undefined;
  }
  const [model, ...rest] = positionals;
  if (model === undefined) throw new Usage('expected a model: a GGUF file, a folder, a URL or hf:owner/repo/file.gguf');
  return { values, model, rest };
}

/** Options of `generate` from those of the command line. */
export function samplerOptions(values) {
  const names = ['temperature', 'top-k', 'top-p', 'min-p', 'repetition-penalty', 'seed', 'max-tokens', 'speculate'];
  const options = { preset: values.preset, stop: values.stop ?? [] };
  for (const name of names) {
    if (values[name] === undefined) continue;
    options[name.replace(/-(.)/g, (_, letter) => letter.toUpperCase())] = number(name, values[name]);
  }
  return options;
}

export function number(name, text) {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new Usage(`--${name}: expected a number, got ${text}`);
  return value;
}

/** Loads a model, showing how far it is. */
export async function load(model, { cache, context, weights, variant }, signal) {
  const spinner = new Spinner(`loading ${model}`);
  const started = performance.now();
  try {
    const loaded = await Lfm2Model.load(model, {
      cache,
      weights,
      variant,
      context: context === undefined ? undefined : number('context', context),
      signal,
      onProgress: ({ loaded: bytes, total }) => spinner.say(progress(bytes, total)),
    });
    const seconds = (performance.now() - started) / 1000;
    spinner.stop();
    return { model: loaded, seconds };
  } catch (error) {
    spinner.stop();
    throw error;
  }
}

function progress(bytes, total) {
  return total === undefined ? megabytes(bytes) : `${megabytes(bytes)} of ${megabytes(total)}`;
}

export function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

/**
 * A signal for each piece of work: Ctrl-C ends the piece, a second one within it, or one while nothing runs, the program.
 */
export class Interrupts {
  #controller;

  constructor() {
    process.on('SIGINT', () => {
      if (this.#controller === undefined || this.#controller.signal.aborted) process.exit(130);
      this.#controller.abort();
    });
  }

  /** @template T @param {(signal: AbortSignal) => Promise<T>} work */
  async during(work) {
    const controller = new AbortController();
    this.#controller = controller;
    try {
      return await work(controller.signal);
    } finally {
      this.#controller = undefined;
    }
  }
}
