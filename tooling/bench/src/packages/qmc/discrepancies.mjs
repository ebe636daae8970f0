// Discrepancies of 2,048 points of 10 dimensions.
import { discrepancy, Sobol } from '@gossamer/qmc';
import { timed } from '../../harness.mjs';
import { compareWithPeers, expectNear, pythonContender } from './compare.mjs';

const KINDS = ['CD', 'WD', 'MD', 'L2-star'];
const D = 10;

/** @param {import('../../cli.mjs').Context} context */
export async function discrepancies(context) {
  const python = await context.peers.qmcPython();
  const n = context.quick ? 128 : 2048;
  const x = new Sobol({ dimension: D, seed: 7 }).points({ end: n });
  // SciPy adds n² terms one by one: a rounding each, of a sum whose terms are (19/12)^d in the mean at most
  const tolerance = n ** 2 * 2 ** -53 * (19 / 12) ** D;
  const rows = [];
  for (const kind of KINDS) {
    const value = () => discrepancy(x, { dimension: D, kind });
    const check = (got) => expectNear(got, [value()], tolerance, kind);
    const peer = await pythonContender(
      python,
      { id: 'scipy', name: python.scipy ?? 'SciPy', task: kind, work: 1, check },
      async () => python.call('discrepancy', { task: kind, method: kind, x: await python.send(x), dimension: D }),
    );
    const ours = { name: kind, work: 1, check: () => check([value()]), time: timed(value) };
    rows.push(
      ...(await compareWithPeers(context, {
        id: `discrepancy-${kind}`,
        work: `${kind} discrepancy, n = ${n}, d = ${D}`,
        unit: 'ms',
        ours,
        peers: [peer],
      })),
    );
  }
  return rows;
}
