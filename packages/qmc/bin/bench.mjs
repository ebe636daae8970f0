// qmc bench: a short table of this host's rates. Every result is checked before anything is timed.
import assert from 'node:assert/strict';
import { fftbr, fwht, Halton, Iid, ifftbr, inverseNormal, LatinHypercube, Lattice, Sobol } from '@gossamer/qmc';
import { read } from './options.mjs';

const HELP = `Measures how fast this host makes points and transforms them, on one thread; takes a few seconds.

  --json  the table as JSON
`;

const [DIMENSION, POINTS, LENGTH] = [16, 2 ** 14, 2 ** 16];
/** Seconds that a row is measured. */
const TIME = 0.2;

/** Point sets, and the first coordinates that QMCPy and NumPy give for seed 7 in two dimensions. */
const SETS = [
  { Kind: Sobol, first: [0.7216235626862882, 0.9149549981788598] },
  { Kind: Lattice, vector: Uint32Array.of(1, 182667), first: [0.04386058169831253, 0.5872743236851424] },
  { Kind: Halton, first: [0.8379045723950361, 0.8998147801261218] },
  { Kind: LatinHypercube, size: 4, first: [0.10079093, 0.46583043] },
  { Kind: Iid, first: [0.04386058169831253, 0.5872743236851424] },
];

/** @param {string[]} args */
export async function bench(args) {
  const { help, json } = read(args, { json: { type: 'boolean' } });
  if (help) {
    process.stdout.write(HELP);
    return 0;
  }
  const rows = [];
  if (!json) process.stdout.write(`Node ${process.version}, ${process.platform} ${process.arch}, one thread\n\n`);
  for (const { what, shape, unit, count, run } of [...pointCases(), ...transformCases()]) {
    const rate = count / seconds(run);
    rows.push({ what, shape, unit, perSecond: rate });
    if (!json)
      process.stdout.write(
        `${what.padEnd(16)} ${shape.padEnd(22)} ${(rate / 1e6).toFixed(1).padStart(8)} M ${unit}/s\n`,
      );
  }
  if (json) process.stdout.write(`${JSON.stringify({ node: process.version, rows })}\n`);
  return 0;
}

function* pointCases() {
  const shape = `d = ${DIMENSION}, n = ${POINTS}`;
  const out = new Float64Array(DIMENSION * POINTS);
  for (const { Kind, first, ...options } of SETS) {
    const known = new Kind({ ...options, dimension: 2, seed: 7 }).points({ end: 1 });
    assert(
      known.every((u, j) => Math.abs(u - first[j]) < 1e-8),
      `${Kind.name}: ${known} for ${first}`,
    );
    const make = () => new Kind({ dimension: DIMENSION, size: Kind === LatinHypercube ? POINTS : undefined, seed: 7 });
    const set = make();
    const x = set.points({ end: POINTS }, out).slice();
    assert(x.every((u) => u >= 0 && u < 1));
    assert.deepEqual(set.points({ start: 1000, end: 1001 }), x.slice(1000 * DIMENSION, 1001 * DIMENSION));
    // a Latin hypercube is kept: the time is that of a new one
    const run = () => (Kind === LatinHypercube ? make() : set).points({ end: POINTS }, out);
    yield { what: Kind.name, shape, unit: 'coordinates', count: out.length, run };
  }
}

function* transformCases() {
  const shape = `n = ${LENGTH}`;
  const start = new Iid({ dimension: 1, seed: 1 }).points({ end: LENGTH });
  const [x, im, z] = [start.slice(), new Float64Array(LENGTH), new Float64Array(LENGTH)];
  // a transform and its inverse have 2·log2(n) = 32 levels, each with a few roundings of numbers below √n = 2^8: far below 2^-38
  const unchanged = () => assert(x.every((each, i) => Math.abs(each - start[i]) < 2 ** -38));
  fwht(fwht(x));
  unchanged();
  yield { what: 'fwht', shape, unit: 'numbers', count: LENGTH, run: () => fwht(x) };
  x.set(start);
  fftbr(x, im);
  ifftbr(x, im);
  unchanged();
  yield { what: 'fftbr', shape, unit: 'complex numbers', count: LENGTH, run: () => fftbr(x, im) };
  const [tail] = inverseNormal(Float64Array.of(0.975));
  assert(Math.abs(tail / 1.959963984540054 - 1) < 2 ** -51);
  yield { what: 'inverseNormal', shape, unit: 'numbers', count: LENGTH, run: () => inverseNormal(start, z) };
}

/** The median time of a run. */
function seconds(run) {
  const times = [];
  for (const stop = performance.now() + 1000 * TIME; performance.now() < stop || times.length < 5; ) {
    const started = performance.now();
    run();
    times.push((performance.now() - started) / 1000);
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}
