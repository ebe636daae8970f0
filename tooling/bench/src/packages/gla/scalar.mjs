// The peer of those who have no WebAssembly: the recurrence in plain JavaScript. Four rows of S at a time, so that o and v
// are loaded once for twelve multiply-adds; f32 arrays and f64 arithmetic, which V8 runs 1.7 times as fast as a row at a
// time and 2.3 times as fast as the same loop rounded to f32 after every operation.

/**
 * S ← diag(a)·S + k·vᵀ, o = scale·Sᵀq (GLA paper §4.1 eq. 3) over T tokens.
 * q, k, a (T, H, K) · v, o (T, H, V) · state (H, K, V); K a multiple of 4
 */
export function scalarRecurrence(q, k, v, a, state, o, { tokens, heads, keySize, valueSize }) {
  const scale = keySize ** -0.5;
  for (let h = 0; h < heads; h++) {
    for (let t = 0; t < tokens; t++) {
      const key = (t * heads + h) * keySize;
      const value = (t * heads + h) * valueSize;
      for (let d = 0; d < keySize; d += 4) {
        const a0 = a[key + d];
        const a1 = a[key + d + 1];
        const a2 = a[key + d + 2];
        const a3 = a[key + d + 3];
        const k0 = k[key + d];
        const k1 = k[key + d + 1];
        const k2 = k[key + d + 2];
        const k3 = k[key + d + 3];
        const q0 = scale * q[key + d];
        const q1 = scale * q[key + d + 1];
        const q2 = scale * q[key + d + 2];
        const q3 = scale * q[key + d + 3];
        const r0 = (h * keySize + d) * valueSize;
        const r1 = r0 + valueSize;
        const r2 = r1 + valueSize;
        const r3 = r2 + valueSize;
        for (let e = 0; e < valueSize; e++) {
          const x = v[value + e];
          const s0 = a0 * state[r0 + e] + k0 * x;
          const s1 = a1 * state[r1 + e] + k1 * x;
          const s2 = a2 * state[r2 + e] + k2 * x;
          const s3 = a3 * state[r3 + e] + k3 * x;
          state[r0 + e] = s0;
          state[r1 + e] = s1;
          state[r2 + e] = s2;
          state[r3 + e] = s3;
          const part = q0 * s0 + q1 * s1 + (q2 * s2 + q3 * s3);
          o[value + e] = d === 0 ? part : o[value + e] + part;
        }
      }
    }
  }
}
