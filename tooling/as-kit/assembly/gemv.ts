import { decodeF16, highHalves } from './inline/halves';
import { madd, putPanel } from './inline/lanes';
import { BF16, F16, F32, K_BLOCK, PANEL } from './types';

/** y[r] (+)= Σ_c x[c]·w[r, c] for the rows of some panels.   w: packed panels of a float type · x: (k) · y: (n) */
export function gemvFloat(
  w: usize,
  type: i32,
  x: usize,
  y: usize,
  n: i32,
  k: i32,
  panel0: i32,
  panels: i32,
  accumulate: bool,
): void {
  const bytes = <usize>k << (type == F32 ? 5 : 4);
  w += bytes * panel0;
  y += <usize>panel0 << 5;
  let rows = n - panel0 * PANEL;
  let left = panels;
  for (; left >= 4; left -= 4) {
    if (type == F32) four(F32, w, bytes, x, y, rows, k, accumulate);
    else if (type == BF16) four(BF16, w, bytes, x, y, rows, k, accumulate);
    else four(F16, w, bytes, x, y, rows, k, accumulate);
    w += bytes * 4;
    y += 128;
    rows -= 32;
  }
  for (; left > 0; left--) {
    if (type == F32) one(F32, w, x, y, rows, k, accumulate);
    else if (type == BF16) one(BF16, w, x, y, rows, k, accumulate);
    else one(F16, w, x, y, rows, k, accumulate);
    w += bytes;
    y += 32;
    rows -= 8;
  }
}

/** Rows 0…3 of a column; of a bf16 column rows 0, 2, 4, 6, so that no shuffle is needed in the loop. */
// @ts-ignore: decorator
@inline
function first(type: i32, at: usize): v128 {
  if (type == F32) return v128.load(at);
  if (type == F16) return decodeF16(v128.load16x4_u(at));
  return i32x4.shl(v128.load(at), 16);
}

/** Rows 4…7 of a column; of a bf16 column rows 1, 3, 5, 7. */
// @ts-ignore: decorator
@inline
function second(type: i32, at: usize, mask: v128): v128 {
  if (type == F32) return v128.load(at, 16);
  if (type == F16) return decodeF16(v128.load16x4_u(at, 8));
  return v128.and(v128.load(at), mask);
}

// @ts-ignore: decorator
@inline
function putSums(type: i32, y: usize, a: v128, b: v128, rows: i32, add: bool): void {
  if (type == BF16) putPanel(y, i32x4.shuffle(a, b, 0, 4, 1, 5), i32x4.shuffle(a, b, 2, 6, 3, 7), rows, add);
  else putPanel(y, a, b, rows, add);
}

/** Four panels at once: four streams for the prefetcher, one splat of x for 32 rows. */
// @ts-ignore: decorator
@inline
function four(type: i32, w: usize, bytes: usize, x: usize, y: usize, rows: i32, k: i32, accumulate: bool): void {
  const step: usize = type == F32 ? 32 : 16;
  let w0 = w;
  let w1 = w0 + bytes;
  let w2 = w1 + bytes;
  let w3 = w2 + bytes;
  const mask = highHalves(v128.load32_splat(x));
  for (let c0 = 0; c0 < k; c0 += K_BLOCK) {
    const zero = f32x4.splat(0);
    let a0 = zero, a1 = zero, a2 = zero, a3 = zero;
    let b0 = zero, b1 = zero, b2 = zero, b3 = zero;
    const end = x + (<usize>min(K_BLOCK, k - c0) << 2);
    for (; x < end; x += 4) {
      const v = v128.load32_splat(x);
      a0 = madd(v, first(type, w0), a0);
      b0 = madd(v, second(type, w0, mask), b0);
      a1 = madd(v, first(type, w1), a1);
      b1 = madd(v, second(type, w1, mask), b1);
      a2 = madd(v, first(type, w2), a2);
      b2 = madd(v, second(type, w2, mask), b2);
      a3 = madd(v, first(type, w3), a3);
      b3 = madd(v, second(type, w3, mask), b3);
      w0 += step;
      w1 += step;
      w2 += step;
      w3 += step;
    }
    const add = accumulate || c0 > 0;
    putSums(type, y, a0, b0, rows, add);
    putSums(type, y + 32, a1, b1, rows - 8, add);
    putSums(type, y + 64, a2, b2, rows - 16, add);
    putSums(type, y + 96, a3, b3, rows - 24, add);
  }
}

// @ts-ignore: decorator
@inline
function one(type: i32, w: usize, x: usize, y: usize, rows: i32, k: i32, accumulate: bool): void {
  const mask = highHalves(v128.load32_splat(x));
  for (let c0 = 0; c0 < k; c0 += K_BLOCK) {
    let a = f32x4.splat(0), b = f32x4.splat(0);
    const end = x + (<usize>min(K_BLOCK, k - c0) << 2);
    for (; x < end; x += 4) {
      const v = v128.load32_splat(x);
      a = madd(v, first(type, w), a);
      b = madd(v, second(type, w, mask), b);
      w += type == F32 ? 32 : 16;
    }
    putSums(type, y, a, b, rows, accumulate || c0 > 0);
  }
}
