import { packageFacts } from '../../facts.mjs';
import { VARIANTS } from '../../kernels.mjs';

/** @param {import('../../cli.mjs').Context} context */
export function facts({ host }) {
  const probe = new URL('first-call.mjs', import.meta.url);
  return packageFacts({ name: 'gla', variants: VARIANTS, kernelBudget: 40, packedBudget: 250, probe, host });
}
