/** Sizes of one sequence. */
export interface Sizes {
  readonly tokens: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly keySize: number;
  readonly valueSize: number;
}

/** Rows of one sequence: q (T, H, K), k and g (T, Hkv, K), v (T, Hkv, V). */
export interface Rows {
  readonly q: ArrayLike<number>;
  readonly k: ArrayLike<number>;
  readonly v: ArrayLike<number>;
  readonly g: ArrayLike<number>;
}

/** Output (T, H, V) and state (Hkv, K, V). */
export interface Result {
  readonly o: Float64Array;
  readonly state: Float64Array;
}

/** S_t = diag(exp g_t)·S_{t−1} + k_t v_tᵀ, o_t = scale·S_tᵀ q_t in f64 (GLA paper §4.1, eq. 3). */
export function oracle(x: Rows, sizes: Sizes, scale: number, initial?: ArrayLike<number>): Result {
  const { tokens, heads, kvHeads, keySize: K, valueSize: V } = sizes;
  const at = (array: ArrayLike<number>, i: number) => array[i] as number;
  const state = new Float64Array(kvHeads * K * V);
  if (initial !== undefined) state.set(initial);
  const o = new Float64Array(tokens * heads * V);
  for (let t = 0; t < tokens; t++) {
    for (let h = 0; h < heads; h++) {
      const kv = Math.floor((h * kvHeads) / heads);
      const row = t * kvHeads + kv;
      const first = h % (heads / kvHeads) === 0;
      for (let d = 0; d < K; d++) {
        const alpha = Math.exp(at(x.g, row * K + d));
        const key = at(x.k, row * K + d);
        const query = scale * at(x.q, (t * heads + h) * K + d);
        for (let e = 0; e < V; e++) {
          const s = (kv * K + d) * V + e;
          if (first) state[s] = alpha * at(state, s) + key * at(x.v, row * V + e);
          o[(t * heads + h) * V + e] = at(o, (t * heads + h) * V + e) + query * at(state, s);
        }
      }
    }
  }
  return { o, state };
}

/** The oracle on absolute values: what rounding errors are relative to. */
export function magnitudes(x: Rows, sizes: Sizes, scale: number, initial?: ArrayLike<number>): Result {
  const abs = (array: ArrayLike<number>) => Float64Array.from(array, Math.abs);
  const rows = { q: abs(x.q), k: abs(x.k), v: abs(x.v), g: x.g };
  return oracle(rows, sizes, Math.abs(scale), initial && abs(initial));
}

/**
 * Roundings that a summand of o or S meets at most: per token the gate (e^g to 3.4 u, product and floor, 6 u in all) and the
 * write (2), then the K terms of the read, and a few for scaling and the factors of the chunkwise form. In units of u = 2^−24.
 */
export function roundings({ tokens, keySize }: Sizes): number {
  return 8 * tokens + keySize + 32;
}

/** Below this an f32 state is 0 (assembly/inline/decay.ts), once per token. */
export const FLOOR: number = 2 ** -99;
