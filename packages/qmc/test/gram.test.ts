import { describe, expect, it } from 'vitest';
import { DigitalNet, Gram, type Kernel, kernelMatrix, Lattice, type PointSet, Sobol } from '../src/index.ts';
import { at, Dense, dot, norm, U } from './dense.ts';
import { data, expectClose, lattice, net } from './group-points.ts';

const COUNT = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const GAMMA = [1, 1 / 4, 1 / 9];

describe('golden values', () => {
  /** k₁ of a matrix: its product with the first unit vector. */
  const column = (gram: Gram): Float64Array => gram.multiply(Float64Array.of(1, ...Array<number>(gram.n - 1).fill(0)));

  it.each([undefined, 3])('of a lattice, whatever its shift (seed %s)', (seed) => {
    const gram = new Gram({ points: lattice(3, seed), n: 8, kernel: { type: 'shift-invariant', weights: GAMMA } });
    // The reference's constants carry a relative error of 1e-11, and λ are below 10.
    const [high, low] = [2e-10, 2e-9];
    expectClose(
      column(gram),
      [
        6.05028525513, -0.371648967056, 0.844276543638, 0.844276543638, 1.308882190808, -0.62586951402, -0.62586951402,
        1.308882190808,
      ],
      high,
    );
    expectClose(
      gram.eigenvalues,
      [
        8.733214728926, 9.158086322978, 3.9900832008, 3.685782121395, 6.001164021774, 3.685782121395, 3.9900832008,
        9.158086322978,
      ],
      high,
    );
    expectClose([gram.logDeterminant(), gram.quadraticForm(COUNT)], [13.7649511372, 26.1530098129], low);
    expectClose(
      gram.solve(COUNT),
      [
        -0.163742333515, 0.026510643425, 0.394818323217, 0.4704353482, 0.560112998464, 0.635730023447, 1.004037703239,
        1.194290680179,
      ],
      high,
    );
  });

  it.each([undefined, 3])('of a net, whatever its shift (seed %s)', (seed) => {
    const points = seed === undefined ? net(3) : new Sobol({ dimension: 3, randomize: 'ds', seed });
    const gram = new Gram({ points, n: 8, kernel: { type: 'digital', weights: GAMMA } });
    const DIGITS = 1e-12; // given to twelve after the point
    expectClose(
      column(gram),
      [
        4.010416666667, 0.68359375, 1.136284722222, 0.569661458333, 1.665391710069, 0.699734157986, 1.11181640625,
        0.344970703125,
      ],
      DIGITS,
    );
    expectClose(
      gram.eigenvalues,
      [
        10.221869574653, 5.625949435764, 3.896402994792, 2.959011501736, 2.578043619792, 2.160942925347, 2.079725477431,
        2.561387803819,
      ],
      DIGITS,
    );
    expectClose([gram.logDeterminant()], [9.887188918185], DIGITS);
    expectClose(
      gram.solve(COUNT),
      [
        -0.681070337536, -0.503322561553, -0.167776409091, 0.009971366892, 0.87049379012, 1.048241566103,
        1.383787718564, 1.561535494547,
      ],
      DIGITS,
    );
  });

  it('of the reference’s seeded examples', () => {
    const kernel = { alpha: [1, 2, 3, 4], weights: [1, 1 / 4, 1 / 9, 1 / 16], scale: 10 };
    const points = lattice(4, 11);
    const got = column(new Gram({ points, n: 8, kernel: { type: 'shift-invariant', ...kernel } }));
    const si = [
      91.23444453396341, -2.3215956218728486, 5.691099349917271, 5.691099349917272, 12.696007353749168,
      -4.78015538384736, -4.78015538384736, 12.696007353749168,
    ];
    expectClose(got, si, 91 * 1e-13); // QMCPy's constants are good to 5e-15 and four of them multiply; our transform adds some
    const digital = column(new Gram({ points: net(4, 11), n: 8, kernel: { type: 'digital', ...kernel } }));
    const dsi = [
      34.490370029184525, 4.15032031495136, 9.591380765571863, 4.98307037746521, 15.422123089664739, 5.448088566175935,
      11.988477408071684, 4.511047126260117,
    ];
    // α = 4 stops at 2^-27 there: β·2^-27·8/7/48·γ₄·S·(the other factors, below 40), β ≤ 4 among eight points
    expectClose(digital, dsi, ((4 * 2 ** -27 * 8) / 7 / 48 / 16) * 400);
  });
});

/** Points of every kind with a group, and a kernel for each. */
const KINDS: ReadonlyArray<[name: string, points: (d: number) => PointSet, kernel: Kernel]> = [
  ['a lattice', (d) => lattice(d, 1), { type: 'shift-invariant', alpha: 1 }],
  ['a lattice and α = 2', (d) => lattice(d, 1), { type: 'shift-invariant', alpha: 2, scale: 3 }],
  ['a lattice and a combined kernel', (d) => lattice(d), { type: 'shift-invariant', combine: [0.5, 0, 1] }],
  ['a net', (d) => net(d, 2), { type: 'digital', alpha: 1 }],
  [
    'a net in Gray code order',
    (d) => new Sobol({ dimension: d, seed: 2, order: 'gray' }),
    { type: 'digital', alpha: 3 },
  ],
  [
    'a net of order 2',
    (d) => new Sobol({ dimension: d, seed: 2, alpha: 2 }),
    { type: 'digital', alpha: 2, scale: 0.1 },
  ],
  ['a net without scrambling', (d) => net(d), { type: 'digital', alpha: 4 }],
  ['a net and real smoothness', (d) => net(d, 4), { type: 'digital-adaptive', alpha: 0.8 }],
];

describe.each(KINDS)('against a dense Cholesky decomposition: %s', (_, points, kernel) => {
  it.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [1, 4],
    [3, 64],
    [8, 128],
    [2, 256],
  ])('d = %i, n = %i', (dimension, n) => {
    const set = points(dimension);
    for (const noise of [0, 0.01]) {
      const gram = new Gram({ points: set, n, kernel, noise });
      const x = exact(set, n);
      const matrix = kernelMatrix({ kernel, dimension, x, z: x });
      const dense = new Dense(matrix, noise);
      const [y, most] = [data(n), Math.max(...gram.eigenvalues)];
      const condition = most / Math.min(...gram.eigenvalues);
      expect(condition).toBeLessThan(1e11);
      // Entries of K have some 3(d + 4) roundings, those of its spectrum log₂ n more; Cholesky's backward error is n + 1 of
      // ‖K‖. A perturbation of c·U·‖K‖ moves K⁻¹y by c·U·cond of it, log λ_i by c·U·cond.
      const c = 8 * (3 * (dimension + 4) + Math.log2(n)) + n + 1;
      const solution = dense.solve(y);
      expectClose(gram.solve(y), solution, 2 * c * U * condition * norm(solution));
      expect(Math.abs(gram.logDeterminant() - dense.logDeterminant())).toBeLessThanOrEqual(c * U * condition * n);
      const quadratic = dot(y, solution);
      expect(Math.abs(gram.quadraticForm(y) - quadratic)).toBeLessThanOrEqual(2 * c * U * condition * quadratic);
      const product = Float64Array.from(
        { length: n },
        (_, i) => dot(matrix.subarray(i * n, i * n + n), y) + noise * at(y, i),
      );
      expectClose(gram.multiply(y), product, c * U * most * norm(y));
    }
  });

  it('doubling gives the matrix of twice as many points', () => {
    let gram = new Gram({ points: points(3), n: 1, kernel, noise: 1e-3 });
    for (let n = 2; n <= 2048; n *= 2) {
      gram = gram.double();
      const direct = new Gram({ points: points(3), n, kernel, noise: 1e-3 });
      expect(gram.n).toBe(n);
      // The transform of doubling is one level of the other: its rounding stays within a few units per level of the norm.
      expectClose(
        gram.eigenvalues,
        direct.eigenvalues,
        8 * (1 + Math.log2(n)) * 2 * U * Math.max(...direct.eigenvalues),
      );
    }
  });
});

/** The points without rounding: integers of nets; shifted lattices are moved back to 0, where they are exact. */
function exact(points: PointSet, n: number): Float64Array | BigUint64Array {
  if (points instanceof Sobol) return points.integers({ end: n });
  return lattice(points.dimension).points({ end: n });
}

it('the second replication has a matrix of its own', () => {
  const points = new Sobol({ dimension: 2, seed: 4, replications: 2 });
  const kernel: Kernel = { type: 'digital' };
  const x = points.integers({ end: 16 }).subarray(32);
  const row = kernelMatrix({ kernel, dimension: 2, x: x.subarray(0, 2), z: x });
  const gram = new Gram({ points, n: 16, kernel, replication: 1 });
  expectClose(gram.multiply(Float64Array.of(1, ...Array<number>(15).fill(0))), row, 1e-13); // 16 values up to 4, some roundings
  expect(new Gram({ points, n: 16, kernel }).eigenvalues).not.toEqual(gram.eigenvalues);
});

it('random generating vectors go with their replications', () => {
  const points = new Lattice({ dimension: 2, vector: { random: 10 }, seed: 4, replications: 2 });
  const kernel: Kernel = { type: 'shift-invariant', alpha: 1 };
  const vector = points.vector.subarray(2);
  const alone = new Lattice({ dimension: 2, vector, randomize: 'none' });
  expect(new Gram({ points, n: 16, kernel, replication: 1 }).eigenvalues).toEqual(
    new Gram({ points: alone, n: 16, kernel }).eigenvalues,
  );
});

it('nets of any matrices are served', () => {
  const kernel: Kernel = { type: 'digital', alpha: 1 };
  const points = new DigitalNet({ dimension: 1, columns: BigUint64Array.of(4n, 2n, 1n), bits: 3, randomize: 'none' });
  expect(new Gram({ points, n: 8, kernel }).eigenvalues).toEqual(
    new Gram({ points: net(1), n: 8, kernel }).eigenvalues,
  );
});

it('arrays of the caller are filled or left alone', () => {
  const gram = new Gram({ points: net(2), n: 8, kernel: { type: 'digital' } });
  const [y, out] = [COUNT.slice(), new Float64Array(8)];
  expect(gram.solve(y, out)).toBe(out);
  expect(gram.multiply(out, out)).toBe(out); // in place
  expectClose(out, COUNT, 1e-13);
  expect(y).toEqual(COUNT);
});

it('eigenvalues that would be negative by rounding are 0', () => {
  const gram = new Gram({ points: lattice(1), n: 4096, kernel: { type: 'shift-invariant', alpha: 5 } });
  expect(Math.min(...gram.eigenvalues)).toBe(0);
});
