import { addProducts } from '#wasm/simd';
import { outFor } from './checks.ts';
import { blocks, type Nodes } from './elements.ts';
import { QmcError } from './errors.ts';
import { kernelMatrix } from './evaluate-kernel.ts';
import { covarianceFactor, toGaussian } from './gaussian.ts';
import { Iid } from './iid.ts';
import { refusable } from './instance.ts';
import { type CheckedKernel, type Kernel, withCore } from './kernel.ts';
import type { Seed } from './seed.ts';
import { backward, forward } from './spectrum.ts';

/** Normal distributions, one for each test point. */
export interface Prediction {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/** What predictions are made of. */
interface Basis {
  readonly nodes: Nodes;
  readonly kernel: Kernel;
  /** The same, checked. */
  readonly checked: CheckedKernel;
  /** τ */
  readonly mean: number;
  /** T y */
  readonly spectrum: Float64Array;
  /** Of K + σ²I. */
  readonly eigenvalues: Float64Array;
}

/** Numbers in the rows that are at work at one time. */
const ROOM = 1 << 20;
/** Columns of rows per call that multiplies them. */
const CHUNK = 1 << 10;

/** A process that has seen its data. Test points are fractions, (m, d). */
export class Posterior {
  readonly #basis: Basis;
  /** (K + σ²I)⁻¹(y − τ), when it was asked for. */
  #coefficients: Float64Array | undefined;

  constructor(basis: Basis) {
    this.#basis = basis;
  }

  predict(x: BigUint64Array, { mean, variance }: Prediction): void {
    const { nodes, checked, spectrum, eigenvalues, mean: tau } = this.#basis;
    const [{ n }, { scale }, prior] = [nodes, checked, this.#prior()];
    for (const { first, rows } of crossSpectra(nodes, checked, x)) {
      for (let at = 0, a = first; at < rows.length; at += n, a++) {
        let [sum, squares] = [0, 0];
        for (let i = 0; i < n; i++) {
          const value = rows[at + i] as number;
          const ratio = value / (eigenvalues[i] as number);
          if (i > 0) sum += ratio * (spectrum[i] as number); // the first is the mean's
          squares += ratio * value;
        }
        mean[a] = tau + scale * sum;
        variance[a] = Math.max(0, prior - scale ** 2 * squares);
      }
    }
  }

  means(x: BigUint64Array, out: Float64Array): Float64Array {
    const { nodes, checked, mean } = this.#basis;
    const c = this.#solution();
    out.fill(0);
    withCore(checked, (core) => {
      for (const { start, end, block } of blocks(nodes, 0, nodes.n)) {
        core.load(block);
        core.sums(x, c.subarray(start, end), out);
      }
    });
    for (const [a, sum] of out.entries()) out[a] = mean + checked.scale * sum;
    return out;
  }

  /** Functions of the posterior at the test points, (count, m). */
  draw(x: BigUint64Array, count: number, seed: Seed | undefined): Float64Array {
    const { nodes, kernel, checked, eigenvalues } = this.#basis;
    const [{ n }, { dimension, scale }] = [nodes, checked];
    const m = x.length / dimension;
    if (m === 0) return new Float64Array();
    const uniforms = new Iid({ dimension: m, seed }).points({ end: count });
    const whitened = outFor(undefined, m * n, Float64Array);
    for (const { first, rows } of crossSpectra(nodes, checked, x)) whitened.set(rows, first * n);
    for (let i = 0; i < n; i++) {
      const factor = scale / Math.sqrt(eigenvalues[i] as number);
      for (let at = i; at < whitened.length; at += n) whitened[at] = factor * (whitened[at] as number);
    }
    const covariance = kernelMatrix({ kernel, dimension, x, z: x });
    subtractProducts(whitened, n, covariance);
    // They are multiples of 2^−53, of which 0 has no normal quantile.
    for (const [i, u] of uniforms.entries()) if (u === 0) uniforms[i] = 2 ** -54;
    const mean = this.means(x, new Float64Array(m));
    return toGaussian(uniforms, { mean, factor: factorOf(covariance, this.#prior()) }, uniforms);
  }

  /** k(x, x), which is the same everywhere. */
  #prior(): number {
    const { kernel, checked } = this.#basis;
    const x = new BigUint64Array(checked.dimension);
    return kernelMatrix({ kernel, dimension: checked.dimension, x, z: x })[0] as number;
  }

  #solution(): Float64Array {
    const { nodes, spectrum, eigenvalues } = this.#basis;
    const solved = (value: number, i: number): number => (i === 0 ? 0 : value / (eigenvalues[i] as number));
    this.#coefficients ??= backward(spectrum.map(solved), nodes.points);
    return this.#coefficients;
  }
}

/** T K(x, ·)/S between test points and the points of some nodes: rows of n numbers, some test points at a time. */
function* crossSpectra(
  nodes: Nodes,
  kernel: CheckedKernel,
  x: BigUint64Array,
): Generator<{ first: number; rows: Float64Array }, void, void> {
  const { n, points } = nodes;
  const d = points.dimension;
  const m = x.length / d;
  const together = Math.max(1, Math.min(m, Math.floor(ROOM / n)));
  const room = outFor(undefined, together * n, Float64Array);
  for (let first = 0; first < m; first += together) {
    const tests = x.subarray(first * d, (first + together) * d);
    const rows = room.subarray(0, (tests.length / d) * n);
    withCore(kernel, (core) => {
      for (const { start, end, block } of blocks(nodes, 0, n)) {
        core.load(block);
        const width = end - start;
        const part = new Float64Array((rows.length / n) * width);
        core.rows(tests, part);
        for (let a = 0; a * n < rows.length; a++) rows.set(part.subarray(a * width, (a + 1) * width), a * n + start);
      }
    });
    forward(rows, points, n);
    yield { first, rows };
  }
}

/** Takes the inner products of rows of n from the matrix (m, m). */
function subtractProducts(rows: Float64Array, n: number, matrix: Float64Array): void {
  const m = rows.length / n;
  const products = outFor(undefined, m * m, Float64Array);
  const width = Math.min(n, CHUNK);
  const part = outFor(undefined, m * width, Float64Array);
  for (let start = 0; start < n; start += width) {
    for (let a = 0; a < m; a++) part.set(rows.subarray(a * n + start, a * n + start + width), a * width);
    refusable(() => addProducts(part, width, products));
  }
  for (let a = 0; a < m; a++) {
    for (let b = 0; b <= a; b++) {
      const rest = (matrix[a * m + b] as number) - (products[a * m + b] as number);
      matrix[a * m + b] = rest;
      matrix[b * m + a] = rest;
    }
  }
}

/**
 * A with AAᵀ = the covariance. It is a difference from the prior and may have lost its definiteness to the rounding of that,
 * which so much more on the diagonal mends: from 2^−46 of the prior on, a deviation of 10^−7.
 */
function factorOf(covariance: Float64Array, prior: number): Float64Array {
  const m = Math.sqrt(covariance.length);
  for (let exponent = -46; ; exponent += 6) {
    const mended = covariance.slice();
    for (let a = 0; a < m; a++) mended[a * m + a] = (mended[a * m + a] as number) + 2 ** exponent * prior;
    try {
      return covarianceFactor(mended, 'cholesky');
    } catch (error) {
      if (!(error instanceof QmcError && error.code === 'bad-value') || exponent >= -16) throw error;
    }
  }
}
