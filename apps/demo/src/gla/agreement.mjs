/**
 * What the reference computed in f32 for the same weights, and ours: both are exact up to rounding, which over all layers
 * stays far below this; a wrong formula does not.
 */
const STORED_TOLERANCE = 1e-3;

/** int8 rounds weights and activations; its card states the mean loss, a single token may move this far. */
const INT8_TOLERANCE = 1;

/** What int8 may cost in bits per byte: a hundred times what it does cost this model (README of the package). */
const INT8_BITS_TOLERANCE = 0.01;

/** Compares a model with reference.json: log-probabilities of a text, and (weights as stored) a greedy continuation. */
export async function agreement(model, reference, weights = 'stored') {
  const { logProbs } = await model.score(reference.ids);
  let logProbDifference = 0;
  for (const [i, want] of reference.logProbs.entries()) {
    logProbDifference = Math.max(logProbDifference, Math.abs(logProbs[i] - want));
  }
  const tolerance = weights === 'stored' ? STORED_TOLERANCE : INT8_TOLERANCE;
  const greedyAgrees = weights === 'stored' ? await sameGreedyText(model, reference) : undefined;
  const holds = logProbDifference <= tolerance && greedyAgrees !== false;
  const source = `PyTorch ${reference.source.torch}, float32`;
  return { source, tokens: logProbs.length, logProbDifference, tolerance, greedyAgrees, holds };
}

/** The card's bits per byte, which int8 may move by its own, stated loss. */
export function heldOutAgreement(got, want, weights = 'stored') {
  const tolerance = weights === 'stored' ? STORED_TOLERANCE : INT8_BITS_TOLERANCE;
  const difference = Math.abs(got.bitsPerByte - want.bitsPerByte);
  return { difference, tolerance, holds: got.tokens === want.tokens && difference <= tolerance };
}

async function sameGreedyText(model, { prompt, greedy }) {
  const got = [];
  for await (const { token } of model.generate(prompt, { temperature: 0, maxTokens: greedy.length })) got.push(token);
  return got.length === greedy.length && got.every((token, i) => token === greedy[i]);
}
