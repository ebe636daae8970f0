// node bench/lattice.bench.mjs: Lattice.points beside the loop one would write in JavaScript, interleaved (AB BA …), after
// both gave the same points. Needs a build.
import assert from 'node:assert/strict';
import { Lattice } from '@gossamer/qmc';

const PAIRS = 201; // of short samples: on a busy machine most of them are not interrupted
const SHAPES = [
  [1, 2 ** 18],
  [2, 2 ** 17],
  [5, 2 ** 16],
  [16, 2 ** 14],
  [16, 2 ** 18],
  [100, 2 ** 13],
  [16, 2 ** 4],
  [16, 2 ** 8],
];
const vector = Uint32Array.from({ length: 100 }, (_, j) => (2 * j * j * 7919 + 1) % 2 ** 20);
const shift = Float64Array.from({ length: 100 }, (_, j) => (j * 0.618) % 1);

/** φ(i)·g mod 1 in doubles, which is exact while i and g have no more than 26 bits. */
function scalar(dimension, end, out) {
  for (let i = 0, at = 0; i < end; i++) {
    let phi = 0;
    for (let digits = i, weight = 0.5; digits > 0; digits >>>= 1, weight /= 2) phi += (digits & 1) * weight;
    for (let j = 0; j < dimension; j++, at++) {
      const x = phi * vector[j];
      const y = x - Math.floor(x) + shift[j];
      out[at] = y - Math.floor(y); // no branch: it would be a coin toss
    }
  }
}

function seconds(work, repeats) {
  const started = performance.now();
  for (let r = 0; r < repeats; r++) work();
  return (performance.now() - started) / 1000 / repeats;
}

const sorted = (values) => values.toSorted((a, b) => a - b);

for (const [dimension, end] of SHAPES) {
  const [ours, theirs] = [new Float64Array(dimension * end), new Float64Array(dimension * end)];
  const lattice = new Lattice({ dimension, vector, shift: shift.subarray(0, dimension) });
  const work = [() => lattice.points({ end }, ours), () => scalar(dimension, end, theirs)];
  const repeats = Math.ceil(2e5 / (dimension * end));
  for (const run of work) seconds(run, 50 * repeats);
  assert.deepEqual(ours, theirs);
  const times = [[], []];
  for (let pair = 0; pair < PAIRS; pair++) {
    for (const k of pair % 2 ? [1, 0] : [0, 1]) times[k].push(seconds(work[k], repeats));
  }
  const ratios = sorted(times[1].map((time, pair) => time / times[0][pair]));
  const rate = (k) => (dimension * end) / sorted(times[k])[PAIRS >> 1] / 1e6;
  // These ranks of 201 bound the median with 97 % confidence (binomial).
  const [low, middle, high] = [ratios[84], ratios[100], ratios[116]].map((ratio) => ratio.toFixed(1));
  const rates = `${rate(0).toFixed(0)} against ${rate(1).toFixed(0)} M coordinates/s`;
  console.log(`d = ${dimension}, n = ${end}: ${rates}, ratio ${middle} (${low} to ${high})`);
}
