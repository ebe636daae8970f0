/** The textbook loops in f64: slow, obvious, never imported by `src`. */

export interface ConvSizes {
  readonly m: number;
  readonly d: number;
  readonly taps: number;
}

/** y[t] = C[t]⊙(bias + Σ_j w[j]·u[t−(L−1)+j]), u = B⊙x, over a whole text. bcx: (m, 3d) · w: (taps, d) */
export function shortConv(
  bcx: ArrayLike<number>,
  w: ArrayLike<number>,
  bias: ArrayLike<number> | undefined,
  sizes: ConvSizes,
): Float64Array {
  const { m, d, taps } = sizes;
  const u = (t: number, c: number) =>
    t < 0 ? 0 : (bcx[t * 3 * d + c] as number) * (bcx[t * 3 * d + 2 * d + c] as number);
  const y = new Float64Array(m * d);
  for (let t = 0; t < m; t++) {
    for (let c = 0; c < d; c++) {
      let sum = bias?.[c] ?? 0;
      for (let j = 0; j < taps; j++) sum += (w[j * d + c] as number) * u(t - (taps - 1) + j, c);
      y[t * d + c] = sum * (bcx[t * 3 * d + d + c] as number);
    }
  }
  return y;
}

/** Per-head RMSNorm, then rotation by position·frequency. x: (m, heads, D) */
export function normRope(
  x: ArrayLike<number>,
  weight: ArrayLike<number>,
  frequencies: ArrayLike<number>,
  sizes: {
    readonly m: number;
    readonly heads: number;
    readonly dim: number;
    readonly position: number;
    readonly eps: number;
  },
): Float64Array {
  const { m, heads, dim, position, eps } = sizes;
  const out = new Float64Array(m * heads * dim);
  for (let t = 0; t < m; t++) {
    for (let h = 0; h < heads; h++) {
      const at = (t * heads + h) * dim;
      let squares = 0;
      for (let i = 0; i < dim; i++) squares += (x[at + i] as number) ** 2;
      const normed = Array.from({ length: dim }, (_, i) => {
        return ((x[at + i] as number) * (weight[i] as number)) / Math.sqrt(squares / dim + eps);
      });
      for (let j = 0; j < dim / 2; j++) {
        const angle = (position + t) * (frequencies[j] as number);
        const [a, b] = [normed[j] as number, normed[j + dim / 2] as number];
        out[at + j] = a * Math.cos(angle) - b * Math.sin(angle);
        out[at + j + dim / 2] = b * Math.cos(angle) + a * Math.sin(angle);
      }
    }
  }
  return out;
}

export interface AttentionSizes {
  /** Queries; they are the last tokens of the text. */
  readonly m: number;
  /** Tokens of the text. */
  readonly total: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly dim: number;
}

/** Causal grouped-query attention. q: (m, heads, D) · k, v: (total, kvHeads, D) */
export function attention(
  q: ArrayLike<number>,
  k: ArrayLike<number>,
  v: ArrayLike<number>,
  sizes: AttentionSizes,
): Float64Array {
  const { m, total, heads, kvHeads, dim } = sizes;
  const out = new Float64Array(m * heads * dim);
  for (let t = 0; t < m; t++) {
    const seen = total - m + t + 1;
    for (let h = 0; h < heads; h++) {
      const g = Math.floor(h / (heads / kvHeads));
      const at = (t * heads + h) * dim;
      const scores = Array.from({ length: seen }, (_, s) => {
        let dot = 0;
        for (let i = 0; i < dim; i++) dot += (q[at + i] as number) * (k[(s * kvHeads + g) * dim + i] as number);
        return dot / Math.sqrt(dim);
      });
      const largest = Math.max(...scores);
      const weights = scores.map((score) => Math.exp(score - largest));
      const sum = weights.reduce((a, b) => a + b, 0);
      for (let s = 0; s < seen; s++) {
        const p = (weights[s] as number) / sum;
        for (let i = 0; i < dim; i++)
          out[at + i] = (out[at + i] as number) + p * (v[(s * kvHeads + g) * dim + i] as number);
      }
    }
  }
  return out;
}

/** An f32 as the nearest f16, ties to even; |x| < 65520. */
export function toF16(x: number): number {
  const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(x))));
  const unit = 2 ** (exponent - 10);
  return roundEven(x / unit) * unit;
}

/** Rows of `dim` as int8 with a scale each, in the roundings of f32. */
export function toInt8(x: Float32Array, dim: number): Float32Array {
  const out = new Float32Array(x.length);
  for (let at = 0; at < x.length; at += dim) {
    const row = x.subarray(at, at + dim);
    const peak = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const factor = Math.fround(127 / peak);
    const scale = Math.fround(peak / 127);
    row.forEach((value, i) => {
      out[at + i] = roundEven(Math.fround(value * factor)) * scale;
    });
  }
  return out;
}

function roundEven(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  return low + (rest > 0.5 || (rest === 0.5 && low % 2 !== 0) ? 1 : 0);
}

/** Heads of x turned by an angle per pair of elements. x: (…, D) */
export function turn(x: ArrayLike<number>, dim: number, angles: readonly number[]): Float64Array {
  const out = new Float64Array(x.length);
  for (let at = 0; at < x.length; at += dim) {
    angles.forEach((angle, j) => {
      const [a, b] = [x[at + j] as number, x[at + j + dim / 2] as number];
      out[at + j] = a * Math.cos(angle) - b * Math.sin(angle);
      out[at + j + dim / 2] = b * Math.cos(angle) + a * Math.sin(angle);
    });
  }
  return out;
}
