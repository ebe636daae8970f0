import { loadPart, storePart } from '@gossamer/as-kit/assembly/inline/lanes';
import { exp4 } from '@gossamer/as-kit/assembly/inline/exp';
import { logSigmoid4, sigmoid4, swish4 } from '@gossamer/as-kit/assembly/inline/sigmoid';
import { dot } from '@gossamer/as-kit/assembly/reduce';
import { loadSome, storeSome } from './inline/lanes';

/**
 * a[t, d] = exp(max(log σ(z[t, d] + bias[d])/τ, floor)): the decay of the low-rank gate (paper §4.4).
 * z, a: (tokens, dim) f32, may be the same · bias: (dim) f32 · floor ≤ 0, −∞ for none
 */
export function decayGate(z: usize, bias: usize, a: usize, tokens: i32, dim: i32, tau: f32, floor: f32): void {
  const wide = dim & ~3;
  const tail = dim & 3;
  for (let t = 0; t < tokens; t++) {
    for (let d = 0; d < wide; d += 4) {
      const at = <usize>d << 2;
      v128.store(a + at, decay4(f32x4.add(v128.load(z + at), v128.load(bias + at)), tau, floor));
    }
    if (tail) {
      const at = <usize>wide << 2;
      const v = f32x4.add(loadPart(z + at, tail, 0), loadPart(bias + at, tail, 0));
      storePart(a + at, decay4(v, tau, floor), tail);
    }
    z += <usize>dim << 2;
    a += <usize>dim << 2;
  }
}

// @ts-ignore: decorator
@inline
function decay4(v: v128, tau: f32, floor: f32): v128 {
  return exp4(f32x4.max(f32x4.div(logSigmoid4(v), f32x4.splat(tau)), f32x4.splat(floor)));
}

/**
 * y[t, c] = swish(Σ_j weight[c, W−1−j]·x[t−j, c]): causal depthwise convolution (fla/modules/conv/short_conv.py).
 * What lies before the block comes from past, which moves on.
 * x, y: (tokens, channels) f32, apart · weight: (channels, W) f32 · past: (W − 1, channels) f32, oldest first
 */
export function shortConv(x: usize, weight: usize, past: usize, y: usize, tokens: i32, channels: i32, width: i32): void {
  const row = <usize>channels << 2;
  const before = past + <usize>(width - 1) * row; // where row −1 of x would end
  for (let c = 0; c < channels; c += 4) {
    const count = min(4, channels - c);
    const column = <usize>c << 2;
    for (let t = 0; t < tokens; t++) {
      let acc = f32x4.splat(0);
      for (let tap = 0; tap < width; tap++) {
        const source = t + tap - (width - 1);
        const rows = source < 0 ? before : x;
        const value = loadSome(rows + <usize>source * row + column, count);
        acc = f32x4.add(acc, f32x4.mul(tapOf(weight, c, tap, width, count), value));
      }
      storeSome(y + <usize>t * row + column, swish4(acc), count);
    }
  }
  const kept = max(0, width - 1 - tokens); // rows of the past that are still in reach
  const taken = width - 1 - kept;
  memory.copy(past, past + <usize>taken * row, <usize>kept * row);
  memory.copy(past + <usize>kept * row, x + <usize>(tokens - taken) * row, <usize>taken * row);
}

/** Tap `tap` of channels c … c + count − 1. */
// @ts-ignore: decorator
@inline
function tapOf(weight: usize, c: i32, tap: i32, width: i32, count: i32): v128 {
  const at = weight + (<usize>(c * width + tap) << 2);
  const step = <usize>width << 2;
  let v = v128.load32_zero(at);
  if (count > 1) v = v128.load32_lane(at + step, v, 1);
  if (count > 2) v = v128.load32_lane(at + step * 2, v, 2);
  if (count > 3) v = v128.load32_lane(at + step * 3, v, 3);
  return v;
}

/** Kinds of featureMap. */
const RELU = 0;
const SIGMOID = 1;
const LOG_SIGMOID = 2;
const SWISH = 3;
const SQUARED_RELU = 4;
const GELU = 5;

/** x = φ(x) for a feature map φ of fla/modules/activations.py.   x: (n) f32 */
export function featureMap(kind: i32, x: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const count = min(4, n - i);
    const at = x + (<usize>i << 2);
    storeSome(at, map4(kind, loadSome(at, count)), count);
  }
}

function map4(kind: i32, v: v128): v128 {
  if (kind == SIGMOID) return sigmoid4(v);
  if (kind == LOG_SIGMOID) return logSigmoid4(v);
  if (kind == SWISH) return swish4(v);
  if (kind == GELU) return gelu4(v);
  const positive = f32x4.max(v, f32x4.splat(0));
  return kind == SQUARED_RELU ? f32x4.mul(positive, positive) : positive;
}

/** The tanh form: v/2·(1 + tanh u) = v·σ(2u) with u = √(2/π)·(v + 0.044715·v³). */
// @ts-ignore: decorator
@inline
function gelu4(v: v128): v128 {
  const cube = f32x4.mul(f32x4.mul(v, v), f32x4.mul(v, f32x4.splat(0.044715)));
  const u = f32x4.mul(f32x4.splat(0.79788456), f32x4.add(v, cube)); // √(2/π)
  return f32x4.mul(v, sigmoid4(f32x4.add(u, u)));
}

/**
 * y[i, j] = o[i, j]/√(Σ_j o²/n + eps)·weight[j]·swish(g[i, j]): the gated norm of each head (fla FusedRMSNormGated).
 * o, g, y: (rows, n) f32, y may be o · weight: (n) f32, 0 = none
 */
export function normSwishGate(o: usize, g: usize, weight: usize, y: usize, rows: i32, n: i32, eps: f32): void {
  const row = <usize>n << 2;
  for (let r = 0; r < rows; r++) {
    const factor = f32x4.splat(1 / sqrt<f32>(dot(o, o, n) / <f32>n + eps));
    for (let j = 0; j < n; j += 4) {
      const count = min(4, n - j);
      const at = <usize>j << 2;
      let v = f32x4.mul(f32x4.mul(loadSome(o + at, count), factor), swish4(loadSome(g + at, count)));
      if (weight) v = f32x4.mul(v, loadSome(weight + at, count));
      storeSome(y + at, v, count);
    }
    o += row;
    g += row;
    y += row;
  }
}
