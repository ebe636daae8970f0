import { packageFacts } from '../../facts.mjs';

/** @param {import('../../cli.mjs').Context} context */
export function facts({ host }) {
  const probe = new URL('first-call.mjs', import.meta.url);
  return packageFacts({ name: 'qmc', variants: ['simd'], kernelBudget: 400, packedBudget: 800, probe, host });
}
