import { inspectModel } from '@gossamer/lfm2';
import { megabytes, read } from './options.mjs';

const HELP = `lfm2 inspect MODEL [--json]

Says what a model's files hold: architecture, element types, memory, tokenizer, chat template.
`;

/** @param {string[]} args */
export async function inspect(args) {
  const given = read(args, { json: { type: 'boolean', default: false } }, HELP);
  if (given === undefined) return 0;
  const facts = await inspectModel(given.model);
  process.stdout.write(given.values.json ? `${JSON.stringify(facts, undefined, 2)}\n` : describe(facts));
  return 0;
}

function describe({ config, parameters, types, memoryBytes, bytesPerToken, tokens, chatTemplate, eosTokenIds }) {
  const { layerTypes } = config;
  const attention = layerTypes.flatMap((type, i) => (type === 'attention' ? [i] : []));
  const lines = [
    ['parameters', parameters.toLocaleString('en')],
    ['layers', `${layerTypes.length}, attention at ${attention.join(' ') || 'none'}`],
    ['width', `${config.hiddenSize}, feed-forward ${config.intermediateSize}`],
    ['heads', `${config.heads} of ${config.headDim}, ${config.kvHeads} for keys and values`],
    ['convolution', `${config.convLength} taps`],
    ['rope theta', config.ropeTheta],
    ['context', `${config.contextLength} tokens`],
    ['vocabulary', `${config.vocabSize}, tokenizer ${tokens ?? 'missing'}`],
    ['end tokens', eosTokenIds.join(' ') || 'none'],
    ['chat template', chatTemplate === undefined ? 'none' : `${chatTemplate.length} characters`],
    ...types.map(({ type, tensors, bytes }) => [type, `${tensors} tensors, ${megabytes(bytes)}`]),
    ['memory', `${megabytes(memoryBytes)}, and ${bytesPerToken.f16} bytes per token (q8: ${bytesPerToken.q8})`],
  ];
  return lines.map(([name, value]) => `${name.padEnd(14)} ${value}\n`).join('');
}
