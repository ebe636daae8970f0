/** Σ x[i]·y[i] in f64. */
export function dot(x: Float32Array, y: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (y[i] as number);
  return sum;
}

/** Σ |x[i]·y[i]| in f64, for the error bound. */
export function absDot(x: Float32Array, y: Float32Array): number {
  return dot(x.map(Math.abs), y.map(Math.abs));
}
