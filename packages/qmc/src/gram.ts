import { show } from '@gossamer/kit/errors';
import { checkArray, outFor } from './checks.ts';
import { checkMatch, checkNodes } from './elements.ts';
import { fail } from './errors.ts';
import { type CheckedKernel, checkKernel, type Kernel } from './kernel.ts';
import type { PointSet } from './points.ts';
import { backward, type Column, columnOf, doubledSpectrum, FLOOR, forward } from './spectrum.ts';

/** Of which points and kernel a {@link Gram} matrix is. */
export interface GramOptions {
  /** A lattice in radical inverse order, for a `shift-invariant` kernel, or a digital net in any order, for the others. */
  readonly points: PointSet;
  /** How many of its points, from the first on: 2^m. */
  readonly n: number;
  readonly kernel: Kernel;
  /** σ² ≥ 0, added to the diagonal; 0 unless told. */
  readonly noise?: number | undefined;
  /** Which replication of the points; 0 unless told. */
  readonly replication?: number | undefined;
}

/**
 * The matrix K + σ²I of a kernel between the first n points of a lattice or a digital net: products, solutions and the
 * determinant in O(n log n) operations and O(n) memory. It is a plain value; nothing needs disposal.
 *
 * Kᵢⱼ depends on the difference of i and j in the points' group alone, so one orthogonal transform makes every such matrix
 * diagonal: the Walsh–Hadamard transform on nets, the Fourier transform in its real form on lattices. The first column is
 * evaluated at exact differences of points, so a random shift changes nothing.
 *
 * Source: R. Jagadeeswaran, F. J. Hickernell, *Fast automatic Bayesian cubature using lattice sampling*, Stat. Comput. 29, 2019
 * (https://doi.org/10.1007/s11222-019-09895-9), and its sequel for Sobol' sampling, 2022.
 *
 * @example
 * ```ts
 * const points = new Sobol({ dimension: 2, seed: 7 });
 * const gram = new Gram({ points, n: 8, kernel: { type: 'digital', alpha: 2 } });
 * gram.solve(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8)); // K⁻¹y
 * ```
 */
export class Gram {
  readonly points: PointSet;
  /** How many points. */
  readonly n: number;
  /** Which replication of the points. */
  readonly replication: number;
  readonly kernel: Kernel;
  /** σ² */
  readonly noise: number;
  /**
   * The eigenvalues of K + σ²I in the order of the transform; the first belongs to the constant vector. Their rounding is
   * some units of 2^−52 of the largest: what would be negative by it is 0.
   */
  readonly eigenvalues: Float64Array;
  readonly #checked: CheckedKernel;
  readonly #column: Column;

  /**
   * @throws `QmcError` with code `bad-option` (points without a group, n, replication, noise, kernel or one that does not
   * match the points), `bad-length` (lists of the kernel), `out-of-memory`, or `unsupported` on a host without WebAssembly
   * SIMD; `TypeError` when points or kernel are none.
   */
  constructor(options: GramOptions);
  /** @internal */
  constructor(options: GramOptions, column?: Column);
  constructor({ points, n, kernel, noise = 0, replication = 0 }: GramOptions, column?: Column) {
    const nodes = checkNodes(points, n, replication);
    this.#checked = checkKernel(kernel, points.dimension);
    checkMatch(this.#checked, points);
    checkNoise(noise);
    this.points = points;
    this.n = n;
    this.replication = replication;
    this.kernel = kernel;
    this.noise = noise;
    this.#column = column ?? columnOf(this.#checked, nodes, 0);
    this.eigenvalues = this.#eigenvalues();
  }

  /**
   * (K + σ²I)·a
   *
   * @param a n numbers.
   * @param out receives the product and is returned; made when it is left out.
   * @throws `QmcError` with code `bad-length` (a, out) or `out-of-memory`; `TypeError` when an array is no `Float64Array`.
   */
  multiply(a: Float64Array, out?: Float64Array): Float64Array {
    return this.#apply('a', a, out, (value, lambda) => value * lambda);
  }

  /**
   * (K + σ²I)⁻¹·y
   *
   * @param y n numbers.
   * @param out receives the solution and is returned; made when it is left out.
   * @throws as {@link Gram.multiply}; `singular` when the matrix is singular in double precision: the smallest eigenvalue is
   * below 2.2e−14 of the largest. Noise, or a kernel with less smoothness, mends that.
   */
  solve(y: Float64Array, out?: Float64Array): Float64Array {
    this.#checkRegular();
    return this.#apply('y', y, out, (value, lambda) => value / lambda);
  }

  /**
   * log det(K + σ²I)
   *
   * @throws `QmcError` with code `singular`, as {@link Gram.solve}.
   */
  logDeterminant(): number {
    this.#checkRegular();
    return this.eigenvalues.reduce((sum, lambda) => sum + Math.log(lambda), 0);
  }

  /**
   * yᵀ(K + σ²I)⁻¹y
   *
   * @param y n numbers.
   * @throws as {@link Gram.solve}.
   */
  quadraticForm(y: Float64Array): number {
    this.#checkRegular();
    return this.#transform('y', y).reduce((sum, value, i) => sum + value ** 2 / (this.eigenvalues[i] as number), 0);
  }

  /**
   * The matrix of the first 2n points, for which only n new values of the kernel are computed and transformed.
   *
   * @throws `QmcError` with code `bad-option` when the points end before, or `out-of-memory`.
   */
  double(): Gram {
    const { points, n, kernel, noise, replication } = this;
    const nodes = checkNodes(points, 2 * n, replication);
    const { spectrum, copies } = columnOf(this.#checked, nodes, n);
    const doubled = doubledSpectrum(this.#column.spectrum, spectrum, points);
    const column = { spectrum: doubled, copies: this.#column.copies + copies };
    return new Gram({ points, n: 2 * n, kernel, noise, replication }, column);
  }

  /** T y */
  #transform(name: string, y: Float64Array, out?: Float64Array): Float64Array {
    checkArray(name, y, this.n);
    const values = outFor(out, this.n, Float64Array);
    values.set(y);
    forward(values, this.points);
    return values;
  }

  /** Σᵢ (k(xᵢ, x₀)/S − 1), the first eigenvalue of K/S beyond n, with nothing cancelled. @internal */
  get excess(): number {
    return (this.#column.spectrum[0] as number) * Math.sqrt(this.n);
  }

  /** @throws `singular` when points come more than once and there is no noise. @internal */
  checkDistinct(): void {
    const { copies } = this.#column;
    if (copies === 1 || this.noise > 0) return;
    throw fail(
      'singular',
      `points: every one of the first ${this.n} comes ${copies} times, so their matrix is singular without noise`,
    );
  }

  #apply(
    name: string,
    a: Float64Array,
    out: Float64Array | undefined,
    filter: (value: number, lambda: number) => number,
  ): Float64Array {
    const values = this.#transform(name, a, out);
    const { eigenvalues, n } = this;
    for (let i = 0; i < n; i++) values[i] = filter(values[i] as number, eigenvalues[i] as number);
    return backward(values, this.points);
  }

  #eigenvalues(): Float64Array {
    const { n, noise } = this;
    const { scale } = this.#checked;
    const eigenvalues = outFor(undefined, n, Float64Array);
    const { spectrum } = this.#column;
    const root = Math.sqrt(n);
    for (let i = 0; i < n; i++) {
      const value = root * (spectrum[i] as number) + (i === 0 ? n : 0);
      eigenvalues[i] = scale * Math.max(value, 0) + noise;
    }
    return eigenvalues;
  }

  #checkRegular(): void {
    this.checkDistinct();
    const { eigenvalues } = this;
    const largest = eigenvalues.reduce((most, lambda) => Math.max(most, lambda), 0);
    const lost = eigenvalues.reduce((count, lambda) => count + (lambda > FLOOR * largest ? 0 : 1), 0);
    if (lost === 0) return;
    throw fail(
      'singular',
      `kernel: ${lost} of ${this.n} eigenvalues are below 2.2e-14 of the largest, so the matrix is singular in double ` +
        'precision; expected noise, or a kernel with less smoothness',
    );
  }
}

/** @throws `bad-option` unless σ² is a finite number ≥ 0. */
export function checkNoise(noise: number): void {
  if (typeof noise === 'number' && noise >= 0 && Number.isFinite(noise)) return;
  throw fail('bad-option', `noise: expected a number >= 0, got ${show(noise)}`);
}
