/**
 * What the reference computed in f32 for the same weights, and ours: both are exact up to rounding, which over all layers
 * stays far below this; a wrong formula does not.
 */
const STORED_TOLERANCE = 1e-3;

/** int8 rounds weights and activations; its card states the mean loss, a single token may move this far. */
const INT8_TOLERANCE = 1;

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
  return { source: reference.source, tokens: logProbs.length, logProbDifference, tolerance, greedyAgrees, holds };
}

async function sameGreedyText(model, { prompt, greedy }) {
  const got = [];
  for await (const { token } of model.generate(prompt, { temperature: 0, maxTokens: greedy.length })) got.push(token);
  return got.length === greedy.length && got.every((token, i) => token === greedy[i]);
}
