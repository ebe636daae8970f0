// The inverse normal distribution function of uniform numbers.
import { inverseNormal } from '@gossamer/qmc';
import { uniforms } from '@gossamer/testkit/random';
import { timed } from '../../harness.mjs';
import { compareWithPeers, expectNear, pythonContender } from './compare.mjs';

/** @param {import('../../cli.mjs').Context} context */
export async function normals(context) {
  const python = await context.peers.qmcPython();
  const n = context.quick ? 2 ** 14 : 2 ** 20;
  const p = Float64Array.from(uniforms(1, n, 1e-6, 1));
  const z = new Float64Array(n);
  const name = python.scipy ?? 'SciPy';
  const near = (got) => expectNear(got, inverseNormal(p), 4e-15, 'z'); // |z| < 8: a few units in the last place
  const peer = await pythonContender(
    python,
    { id: 'scipy', name: `${name} ndtri`, task: 'ndtri', work: n, check: near },
    async () => python.call('ndtri', { task: 'ndtri', p: await python.send(p) }),
  );
  return compareWithPeers(context, {
    id: 'inverse-normal',
    work: `inverse normal, n = ${n}`,
    unit: 'M/s',
    ours: {
      name: 'inverseNormal',
      work: n,
      check: () => near(inverseNormal(p, z)),
      time: timed(() => inverseNormal(p, z)),
    },
    peers: [peer],
  });
}
