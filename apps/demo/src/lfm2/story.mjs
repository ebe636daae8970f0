import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Lfm2Model } from '@gossamer/lfm2';
import { bitsPerByte } from '../gla/held-out.mjs';

/** The model that ships with the demo, and the text that no model here was trained on. */
const BUNDLED = fileURLToPath(new URL('../../models/lfm2-tales', import.meta.url));
const HELD_OUT = fileURLToPath(new URL('../../models/gla-tales/held-out.txt', import.meta.url));

/** What is loaded for a format of the bundled model, and the reference's name for its values. */
const FORMATS = {
  Q4_K_M: { path: `${BUNDLED}/lfm2-tales-Q4_K_M.gguf`, values: 'Q4_K_M' },
  Q4_0: { path: `${BUNDLED}/lfm2-tales-Q4_0.gguf`, values: 'Q4_0' },
  stored: { path: BUNDLED, values: 'F16' },
};

/**
 * The reference computes in float32 with the same weights. Stored weights differ by rounding alone; block types multiply int8
 * activations, which moves a single token's log-probability this far at most, and the mean as the card states.
 */
const TOLERANCES = { stored: 1e-3, Q4_K_M: 0.5, Q4_0: 0.5 };
const BITS_TOLERANCES = { stored: 1e-3, Q4_K_M: 5e-3, Q4_0: 5e-3 };

function bundled(format) {
  if (!Object.hasOwn(FORMATS, format)) {
    throw Object.assign(new Error(`format: expected ${Object.keys(FORMATS).join(', ')}, got ${format}`), {
      code: 'usage',
    });
  }
  return FORMATS[format];
}

async function reference(format) {
  const all = JSON.parse(await readFile(`${BUNDLED}/reference.json`, 'utf8'));
  return { ...all, ...all.formats[bundled(format).values] };
}

/** Recomputes the bits per byte that the bundled model's card states. */
export async function scoreHeldOut({ write, format, variant, signal }) {
  const { heldOut } = await reference(format);
  const model = await Lfm2Model.load(bundled(format).path, { variant, signal });
  try {
    const got = await bitsPerByte(model, HELD_OUT, { signal });
    const difference = Math.abs(got.bitsPerByte - heldOut.bitsPerByte);
    const holds = got.tokens === heldOut.tokens && difference <= BITS_TOLERANCES[format];
    write(
      `\n  ${format}: ${got.bitsPerByte.toFixed(4)} bits per byte over ${got.tokens} tokens, ${got.bytes} bytes; ` +
        `the card says ${heldOut.bitsPerByte.toFixed(4)}: ${holds ? 'holds' : 'DIFFERS'}\n`,
    );
    return { method: 'lfm2', variant: model.variant, format, ...got, agreement: { difference, holds } };
  } finally {
    model.dispose();
  }
}

/** Loads a model, continues the prompt, and measures. `write` gets what a person reads, the result is for machines. */
export async function tellStory({ model: source, format, prompt, write, variant, signal, ...options }) {
  const own = source === undefined ? await reference(format) : undefined;
  const text = prompt ?? own?.prompt ?? 'Once upon a time';
  const began = performance.now();
  const model = await Lfm2Model.load(source ?? bundled(format).path, { variant, signal });
  try {
    const loaded = performance.now();
    write(`\n${text}`);
    const session = model.session();
    await session.prefill(text, { signal });
    const promptTokens = session.length;
    const prefilled = performance.now();
    let story = '';
    let tokens = 0;
    for await (const step of session.generate({ ...options, signal })) {
      story += step.text;
      tokens += 1;
      write(step.text);
    }
    const ended = performance.now();
    const result = {
      method: 'lfm2',
      format: source === undefined ? format : undefined,
      prompt: text,
      text: story,
      variant: model.variant,
      node: process.versions.node,
      loadMs: loaded - began,
      promptTokens,
      tokens,
      tokensPerSecond: (1000 * tokens) / (ended - prefilled),
      wasmMegabytes: (model.memoryBytes + session.memoryBytes) / 1e6,
      agreement: own && (await agreement(model, own, format)),
    };
    write(report(result));
    return result;
  } finally {
    model.dispose();
  }
}

async function agreement(model, { ids, logProbs: want, source }, format) {
  const { logProbs } = await model.score(ids);
  const largest = want.reduce((most, value, i) => Math.max(most, Math.abs(value - logProbs[i])), 0);
  const mean = want.reduce((sum, value, i) => sum + value - logProbs[i], 0) / want.length;
  const holds = largest <= TOLERANCES[format];
  return {
    source: `PyTorch ${source.torch}, float32`,
    tokens: want.length,
    largest,
    mean,
    tolerance: TOLERANCES[format],
    holds,
  };
}

function report(r) {
  const lines = [
    '\n',
    `  ${r.tokens} tokens at ${r.tokensPerSecond.toFixed(0)} tokens/s, one thread, ${r.variant} build, Node ${r.node}`,
    `  ${r.wasmMegabytes.toFixed(1)} MB of WebAssembly memory; loaded in ${r.loadMs.toFixed(0)} ms`,
  ];
  if (r.agreement !== undefined) {
    const { source, tokens, largest, mean, tolerance, holds } = r.agreement;
    lines.push(
      `  ${r.format} against the reference (${source}) over ${tokens} tokens: mean difference of a log-probability ` +
        `${mean.toExponential(1)}, largest ${largest.toExponential(1)} (allowed ${tolerance}): ${holds ? 'holds' : 'FAILS'}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
