// The Keister integral in three dimensions to 1e-3 with 16 replications of scrambled Sobol' points: set-up, points, normal
// transform, integrand and bound, from nothing to the answer. QMCPy takes the same points of the same seed.
import { integrateSync, inverseNormal, Sobol } from '@gossamer/qmc';
import { timed } from '../../harness.mjs';
import { compareWithPeers, expectNear, pythonContender } from './compare.mjs';

const D = 3;
const TOLERANCE = 1e-3;
const EXACT = 2.168_309_102_165_481; // π^{3/2}·₁F₁(3/2; ½; −¼)
const SCALE = Math.PI ** (D / 2);

/** @param {import('../../cli.mjs').Context} context */
export async function integrals(context) {
  const python = await context.peers.qmcPython();
  const check = (got) => expectNear(got, [EXACT], TOLERANCE, 'integral');
  const prepare = () => python.call('keister', { task: 'keister', dimension: D, tolerance: TOLERANCE });
  const what = { id: 'qmcpy', name: python.qmcpy ?? 'QMCPy', task: 'keister', work: 1, check };
  return compareWithPeers(context, {
    id: 'keister',
    work: `Keister integral, d = ${D}, to ${TOLERANCE}`,
    unit: 'ms',
    ours: { name: 'integrateSync', work: 1, check: () => check([keister().mean]), time: timed(keister) },
    peers: [await pythonContender(python, what, prepare)],
  });
}

function keister() {
  const points = new Sobol({ dimension: D, seed: 7, replications: 16 });
  return integrateSync({ batch }, { points, absTol: TOLERANCE });
}

function batch(u, n) {
  const z = inverseNormal(u);
  const f = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    f[i] = SCALE * Math.cos(Math.sqrt((z[3 * i] ** 2 + z[3 * i + 1] ** 2 + z[3 * i + 2] ** 2) / 2));
  }
  return f;
}
