import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { GlaModel } from '@gossamer/gla';
import { agreement, heldOutAgreement } from './agreement.mjs';
import { bitsPerByte } from './held-out.mjs';

/** The model that ships with the demo. */
const BUNDLED = fileURLToPath(new URL('../../models/gla-tales', import.meta.url));

async function bundledReference() {
  return JSON.parse(await readFile(`${BUNDLED}/reference.json`, 'utf8'));
}

/** Recomputes the bits per byte that the bundled model's card states. */
export async function scoreHeldOut({ write, weights, variant, signal }) {
  const { heldOut } = await bundledReference();
  const model = await GlaModel.load(BUNDLED, { weights, variant, signal });
  try {
    const got = await bitsPerByte(model, `${BUNDLED}/held-out.txt`, { signal });
    const result = {
      method: 'gla',
      variant: model.variant,
      weights,
      ...got,
      agreement: heldOutAgreement(got, heldOut, weights),
    };
    write(
      `\n  ${got.bitsPerByte.toFixed(4)} bits per byte over ${got.tokens} tokens, ${got.bytes} bytes; ` +
        `the card says ${heldOut.bitsPerByte.toFixed(4)}: ${result.agreement.holds ? 'holds' : 'DIFFERS'}\n`,
    );
    return result;
  } finally {
    model.dispose();
  }
}

/**
 * Loads a model, continues the prompt, and measures. `write` gets what a person reads, the result is for machines.
 * The bundled model is also compared with what the reference implementation computed for it.
 */
export async function tellStory({ model: folder = BUNDLED, prompt, write, weights, variant, signal, ...options }) {
  const reference = folder === BUNDLED ? await bundledReference() : undefined;
  const text = prompt ?? reference?.prompt ?? 'Once upon a time';
  const began = performance.now();
  const model = await GlaModel.load(folder, { weights, variant, signal });
  try {
    const loaded = performance.now();
    write(`\n${text}`);
    const session = model.session();
    await session.append(text, { signal });
    const promptTokens = session.position;
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
      method: 'gla',
      prompt: text,
      text: story,
      variant: model.variant,
      node: process.versions.node,
      loadMs: loaded - began,
      promptTokens,
      promptTokensPerSecond: (1000 * promptTokens) / (prefilled - loaded),
      tokens,
      tokensPerSecond: (1000 * tokens) / (ended - prefilled),
      wasmMegabytes: model.memoryBytes / 1e6,
      stateKilobytes: model.stateBytes / 1e3,
      agreement: reference && (await agreement(model, reference, weights)),
    };
    write(report(result));
    return result;
  } finally {
    model.dispose();
  }
}

function report(r) {
  const lines = [
    '\n',
    `  ${r.tokens} tokens at ${r.tokensPerSecond.toFixed(0)} tokens/s (prompt: ${r.promptTokens} tokens at ${r.promptTokensPerSecond.toFixed(0)}), ` +
      `one thread, ${r.variant} build, Node ${r.node}`,
    `  ${r.wasmMegabytes.toFixed(1)} MB of WebAssembly memory, ${r.stateKilobytes.toFixed(0)} kB of it state, whatever the length of the text; loaded in ${r.loadMs.toFixed(0)} ms`,
  ];
  if (r.agreement !== undefined) {
    const { holds, logProbDifference, tolerance, tokens, greedyAgrees } = r.agreement;
    const greedy = greedyAgrees === undefined ? '' : `, greedy text ${greedyAgrees ? 'equal' : 'DIFFERENT'}`;
    lines.push(
      `  agreement with the reference (${r.agreement.source}) over ${tokens} tokens: ` +
        `largest difference of a log-probability ${logProbDifference.toExponential(1)} (allowed ${tolerance})${greedy}: ${holds ? 'holds' : 'FAILS'}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
