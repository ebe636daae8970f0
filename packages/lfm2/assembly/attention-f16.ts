import { spreadF16 } from '@gossamer/as-kit/assembly/inline/halves';
import { held } from '@gossamer/as-kit/assembly/inline/held';
import { madd } from '@gossamer/as-kit/assembly/inline/lanes';
import { PAGE } from './page';

/*
 * f16 pages multiplied without a change of their exponents: the bits of an f16 at their places in an f32 are 2^-112 times the number.
 * Half of that power is put into queries and weights, half is taken out of the sums, so that no product is a subnormal. A cache
 * holds no infinity; a NaN counts as ±98304 here. Two queries share what is read of a page; `two` is a constant.
 */

/** 2^56 */
export const HALF_POWER: f32 = 72057594037927940;

/** Tokens (or columns) 0, 2, 4, 6 of eight f16, times 2^-112. */
// @ts-ignore: decorator
@inline
function even(v: v128, mask: v128): v128 {
  return spreadF16(i32x4.shl(v, 16), mask);
}

/**
 * a[t] = q·k[t] of the first `seen` tokens of a page, and of up to 7 behind them; b for a second query.
 * keys: of the page · q, r: (dim) f32, times 2^56 · a, b: (64) f32
 */
// @ts-ignore: decorator
@inline
function score(two: bool, keys: usize, q: usize, r: usize, a: usize, b: usize, dim: i32, seen: i32): void {
  const none = f32x4.splat(0);
  const mask = held(0x8fffe000, dim);
  for (let t = 0; t < seen; t += 8) {
    let a0 = none, a1 = none, a2 = none, a3 = none;
    let b0 = none, b1 = none, b2 = none, b3 = none;
    let x = q;
    let y = r;
    for (let left = dim; left > 0; left -= 2) {
      let p = v128.load32_splat(x);
      let s = v128.load32_splat(y);
      let k = v128.load(keys);
      let h = even(k, mask);
      a0 = madd(h, p, a0);
      if (two) b0 = madd(h, s, b0);
      h = spreadF16(k, mask);
      a1 = madd(h, p, a1);
      if (two) b1 = madd(h, s, b1);
      p = v128.load32_splat(x, 4);
      s = v128.load32_splat(y, 4);
      k = v128.load(keys, 16);
      h = even(k, mask);
      a2 = madd(h, p, a2);
      if (two) b2 = madd(h, s, b2);
      h = spreadF16(k, mask);
      a3 = madd(h, p, a3);
      if (two) b3 = madd(h, s, b3);
      x += 8;
      y += 8;
      keys += 32;
    }
    putScores(a, f32x4.add(a0, a2), f32x4.add(a1, a3));
    if (two) putScores(b, f32x4.add(b0, b2), f32x4.add(b1, b3));
    a += 32;
    b += 32;
  }
}

// @ts-ignore: decorator
@inline
function putScores(at: usize, s0: v128, s1: v128): void {
  const factor = f32x4.splat(HALF_POWER);
  v128.store(at, f32x4.mul(i32x4.shuffle(s0, s1, 0, 4, 1, 5), factor));
  v128.store(at, f32x4.mul(i32x4.shuffle(s0, s1, 2, 6, 3, 7), factor), 16);
}

/**
 * a[c] += Σ_t w[t]·v[t, c] over the first `seen` tokens; b for a second query.
 * values: of the page · w, x: (64) f32, times 2^56 · a, b: (dim) f32
 */
// @ts-ignore: decorator
@inline
function addValues(two: bool, values: usize, w: usize, x: usize, a: usize, b: usize, dim: i32, seen: i32): void {
  const none = f32x4.splat(0);
  const mask = held(0x8fffe000, dim);
  for (let c = 0; c < dim; c += 8) {
    let a0 = none, a1 = none, a2 = none, a3 = none;
    let b0 = none, b1 = none, b2 = none, b3 = none;
    let y = w;
    let z = x;
    let from = values;
    // Weights of tokens behind the last are 0.
    for (let left = seen; left > 0; left -= 2) {
      let p = v128.load32_splat(y);
      let s = v128.load32_splat(z);
      let v = v128.load(from);
      let h = even(v, mask);
      a0 = madd(h, p, a0);
      if (two) b0 = madd(h, s, b0);
      h = spreadF16(v, mask);
      a1 = madd(h, p, a1);
      if (two) b1 = madd(h, s, b1);
      p = v128.load32_splat(y, 4);
      s = v128.load32_splat(z, 4);
      v = v128.load(from, 16);
      h = even(v, mask);
      a2 = madd(h, p, a2);
      if (two) b2 = madd(h, s, b2);
      h = spreadF16(v, mask);
      a3 = madd(h, p, a3);
      if (two) b3 = madd(h, s, b3);
      y += 8;
      z += 8;
      from += 32;
    }
    addSums(a, f32x4.add(a0, a2), f32x4.add(a1, a3));
    if (two) addSums(b, f32x4.add(b0, b2), f32x4.add(b1, b3));
    values += PAGE * 16;
    a += 32;
    b += 32;
  }
}

// @ts-ignore: decorator
@inline
function addSums(at: usize, s0: v128, s1: v128): void {
  const factor = f32x4.splat(HALF_POWER);
  v128.store(at, madd(i32x4.shuffle(s0, s1, 0, 4, 1, 5), factor, v128.load(at)));
  v128.store(at, madd(i32x4.shuffle(s0, s1, 2, 6, 3, 7), factor, v128.load(at, 16)), 16);
}

export function score1F16(k: usize, q: usize, a: usize, dim: i32, seen: i32): void {
  score(false, k, q, q, a, a, dim, seen);
}

export function score2F16(k: usize, q: usize, r: usize, a: usize, b: usize, dim: i32, seen: i32): void {
  score(true, k, q, r, a, b, dim, seen);
}

export function add1F16(v: usize, w: usize, a: usize, dim: i32, seen: i32): void {
  addValues(false, v, w, w, a, a, dim, seen);
}

export function add2F16(v: usize, w: usize, x: usize, a: usize, b: usize, dim: i32, seen: i32): void {
  addValues(true, v, w, x, a, b, dim, seen);
}
