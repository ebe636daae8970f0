// Points of 16 dimensions in doubles, into an array that is used again, through the public API. A peer with the same seed or
// the same unrandomised sequence must give the same numbers; one with its own randomness the same structure.
import { Halton, Lattice, Sobol } from '@gossamer/qmc';
import { timed } from '../../harness.mjs';
import { writeLimit } from '../../limits.mjs';
import { compareWithPeers, expectNear, expectStratified, pythonContender } from './compare.mjs';

const D = 16;
const ULP = 2 ** -53;
/** The others add up digit by digit: a rounding for each of up to 63. */
const SUM = 63 * ULP;

/** @param {import('../../cli.mjs').Context} context */
export async function points(context) {
  const { peers, quick } = context;
  const n = quick ? 2 ** 14 : 2 ** 18;
  const few = quick ? 2 ** 6 : 2 ** 10;
  const python = await peers.qmcPython();
  const { qmcpy = 'QMCPy', scipy = 'SciPy' } = python;
  const out = new Float64Array(n * D);
  const limit = { contender: writeLimit(new Float64Array(n * D)) };
  /** A peer's sequence; `check` compares its points with ours. */
  const peer = (sequence, name, count, check, long) =>
    pythonContender(python, { id: sequence, name, task: sequence, work: count * D, check, long }, () =>
      python.call('points', { task: sequence, sequence, dimension: D, n: count }),
    );
  const same = (set, count, tolerance) => (got) => expectNear(got, set.points({ end: count }), tolerance, 'points');
  const stratified = (got) => expectStratified(got, D);
  const compare = (id, what, set, check, contenders) =>
    compareWithPeers(context, {
      id,
      work: `${what}, d = ${D}, n = ${n}`,
      unit: 'M/s',
      ours: {
        name: id,
        work: n * D,
        check: () => check(set.points({ end: n }, out)),
        time: timed(() => set.points({ end: n }, out)),
      },
      peers: contenders,
      limit,
    });

  const net = new Sobol({ dimension: D, seed: 7 });
  const gray = new Sobol({ dimension: D, randomize: 'none', order: 'gray' });
  const owen = new Sobol({ dimension: D, seed: 7, randomize: 'owen' });
  const halton = new Halton({ dimension: D, seed: 7 });
  const plainHalton = new Halton({ dimension: D, randomize: 'none' });
  const lattice = new Lattice({ dimension: D, seed: 7, vector: await qmcpyVector(python) });
  const inRange = (got) => {
    if (!got.every((x) => x >= 0 && x < 1)) throw new Error('expected coordinates in [0, 1)');
  };
  return [
    ...(await compare('sobol', "Sobol', linear scramble and digital shift", net, stratified, [
      await peer('qmcpy-net', qmcpy, n, same(net, n)),
      await peer('scipy-sobol-scrambled', scipy, n, stratified),
    ])),
    ...(await compare('sobol-plain', "Sobol', not randomised", gray, stratified, [
      await peer('scipy-sobol', scipy, n, same(gray, n)),
      await lobosPeer(peers, gray, few),
    ])),
    ...(await compare('owen', "Sobol', nested uniform scramble", owen, stratified, [
      await peer('qmcpy-owen', qmcpy, few, stratified, true),
    ])),
    ...(await compare('lattice', 'lattice, radical inverse order, shifted', lattice, stratified, [
      await peer('qmcpy-lattice', qmcpy, n, same(lattice, n, ULP)),
    ])),
    ...(await compare('halton', 'Halton, linear scramble and digit permutations', halton, inRange, [
      await peer('qmcpy-halton', qmcpy, few, same(halton, few, SUM)),
      await peer('scipy-halton-scrambled', scipy, n, inRange),
    ])),
    ...(await compare('halton-plain', 'Halton, not randomised', plainHalton, inRange, [
      await peer('scipy-halton', scipy, n, same(plainHalton, n, SUM)),
      await thingPeer(peers, plainHalton, few),
    ])),
  ];
}

async function qmcpyVector(python) {
  if ('unavailable' in python) return undefined; // our own: nothing is compared then
  await python.call('lattice-vector', { task: 'vector', dimension: D });
  await python.call('run', { task: 'vector' });
  return Uint32Array.from(await python.fetch('vector', Float64Array));
}

const LOBOS = '0.10.0';

async function lobosPeer(peers, set, n) {
  const id = 'lobos';
  const name = `lobos ${LOBOS}`;
  const loaded = await peers.javascript(id, LOBOS);
  if ('unavailable' in loaded) return { id, name, unavailable: loaded.unavailable };
  const { Sobol: Peer } = loaded.default;
  const run = () => new Peer(D).take(n);
  return {
    id,
    name,
    contender: {
      name,
      work: n * D,
      check: () => expectNear(run().flat(), set.points({ end: n }), 2 ** -32),
      time: timed(run),
    },
  };
}

const LOWDISC = '0.1.2';
const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53];

async function thingPeer(peers, set, n) {
  const id = '@thi.ng/lowdisc';
  const name = `${id} ${LOWDISC}`;
  const loaded = await peers.javascript(id, LOWDISC);
  if ('unavailable' in loaded) return { id, name, unavailable: loaded.unavailable };
  const { haltonND } = loaded.default ?? loaded;
  const run = () => {
    const sequence = haltonND(PRIMES);
    return Array.from({ length: n }, () => sequence.next().value);
  };
  // it leaves out the origin
  const check = () => expectNear(run().flat(), set.points({ start: 1, end: n + 1 }), SUM);
  return { id, name, contender: { name, work: n * D, check, time: timed(run) } };
}
