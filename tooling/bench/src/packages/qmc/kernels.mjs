// Kernel systems on Sobol' points: against a dense Cholesky factorisation of the same matrix, and against their own n·log n.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Gram, Sobol } from '@gossamer/qmc';
import { uniforms } from '@gossamer/testkit/random';
import { timed } from '../../harness.mjs';
import { factRow, measuredRow } from '../../rows.mjs';
import { compareWithPeers, expectNear, pythonContender } from './compare.mjs';

const D = 3;
const DENSE = 4096;
const LARGE = 2 ** 20;
const NOISE = 1e-3;
const MEMORY = fileURLToPath(new URL('solve-memory.mjs', import.meta.url));

/** @param {import('../../cli.mjs').Context} context */
export async function kernels(context) {
  return [...(await againstDense(context)), ...(await scaling(context))];
}

/** Builds the system and solves it. */
function system(n) {
  const points = new Sobol({ dimension: D, seed: 7 });
  const y = Float64Array.from(uniforms(5, n, -1, 1));
  const gram = () => new Gram({ points, n, kernel: { type: 'digital', alpha: 2 }, noise: NOISE });
  const solve = () => gram().solve(y);
  return { y, gram, solve };
}

async function againstDense(context) {
  const python = await context.peers.qmcPython();
  const n = context.quick ? 512 : DENSE;
  const { y, gram, solve } = system(n);
  const want = solve();
  const largest = want.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const check = (got) => expectNear(got, want, 1e-9 * largest, 'solution'); // condition number below 1e6
  const peer = await pythonContender(
    python,
    {
      id: 'cholesky',
      name: `${python.scipy ?? 'SciPy'}, dense Cholesky`,
      task: 'cholesky',
      work: 1,
      check,
      long: !context.quick,
    },
    async () =>
      python.call('cholesky', {
        task: 'cholesky',
        n,
        column: await python.send(firstColumn(gram(), n)),
        y: await python.send(y),
      }),
  );
  return compareWithPeers(context, {
    id: 'solve',
    work: `kernel system, d = ${D}, n = ${n}, from points to solution`,
    unit: 'ms',
    ours: { name: 'Gram', work: 1, check: () => check(solve()), time: timed(solve) },
    peers: [peer],
  });
}

function firstColumn(gram, n) {
  const unit = new Float64Array(n);
  unit[0] = 1;
  return gram.multiply(unit);
}

async function scaling({ harness, host, quick }) {
  const [few, many] = quick ? [256, 1024] : [DENSE, LARGE];
  const contender = (n) => {
    const { y, gram, solve } = system(n);
    const check = () => expectNear(gram().multiply(solve()), y, 1e-9, 'K·K⁻¹y');
    return { name: `n = ${n}`, work: n * Math.log2(n), check, time: timed(solve) };
  };
  const [large, small] = await harness.compare(`kernel system, n = ${many}`, [contender(many), contender(few)]);
  const { stdout } = await promisify(execFile)(process.execPath, [MEMORY, String(many)]);
  const rest = { host, ours: large };
  return [
    measuredRow({
      id: 'solve-large',
      work: `kernel system, d = ${D}, n = ${many}, from points to solution`,
      unit: 'ms',
      ...rest,
    }),
    measuredRow({
      id: 'solve-scaling',
      work: `the same per n·log₂n`,
      unit: 'ns/(n·log₂n)',
      ...rest,
      peerName: `the same at n = ${few}`,
      peer: small,
    }),
    factRow({
      id: 'solve-memory',
      work: `the same, growth of a fresh process`,
      unit: 'MB',
      value: Number(stdout) / 1e6,
      host,
    }),
  ];
}
