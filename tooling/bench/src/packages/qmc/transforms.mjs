// Fast transforms in place, through the public API: the copies into and out of the core are part of our time.
import { fftbr, fwht } from '@gossamer/qmc';
import { uniforms } from '@gossamer/testkit/random';
import { timed } from '../../harness.mjs';
import { peakF64Limit } from '../../limits.mjs';
import { compareWithPeers, expectNear, pythonContender } from './compare.mjs';

const TOLERANCE = 1e-13; // of numbers below 1 in size: far above log₂n·ε, far below a wrong butterfly

/** @param {import('../../cli.mjs').Context} context */
export async function transforms(context) {
  const rows = [];
  for (const m of context.quick ? [10] : [10, 14, 20]) {
    rows.push(...(await walsh(context, 2 ** m)), ...(await fourier(context, 2 ** m)));
  }
  return rows;
}

async function walsh(context, n) {
  const python = await context.peers.qmcPython();
  const x = Float64Array.from(uniforms(2, n, -1, 1));
  const want = fwht(x.slice());
  const y = x.slice(); // a unitary transform can be repeated on its own result for ever
  const name = python.qmcpy ?? 'QMCPy';
  const check = (got) => expectNear(got, want, TOLERANCE, 'fwht');
  const prepare = async () => python.call('fwht', { task: `fwht${n}`, x: await python.send(x) });
  const peer = (id, label, task) =>
    pythonContender(python, { id, name: label, task: `fwht${n}/${task}`, work: n, check }, prepare);
  return compareWithPeers(context, {
    id: `fwht-${n}`,
    work: `FWHT, n = ${n}`,
    unit: 'ms',
    ours: { name: 'fwht', work: n, check: () => check(fwht(x.slice())), time: timed(() => fwht(y)) },
    peers: [await peer('c', `${name}, C routine`, 'c'), await peer('qmcpy', name, 'qmcpy')],
    limit: { contender: peakF64Limit(), cost: Math.log2(n) }, // an addition per stage
  });
}

async function fourier(context, n) {
  const python = await context.peers.qmcPython();
  const [re, im] = [3, 4].map((seed) => Float64Array.from(uniforms(seed, n, -1, 1)));
  const transformed = () => {
    const z = [re.slice(), im.slice()];
    fftbr(...z);
    return interleaved(...z);
  };
  const want = transformed();
  const [a, b] = [re.slice(), im.slice()];
  const prepare = async () =>
    python.call('fftbr', { task: `fftbr${n}`, re: await python.send(re), im: await python.send(im) });
  const check = (got) => expectNear(got, want, TOLERANCE, 'fftbr');
  const energy = (z) => z.reduce((sum, value) => sum + value * value, 0);
  const sameEnergy = (got) => expectNear([energy(got) / n], [energy(want) / n], 1e-11, 'energy'); // it takes another order
  const peer = (id, label, verify) =>
    pythonContender(python, { id, name: label, task: `fftbr${n}/${id}`, work: n, check: verify }, prepare);
  return compareWithPeers(context, {
    id: `fftbr-${n}`,
    work: `FFTBR, n = ${n}`,
    unit: 'ms',
    ours: {
      name: 'fftbr',
      work: n,
      check: () => check(transformed()),
      time: timed(() => fftbr(a, b)),
    },
    peers: [
      await peer('qmcpy', python.qmcpy ?? 'QMCPy', check),
      await peer('scipy', `${python.scipy ?? 'SciPy'} fft, natural order`, sameEnergy),
    ],
    limit: { contender: peakF64Limit(), cost: 5 * Math.log2(n) }, // the usual count
  });
}

function interleaved(re, im) {
  const z = new Float64Array(2 * re.length);
  for (let k = 0; k < re.length; k++) {
    z[2 * k] = re[k];
    z[2 * k + 1] = im[k];
  }
  return z;
}
