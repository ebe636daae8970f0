import { fftbr, fwht, Gram, Halton, Iid, integrate, inverseNormal, Lattice, Sobol } from '@gossamer/qmc';
import { loadDirections } from '@gossamer/qmc/joe-kuo';

/** The first entries of the 33002 lattice vector of F. Y. Kuo, and its first 8 points in exact binary fractions. */
const VECTOR = Uint32Array.of(1, 182667, 213731, 255351, 96013);
const RADICAL_INVERSE = [
  [0, 0, 0, 0, 0],
  [0.5, 0.5, 0.5, 0.5, 0.5],
  [0.25, 0.75, 0.75, 0.75, 0.25],
  [0.75, 0.25, 0.25, 0.25, 0.75],
  [0.125, 0.375, 0.375, 0.875, 0.625],
  [0.625, 0.875, 0.875, 0.375, 0.125],
  [0.375, 0.125, 0.125, 0.625, 0.875],
  [0.875, 0.625, 0.625, 0.125, 0.375],
];
/** Each order as a permutation of those points. */
const ORDERS = {
  'radical-inverse': [0, 1, 2, 3, 4, 5, 6, 7],
  gray: [0, 1, 3, 2, 6, 7, 5, 4],
  linear: [0, 4, 2, 6, 1, 5, 3, 7],
};

/** What QMCPy 2.4 gives for the seed 7: the first point of two coordinates. */
const OF_SEED_7 = {
  Lattice: [0.04386058169831253, 0.5872743236851424],
  Sobol: [0.7216235626862882, 0.9149549981788598],
  Halton: [0.8379045723950361, 0.8998147801261214],
  Iid: [0.04386058169831253, 0.5872743236851424],
};
/** QMCPy adds the 63 digits of a Halton coordinate one by one, each time with a rounding. */
const SUM = 63 * 2 ** -53;
const SETS = { Lattice, Sobol, Halton, Iid };

/** The last coordinate of Sobol' points 1000 to 1002 in 5,000 dimensions, by SciPy, from the table that is loaded by need. */
const FAR = 5000;
const LAST_OF_FAR = [0.6201171875, 0.1201171875, 0.8701171875];

/** √8 times the transforms of 1 … 8. */
const WALSH = [36, -4, -8, 0, -16, 0, 0, 0];
const FOURIER_RE = [36, -1, -4, -1, -16, -1, -4, -1];

/** K⁻¹y of 8 Sobol' points, y = 1 … 8, by dense elimination in Python. */
const SOLUTION = [
  -0.681070337536, -0.503322561553, -0.167776409091, 0.009971366892, 0.87049379012, 1.048241566103, 1.383787718564,
  1.561535494547,
];

function lattice(order) {
  const size = order === 'linear' ? 8 : undefined;
  return new Lattice({ dimension: 5, vector: VECTOR, order, size, randomize: 'none' });
}

export async function scenario() {
  const checks = Object.entries(ORDERS).map(([order, rows]) => ({
    name: order,
    got: [...lattice(order).points({ end: 8 })],
    want: rows.flatMap((row) => RADICAL_INVERSE[row]),
  }));
  for (const [name, Kind] of Object.entries(SETS)) {
    const set = new Kind({ dimension: 2, seed: 7 });
    const check = { name: `${name} of a seed`, got: [...set.points({ end: 1 })], want: OF_SEED_7[name] };
    checks.push(Kind === Halton ? { ...check, within: SUM } : check);
  }
  const owen = new Sobol({ dimension: 2, seed: 7, randomize: 'owen' }).pointsF32({ start: 64, end: 128 });
  const strata = [...owen].filter((_, i) => i % 2 === 0).map((x) => Math.floor(x * 64));
  checks.push({ name: 'Owen scrambling', got: strata.sort((a, b) => a - b), want: [...Array(64).keys()] });
  const far = new Sobol({ dimension: FAR, randomize: 'none', directions: await loadDirections(FAR) });
  const last = far.points({ start: 1000, end: 1003 }).filter((_, i) => (i + 1) % FAR === 0);
  checks.push({ name: 'coordinate 5,000', got: [...last], want: LAST_OF_FAR });
  const eight = () => Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const times = (values) => [...values].map((value) => value * Math.sqrt(8));
  checks.push({ name: 'FWHT', got: times(fwht(eight())), want: WALSH, within: 1e-13 });
  const [re, im] = [eight(), new Float64Array(8)];
  fftbr(re, im);
  checks.push({ name: 'FFTBR', got: times(re), want: FOURIER_RE, within: 1e-13 });
  const z = inverseNormal(Float64Array.of(0.5, 0.975));
  checks.push({ name: 'Φ⁻¹', got: [...z], want: [0, 1.959963984540054], within: 1e-15 });
  const plain = new Sobol({ dimension: 3, randomize: 'none' });
  const kernel = { type: 'digital', alpha: 2, weights: [1, 1 / 4, 1 / 9] };
  const solution = new Gram({ points: plain, n: 8, kernel }).solve(eight());
  checks.push({ name: 'a kernel system', got: [...solution], want: SOLUTION, within: 1e-11 });
  const points = new Sobol({ dimension: 2, seed: 7, replications: 16 });
  const integral = await integrate(([x, y]) => x * y, { points, absTol: 1e-5 });
  checks.push({ name: 'an integral', got: [integral.mean], want: [0.25], within: integral.bound });
  const refused = () => lattice('gray').points({ end: -1 });
  checks.push({ name: 'a refusal', got: codeOf(refused), want: 'bad-range' });
  return { checks };
}

function codeOf(call) {
  try {
    call();
    return 'none';
  } catch (error) {
    return error.code;
  }
}
