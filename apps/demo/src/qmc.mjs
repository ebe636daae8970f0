// Quasi-Monte Carlo: an integral with its error bar beside plain Monte Carlo, points of four sequences, a Gaussian process.
import { parseArgs } from 'node:util';
import { fitProcess } from './qmc/gaussian-process.mjs';
import { integrateKeister } from './qmc/keister.mjs';
import { showPoints } from './qmc/points.mjs';

export const usage = `npm run demo -- qmc [options]

  --dimension <d>   of the Keister integral; default 3
  --tolerance <t>   its absolute tolerance; default 1e-4
  --seed <n>        default 7
  --json            one JSON object on standard output, nothing else

Figures are written to apps/demo/figures.
`;

const OPTIONS = {
  dimension: { type: 'string', default: '3' },
  tolerance: { type: 'string', default: '1e-4' },
  seed: { type: 'string', default: '7' },
  json: { type: 'boolean', default: false },
};

/** @param {string[]} args @param {AbortSignal} signal @returns {Promise<boolean>} whether every figure agrees with the exact one */
export async function run(args, signal) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const write = values.json ? () => {} : (text) => process.stdout.write(text);
  const seed = Number(values.seed);
  const keister = await integrateKeister({
    dimension: Number(values.dimension),
    tolerance: Number(values.tolerance),
    seed,
    signal,
    write,
  });
  const points = await showPoints({ seed, write });
  const process_ = await fitProcess({ seed, signal, write });
  if (values.json)
    process.stdout.write(`${JSON.stringify({ method: 'qmc', keister, points, gaussianProcess: process_ })}\n`);
  return keister.holds && process_.holds;
}
