import { GlaModel, GlaRecurrence, gla } from '@gossamer/gla';
import { data } from './data.mjs';

/** One head, T = 5, K = 3, V = 2, scale K^(−1/2): computed in f64 from the recurrence of the paper's eq. 3. */
const SHAPE = { heads: 1, keySize: 3, valueSize: 2 };
const O = [
  [0.4983907, 0.5920326],
  [1.1474053, 1.5837234],
  [0.7869573, 1.0811524],
  [0.3284061, -0.1236962],
  [0.3165191, -0.0771369],
];
const STATE = [
  [0.5338931, 0.2823172],
  [-0.1014328, 0.1342761],
  [-0.525818, 0.0340182],
];

/** Letters, a space, the two bytes of é, and three merges; the rest of the model's vocabulary never occurs in a text. */
const TOKENS = [...'abcdefghijklmnopqrstuvwxyzĠÃ©', 'he', 'Ġt', 'Ġthe'];
while (TOKENS.length < 101) TOKENS.push(`<${TOKENS.length}>`);
const TOKENIZER = {
  model: {
    type: 'BPE',
    vocab: Object.fromEntries(TOKENS.map((token, id) => [token, id])),
    merges: [
      ['h', 'e'],
      ['Ġ', 't'],
      ['Ġt', 'he'],
    ],
  },
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
  decoder: { type: 'ByteLevel' },
  added_tokens: [],
};
const TEXT = 'the the thé';
const IDS = ['t', 'he', 'Ġthe', 'Ġt', 'h', 'Ã', '©'].map((token) => TOKENS.indexOf(token));

export async function scenario() {
  const recurrence = new GlaRecurrence(SHAPE);
  const { variant } = recurrence;
  recurrence.dispose();
  return { variant, checks: [...kernel(), ...(await model())] };
}

function kernel() {
  const fill = (size, value) =>
    Float32Array.from({ length: 5 * size }, (_, i) => value(Math.floor(i / size), i % size));
  const input = {
    q: fill(3, (t, d) => Math.sin(0.3 + 0.7 * t + 1.1 * d)),
    k: fill(3, (t, d) => Math.cos(0.2 + 0.5 * t - 0.9 * d)),
    v: fill(2, (t, e) => Math.sin(1 - 0.4 * t + 0.6 * e)),
    g: fill(3, (t, d) => -Math.log1p(Math.exp(-3 * Math.sin(0.9 * t + 0.4 * d)))),
  };
  return ['recurrent', 'chunk'].flatMap((mode) => {
    const { o, finalState } = gla(input, { ...SHAPE, length: 5 }, { mode });
    return [
      { name: `${mode}: outputs`, got: [...o], want: O.flat(), within: 2e-6 },
      { name: `${mode}: state`, got: [...finalState], want: STATE.flat(), within: 2e-6 },
    ];
  });
}

/** A tiny model with random weights, against the greedy text of the reference implementation in f64. */
async function model() {
  const files = {
    'config.json': bytes(data.config),
    'model.safetensors': bytes(data.weights),
    'tokenizer.json': new TextEncoder().encode(JSON.stringify(TOKENIZER)),
  };
  const loaded = await GlaModel.load(files);
  const tokens = [];
  for await (const { token } of loaded.generate(data.prompt, { temperature: 0, maxTokens: data.greedy.length })) {
    tokens.push(token);
  }
  const encoded = [...loaded.tokenizer.encode(TEXT)];
  const decoded = loaded.tokenizer.decode(encoded);
  loaded.dispose();
  return [
    { name: 'greedy text', got: tokens, want: data.greedy },
    { name: 'ids of a text', got: encoded, want: IDS },
    { name: 'text of its ids', got: decoded, want: TEXT },
  ];
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
