import { hmax } from '@gossamer/as-kit/assembly/inline/lanes';
import { quantize4, quantRounder } from '@gossamer/as-kit/assembly/inline/quant';
import { PAGE, TILE, TILE_SCALES } from './page';
import { PAGE_BYTES } from './scores';

/*
 * int8 pages multiplied as they are: queries and weights become i16, so that sums of products are whole numbers, the same in every
 * build. |q| ≤ 32767 and |k| ≤ 127 over D ≤ 512 columns stay below 2^31, as do weights ≤ 32767 over 64 tokens. Two queries share
 * what is read of a page; `two` is a constant.
 */

/** Numbers as i16, also in place; returns what one unit is worth.   x: (n) f32, n a multiple of 8 · out: (n) i16 */
export function toWords(x: usize, out: usize, n: i32): f32 {
  let most = f32x4.splat(0);
  for (let i = 0; i < n; i += 4) most = f32x4.max(most, f32x4.abs(v128.load(x + (<usize>i << 2))));
  return words(x, out, n, hmax(most));
}

/** Weights, multiplied by the scales of the values, as i16; returns what one unit is worth.   weights, scales: (64) f32 */
export function weightsToWords(weights: usize, scales: usize, out: usize): f32 {
  let most = f32x4.splat(0);
  for (let at: usize = 0; at < PAGE_BYTES; at += TILE) {
    const weight = f32x4.mul(v128.load(weights + at), v128.load(scales + at));
    v128.store(weights + at, weight);
    most = f32x4.max(most, weight);
  }
  return words(weights, out, PAGE, hmax(most));
}

/** |x| ≤ peak as i16, peak as 32767. */
function words(x: usize, out: usize, n: i32, peak: f32): f32 {
  const rounder = quantRounder(n);
  const inverse: f32 = 32767 / peak;
  const factor = f32x4.splat(inverse < Infinity ? inverse : 0);
  for (let left = n; left > 0; left -= 8) {
    const low = quantize4(v128.load(x), factor, rounder);
    const high = quantize4(v128.load(x, 16), factor, rounder);
    v128.store(out, i16x8.narrow_i32x4_s(low, high));
    x += 32;
    out += 16;
  }
  return peak / 32767;
}

/**
 * a[t] = q·k[t] of the first `seen` tokens of a page, and of up to 15 behind them; b for a second query.
 * keys: of the page, scales included · q, r: (dim) i16, worth unitA and unitB · a, b: (64) f32
 */
// @ts-ignore: decorator
@inline
function score(
  two: bool,
  keys: usize,
  q: usize,
  r: usize,
  a: usize,
  b: usize,
  unitA: f32,
  unitB: f32,
  dim: i32,
  seen: i32,
): void {
  const none = i32x4.splat(0);
  for (let t = 0; t < seen; t += TILE) {
    let a0 = none, a1 = none, a2 = none, a3 = none;
    let b0 = none, b1 = none, b2 = none, b3 = none;
    const scales = keys;
    keys += TILE_SCALES;
    let x = q;
    let y = r;
    for (let left = dim; left > 0; left -= 2) {
      const v = v128.load32_splat(x);
      const w = v128.load32_splat(y);
      let k = v128.load8x8_s(keys);
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(k, v));
      if (two) b0 = i32x4.add(b0, i32x4.dot_i16x8_s(k, w));
      k = v128.load8x8_s(keys, 8);
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(k, v));
      if (two) b1 = i32x4.add(b1, i32x4.dot_i16x8_s(k, w));
      k = v128.load8x8_s(keys, 16);
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(k, v));
      if (two) b2 = i32x4.add(b2, i32x4.dot_i16x8_s(k, w));
      k = v128.load8x8_s(keys, 24);
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(k, v));
      if (two) b3 = i32x4.add(b3, i32x4.dot_i16x8_s(k, w));
      x += 4;
      y += 4;
      keys += 32;
    }
    putScores(a, a0, a1, a2, a3, scales, unitA);
    if (two) putScores(b, b0, b1, b2, b3, scales, unitB);
    a += 64;
    b += 64;
  }
}

// @ts-ignore: decorator
@inline
function putScores(at: usize, s0: v128, s1: v128, s2: v128, s3: v128, scales: usize, unit: f32): void {
  const factor = f32x4.splat(unit);
  v128.store(at, f32x4.mul(f32x4.convert_i32x4_s(s0), f32x4.mul(v128.load(scales), factor)));
  v128.store(at, f32x4.mul(f32x4.convert_i32x4_s(s1), f32x4.mul(v128.load(scales, 16), factor)), 16);
  v128.store(at, f32x4.mul(f32x4.convert_i32x4_s(s2), f32x4.mul(v128.load(scales, 32), factor)), 32);
  v128.store(at, f32x4.mul(f32x4.convert_i32x4_s(s3), f32x4.mul(v128.load(scales, 48), factor)), 48);
}

/**
 * a[c] += unitA·Σ_t w[t]·v[t, c] over the first `seen` tokens; b for a second query.
 * values: of the page, behind their scales · w, x: (64) i16 · a, b: (dim) f32
 */
// @ts-ignore: decorator
@inline
function addValues(
  two: bool,
  values: usize,
  w: usize,
  x: usize,
  a: usize,
  b: usize,
  unitA: f32,
  unitB: f32,
  dim: i32,
  seen: i32,
): void {
  let left = dim;
  for (; left >= 16; left -= 16) {
    columns(true, two, values, w, x, a, b, unitA, unitB, seen);
    values += PAGE * 16;
    a += 64;
    b += 64;
  }
  if (left) columns(false, two, values, w, x, a, b, unitA, unitB, seen);
}

/** 16 columns of addValues, or 8. */
// @ts-ignore: decorator
@inline
function columns(
  wide: bool,
  two: bool,
  values: usize,
  w: usize,
  x: usize,
  a: usize,
  b: usize,
  unitA: f32,
  unitB: f32,
  seen: i32,
): void {
  const none = i32x4.splat(0);
  let a0 = none, a1 = none, a2 = none, a3 = none;
  let b0 = none, b1 = none, b2 = none, b3 = none;
  for (let left = seen; left > 0; left -= 2) {
    const p = v128.load32_splat(w);
    const q = v128.load32_splat(x);
    let v = v128.load8x8_s(values);
    a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v, p));
    if (two) b0 = i32x4.add(b0, i32x4.dot_i16x8_s(v, q));
    v = v128.load8x8_s(values, 8);
    a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v, p));
    if (two) b1 = i32x4.add(b1, i32x4.dot_i16x8_s(v, q));
    if (wide) {
      v = v128.load8x8_s(values, 16);
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(v, p));
      if (two) b2 = i32x4.add(b2, i32x4.dot_i16x8_s(v, q));
      v = v128.load8x8_s(values, 24);
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(v, p));
      if (two) b3 = i32x4.add(b3, i32x4.dot_i16x8_s(v, q));
    }
    w += 4;
    x += 4;
    values += wide ? 32 : 16;
  }
  addSums(wide, a, a0, a1, a2, a3, unitA);
  if (two) addSums(wide, b, b0, b1, b2, b3, unitB);
}

// @ts-ignore: decorator
@inline
function addSums(wide: bool, at: usize, s0: v128, s1: v128, s2: v128, s3: v128, unit: f32): void {
  const factor = f32x4.splat(unit);
  v128.store(at, f32x4.add(v128.load(at), f32x4.mul(f32x4.convert_i32x4_s(s0), factor)));
  v128.store(at, f32x4.add(v128.load(at, 16), f32x4.mul(f32x4.convert_i32x4_s(s1), factor)), 16);
  if (wide) {
    v128.store(at, f32x4.add(v128.load(at, 32), f32x4.mul(f32x4.convert_i32x4_s(s2), factor)), 32);
    v128.store(at, f32x4.add(v128.load(at, 48), f32x4.mul(f32x4.convert_i32x4_s(s3), factor)), 48);
  }
}

export function score1Int8(k: usize, q: usize, a: usize, unit: f32, dim: i32, seen: i32): void {
  score(false, k, q, q, a, a, unit, unit, dim, seen);
}

export function score2Int8(
  k: usize,
  q: usize,
  r: usize,
  a: usize,
  b: usize,
  unitA: f32,
  unitB: f32,
  dim: i32,
  seen: i32,
): void {
  score(true, k, q, r, a, b, unitA, unitB, dim, seen);
}

export function add1Int8(v: usize, w: usize, a: usize, unit: f32, dim: i32, seen: i32): void {
  addValues(false, v, w, w, a, a, unit, unit, dim, seen);
}

export function add2Int8(
  v: usize,
  w: usize,
  x: usize,
  a: usize,
  b: usize,
  unitA: f32,
  unitB: f32,
  dim: i32,
  seen: i32,
): void {
  addValues(true, v, w, x, a, b, unitA, unitB, dim, seen);
}
