import { K_BLOCK } from './types';
import { evenF16, oddF16, specialsF16 } from './inline/halves';
import { held } from './inline/held';
import { firstRows, lastRows, madd, putPanel } from './inline/lanes';

/**
 * y[r] (+)= Σ_c x[c]·w[r, c] for one panel, in the order of gemvF32.
 * w: (k, 8) f16 · x: (k) · y: `rows` rows, at most 8 of which are written
 */
export function gemvF16(w: usize, x: usize, y: usize, rows: i32, k: i32, accumulate: bool): void {
  const upper = held(0xffff0000, k);
  const mask = held(0x8fffe000, k);
  const factor = held(0x77800000, k); // 2^112
  const ones = held(0x7c007c00, k);
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
      const s0 = specialsF16(w0, ones);
      a0 = madd(v0, evenF16(w0, s0, mask, factor), a0);
      b0 = madd(v0, oddF16(w0, s0, mask, factor, upper), b0);
      if (left == 1) break;
      const v1 = v128.load32_splat(x, 4);
      const w1 = v128.load(w, 16);
      const s1 = specialsF16(w1, ones);
      a1 = madd(v1, evenF16(w1, s1, mask, factor), a1);
      b1 = madd(v1, oddF16(w1, s1, mask, factor, upper), b1);
      if (left == 2) break;
      const v2 = v128.load32_splat(x, 8);
      const w2 = v128.load(w, 32);
      const s2 = specialsF16(w2, ones);
      a2 = madd(v2, evenF16(w2, s2, mask, factor), a2);
      b2 = madd(v2, oddF16(w2, s2, mask, factor, upper), b2);
      if (left == 3) break;
      const v3 = v128.load32_splat(x, 12);
      const w3 = v128.load(w, 48);
      const s3 = specialsF16(w3, ones);
      a3 = madd(v3, evenF16(w3, s3, mask, factor), a3);
      b3 = madd(v3, oddF16(w3, s3, mask, factor, upper), b3);
      x += 16;
      w += 64;
    }
    a = f32x4.add(f32x4.add(f32x4.add(f32x4.add(a, a0), a1), a2), a3);
    b = f32x4.add(f32x4.add(f32x4.add(f32x4.add(b, b0), b1), b2), b3);
  }
  putPanel(y, i32x4.shuffle(a, b, 0, 4, 1, 5), i32x4.shuffle(a, b, 2, 6, 3, 7), rows, false);
}
