import { K_BLOCK } from './types';
import { held } from './inline/held';
import { firstRows, lastRows, madd, putPanel } from './inline/lanes';

/**
 * y[r] (+)= Σ_c x[c]·w[r, c] for one panel, in the order of gemvF32.
 * w: (k, 8) bf16 · x: (k) · y: `rows` rows, at most 8 of which are written
 * A bf16 is the upper half of an f32: a vector of 8 holds rows 1, 3, 5, 7 in place and rows 0, 2, 4, 6 one shift away.
 */
export function gemvBf16(w: usize, x: usize, y: usize, rows: i32, k: i32, accumulate: bool): void {
  const upper = held(0xffff0000, k);
  const low = firstRows(y, rows, accumulate);
  const high = lastRows(y, rows, accumulate);
  let a = i32x4.shuffle(low, high, 0, 2, 4, 6);
  let b = i32x4.shuffle(low, high, 1, 3, 5, 7);
  for (let c0 = 0; c0 < k; c0 += K_BLOCK) {
    const zero = f32x4.splat(0);
    let a0 = zero, a1 = zero, a2 = zero, a3 = zero;
    let b0 = zero, b1 = zero, b2 = zero, b3 = zero;
    for (let left = min(K_BLOCK, k - c0); left > 0; left -= 4) {
      const v0 = v128.load32_splat(x);
      const w0 = v128.load(w);
      a0 = madd(v0, i32x4.shl(w0, 16), a0);
      b0 = madd(v0, v128.and(w0, upper), b0);
      if (left == 1) break;
      const v1 = v128.load32_splat(x, 4);
      const w1 = v128.load(w, 16);
      a1 = madd(v1, i32x4.shl(w1, 16), a1);
      b1 = madd(v1, v128.and(w1, upper), b1);
      if (left == 2) break;
      const v2 = v128.load32_splat(x, 8);
      const w2 = v128.load(w, 32);
      a2 = madd(v2, i32x4.shl(w2, 16), a2);
      b2 = madd(v2, v128.and(w2, upper), b2);
      if (left == 3) break;
      const v3 = v128.load32_splat(x, 12);
      const w3 = v128.load(w, 48);
      a3 = madd(v3, i32x4.shl(w3, 16), a3);
      b3 = madd(v3, v128.and(w3, upper), b3);
      x += 16;
      w += 64;
    }
    a = f32x4.add(f32x4.add(f32x4.add(f32x4.add(a, a0), a1), a2), a3);
    b = f32x4.add(f32x4.add(f32x4.add(f32x4.add(b, b0), b1), b2), b3);
  }
  putPanel(y, i32x4.shuffle(a, b, 0, 4, 1, 5), i32x4.shuffle(a, b, 2, 6, 3, 7), rows, false);
}
