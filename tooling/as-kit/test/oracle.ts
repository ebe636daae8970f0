// The textbook form of every kernel in f64: slow, obvious, and used by tests only.

/** Σ_c x[i, c]·w[r, c] and Σ_c |x[i, c]·w[r, c]|. */
export function product(
  x: Float32Array,
  w: Float32Array,
  i: number,
  r: number,
  k: number,
): { value: number; magnitude: number } {
  let value = 0;
  let magnitude = 0;
  for (let c = 0; c < k; c++) {
    const term = (x[i * k + c] as number) * (w[r * k + c] as number);
    value += term;
    magnitude += Math.abs(term);
  }
  return { value, magnitude };
}

const words = new Uint32Array(1);
const floats = new Float32Array(words.buffer);

export function f32FromBits(bits: number): number {
  words[0] = bits;
  return floats[0] as number;
}

export function bitsOfF32(value: number): number {
  floats[0] = value;
  return words[0] as number;
}

export function bf16ToNumber(bits: number): number {
  return f32FromBits(bits << 16);
}

export function f16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent ? sign * 2 ** (exponent - 25) * (1024 + mantissa) : sign * 2 ** -24 * mantissa;
}

/** Nearest value of a format whose 16-bit patterns grow with the magnitude, ties to the even pattern. */
export function nearest16(value: number, decode: (bits: number) => number, infinity: number): number {
  if (Number.isNaN(value)) return Number.NaN;
  const magnitude = Math.abs(value);
  let low = 0;
  let high = infinity;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (decode(middle) <= magnitude) low = middle;
    else high = middle;
  }
  // Beyond the largest finite value, ∞ stands for the next value of the grid.
  const above = high === infinity ? 2 * decode(infinity - 1) - decode(infinity - 2) : decode(high);
  const down = magnitude - decode(low);
  const up = above - magnitude;
  const bits = magnitude === Number.POSITIVE_INFINITY || up < down || (up === down && high % 2 === 0) ? high : low;
  return bits | (value < 0 || Object.is(value, -0) ? 0x8000 : 0);
}

/** Rounds to nearest, ties to even. */
function roundEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Symmetric int8 of one span: scale = max/127 in f32, q = round(v·(127/max)). */
export function quantize(span: ArrayLike<number>): { scale: number; q: number[] } {
  const values = Array.from(span);
  const peak = values.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
  const factor = Math.fround(127 / peak);
  const usable = Number.isFinite(factor) ? factor : 0;
  return { scale: Math.fround(peak / 127), q: values.map((v) => roundEven(Math.fround(v * usable)) + 0) };
}

export function sigmoid(v: number): number {
  return v >= 0 ? 1 / (1 + Math.exp(-v)) : Math.exp(v) / (1 + Math.exp(v));
}

export function logSigmoid(v: number): number {
  return Math.min(v, 0) - Math.log1p(Math.exp(-Math.abs(v)));
}

/** x/√(mean(x²) + eps)·weight of one row. */
export function rmsNorm(x: Float32Array, weight: Float32Array | undefined, eps: number): number[] {
  const squares = x.reduce((sum, v) => sum + v * v, 0);
  return Array.from(x, (v, j) => (v / Math.sqrt(squares / x.length + eps)) * (weight?.[j] ?? 1));
}

/** (x − mean)/√(variance + eps) of one group. */
export function standardize(x: Float32Array, eps: number): number[] {
  const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
  const variance = x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length;
  return Array.from(x, (v) => (v - mean) / Math.sqrt(variance + eps));
}
