/** A symmetric positive definite system by Cholesky's method: slow and obvious. `matrix` is row-major (n, n). */
export class Dense {
  readonly n: number;
  readonly #factor: Float64Array;

  constructor(matrix: Float64Array, noise = 0) {
    const n = Math.sqrt(matrix.length);
    this.n = n;
    const l = matrix.slice();
    for (let i = 0; i < n; i++) l[i * n + i] = at(l, i * n + i) + noise;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let rest = at(l, i * n + j);
        for (let k = 0; k < j; k++) rest -= at(l, i * n + k) * at(l, j * n + k);
        l[i * n + j] = i === j ? Math.sqrt(rest) : rest / at(l, j * n + j);
      }
    }
    this.#factor = l;
  }

  solve(y: Float64Array): Float64Array {
    const { n } = this;
    const x = this.half(y);
    for (let i = n - 1; i >= 0; i--) {
      let rest = at(x, i);
      for (let k = i + 1; k < n; k++) rest -= at(this.#factor, k * n + i) * at(x, k);
      x[i] = rest / at(this.#factor, i * n + i);
    }
    return x;
  }

  /** L⁻¹y */
  half(y: Float64Array): Float64Array {
    const { n } = this;
    const x = y.slice();
    for (let i = 0; i < n; i++) {
      let rest = at(x, i);
      for (let k = 0; k < i; k++) rest -= at(this.#factor, i * n + k) * at(x, k);
      x[i] = rest / at(this.#factor, i * n + i);
    }
    return x;
  }

  logDeterminant(): number {
    let sum = 0;
    for (let i = 0; i < this.n; i++) sum += 2 * Math.log(at(this.#factor, i * this.n + i));
    return sum;
  }
}

export const at = (array: ArrayLike<number>, i: number): number => array[i] as number;
export const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * at(b, i), 0);
export const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));

/** The unit roundoff of f64. */
export const U: number = 2 ** -53;
