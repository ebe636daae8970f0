import { Lattice, Sobol } from '@gossamer/qmc';
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

/** What NumPy draws from the seed 7. */
const SHIFT_OF_7 = [0.04386058169831253, 0.5872743236851424];

/** The first point that QMCPy makes from the seed 7. */
const SOBOL_OF_7 = [0.7216235626862882, 0.9149549981788598];
/** The last coordinate of Sobol’ points 1000 to 1002 in 5,000 dimensions, by SciPy, in natural order. */
const LAST_OF_5000 = [0.6201171875, 0.1201171875, 0.8701171875];

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
  const shifted = new Lattice({ dimension: 2, vector: VECTOR, seed: 7 });
  checks.push({ name: 'a seeded shift', got: [...shifted.points({ end: 1 })], want: SHIFT_OF_7 });
  const sobol = new Sobol({ dimension: 2, seed: 7 });
  checks.push({ name: 'seeded Sobol’ points', got: [...sobol.points({ end: 1 })], want: SOBOL_OF_7 });
  const wide = new Sobol({ dimension: 5000, randomize: 'none', directions: await loadDirections(5000) });
  const last = [4999, 9999, 14_999].map((at) => wide.points({ start: 1000, end: 1003 })[at]);
  checks.push({ name: 'coordinate 5,000, loaded on demand', got: last, want: LAST_OF_5000 });
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
