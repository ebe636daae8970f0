/**
 * A seeded generator of uniform numbers in [0, 1): SplitMix32, the same sequence on every host.
 *
 * Test data only; samplers that ship have their own generator.
 */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** `n` uniform f32 values in [lo, hi). */
export function uniforms(seed: number, n: number, lo = 0, hi = 1): Float32Array {
  const next = generator(seed);
  return Float32Array.from({ length: n }, () => lo + (hi - lo) * next());
}

/** `n` standard normal f32 values (Box–Muller). */
export function normals(seed: number, n: number): Float32Array {
  const next = generator(seed);
  return Float32Array.from({ length: n }, () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()));
}
