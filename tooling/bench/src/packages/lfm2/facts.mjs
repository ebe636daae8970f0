import { packageFacts } from '../../facts.mjs';

/** @param {import('../../cli.mjs').Context} context */
export function facts({ host }) {
  const probe = new URL('first-call.mjs', import.meta.url);
  return packageFacts({
    name: 'lfm2',
    variants: ['simd', 'relaxed'],
    kernelBudget: 80,
    packedBudget: 400,
    probe,
    host,
  });
}
