import { madd } from '@gossamer/as-kit/assembly/inline/lanes';
import { decay, floor } from './inline/decay';
import { loadSome, sums } from './inline/lanes';

// A sub-chunk of 16 rows is worked on in blocks of 4. A packed block is (quads, 4 rows, 4): a quad is four of the K channels.

/** Rows of a sub-chunk. */
export const ROWS = 16;

/** Bytes of a column of A. */
export const COLUMN: usize = ROWS << 2;

/**
 * Packs four rows of K channels, multiplied by `by`; rows from `rows` on hold `rest`.
 * from: `rows` rows, `stride` bytes apart · to: packed block, zeros in the channels past K
 */
export function packBlock(from: usize, to: usize, rows: i32, keySize: i32, stride: usize, by: f32, rest: f32): void {
  const scale = f32x4.splat(by);
  const size = <usize>((keySize + 3) & ~3) << 4;
  for (let r = 0; r < 4; r++) {
    if (r < rows) {
      for (let left = keySize, x = from, y = to; left > 0; left -= 4, x += 16, y += 64) {
        v128.store(y, f32x4.mul(scale, loadSome(x, left)));
      }
      from += stride;
    } else {
      for (let y = to, end = to + size; y < end; y += 64) v128.store(y, f32x4.splat(rest));
    }
    to += 16;
  }
}

/**
 * A_rj = Σ_d q_rd · α_{j+1,d}⋯α_rd · k_jd for j ≤ r inside a block.
 * q, k, a: packed blocks · pairs: columns j of 16 rows r, at the block's diagonal; zeros above it
 */
export function diagonalPairs(q: usize, k: usize, a: usize, pairs: usize, quads: i32): void {
  const tiny = floor(quads);
  const zero = f32x4.splat(0);
  let x00 = zero, x10 = zero, x20 = zero, x30 = zero, x11 = zero, x21 = zero, x31 = zero, x22 = zero, x32 = zero, x33 = zero;
  for (const end = q + (<usize>quads << 6); q < end; q += 64, k += 64, a += 64) {
    const a1 = v128.load(a, 16), a2 = v128.load(a, 32), a3 = v128.load(a, 48);
    let w = v128.load(k);
    x00 = madd(v128.load(q), w, x00);
    w = decay(a1, w, tiny);
    x10 = madd(v128.load(q, 16), w, x10);
    w = decay(a2, w, tiny);
    x20 = madd(v128.load(q, 32), w, x20);
    w = decay(a3, w, tiny);
    x30 = madd(v128.load(q, 48), w, x30);
    w = v128.load(k, 16);
    x11 = madd(v128.load(q, 16), w, x11);
    w = decay(a2, w, tiny);
    x21 = madd(v128.load(q, 32), w, x21);
    w = decay(a3, w, tiny);
    x31 = madd(v128.load(q, 48), w, x31);
    w = v128.load(k, 32);
    x22 = madd(v128.load(q, 32), w, x22);
    w = decay(a3, w, tiny);
    x32 = madd(v128.load(q, 48), w, x32);
    x33 = madd(v128.load(q, 48), v128.load(k, 48), x33);
  }
  v128.store(pairs, sums(x00, x10, x20, x30));
  v128.store(pairs, sums(zero, x11, x21, x31), COLUMN);
  v128.store(pairs, sums(zero, zero, x22, x32), 2 * COLUMN);
  v128.store(pairs, sums(zero, zero, zero, x33), 3 * COLUMN);
}

/**
 * A_rj = Σ_d q'_rd · k'_jd for a block of rows r and an earlier block of columns j: q' is decayed from the start of the block of
 * rows (GLA paper §4.3 with that anchor), k' up to it.
 * q: packed block · k: (quads, 16, 4) at the first column · pairs: columns j of 16 rows r, at that column and row
 */
export function earlierPairs(q: usize, k: usize, pairs: usize, quads: i32): void {
  for (let j = 0; j < 4; j += 2) {
    let x00 = f32x4.splat(0), x10 = x00, x20 = x00, x30 = x00, x01 = x00, x11 = x00, x21 = x00, x31 = x00;
    let qd = q, kd = k;
    for (const end = q + (<usize>quads << 6); qd < end; qd += 64, kd += 16 * ROWS) {
      const k0 = v128.load(kd), k1 = v128.load(kd, 16);
      let x = v128.load(qd);
      x00 = madd(x, k0, x00);
      x01 = madd(x, k1, x01);
      x = v128.load(qd, 16);
      x10 = madd(x, k0, x10);
      x11 = madd(x, k1, x11);
      x = v128.load(qd, 32);
      x20 = madd(x, k0, x20);
      x21 = madd(x, k1, x21);
      x = v128.load(qd, 48);
      x30 = madd(x, k0, x30);
      x31 = madd(x, k1, x31);
    }
    v128.store(pairs, sums(x00, x10, x20, x30));
    v128.store(pairs, sums(x01, x11, x21, x31), COLUMN);
    k += 32;
    pairs += 2 * COLUMN;
  }
}

/**
 * q'_r = q_r ⊙ α_0 ⊙ … ⊙ α_r from the start of the block, and qd_r = q'_r ⊙ g from the start of the sub-chunk.
 * q, a: packed blocks · g: (4·quads), the gates' product before the block · near: packed block q' · far: (4·quads, 4 rows) qd
 */
export function queryFactors(q: usize, a: usize, g: usize, near: usize, far: usize, quads: i32): void {
  const tiny = floor(quads);
  for (const end = q + (<usize>quads << 6); q < end; q += 64, a += 64, g += 16, near += 64, far += 64) {
    const before = v128.load(g);
    let prefix = v128.load(a);
    let x0 = f32x4.mul(v128.load(q), prefix);
    prefix = decay(v128.load(a, 16), prefix, tiny);
    let x1 = f32x4.mul(v128.load(q, 16), prefix);
    prefix = decay(v128.load(a, 32), prefix, tiny);
    let x2 = f32x4.mul(v128.load(q, 32), prefix);
    prefix = decay(v128.load(a, 48), prefix, tiny);
    let x3 = f32x4.mul(v128.load(q, 48), prefix);
    v128.store(near, x0);
    v128.store(near, x1, 16);
    v128.store(near, x2, 32);
    v128.store(near, x3, 48);
    x0 = decay(before, x0, tiny);
    x1 = decay(before, x1, tiny);
    x2 = decay(before, x2, tiny);
    x3 = decay(before, x3, tiny);
    const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
    const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
    v128.store(far, v128.shuffle<f64>(low01, low23, 0, 2));
    v128.store(far, v128.shuffle<f64>(low01, low23, 1, 3), 16);
    v128.store(far, v128.shuffle<f64>(high01, high23, 0, 2), 32);
    v128.store(far, v128.shuffle<f64>(high01, high23, 1, 3), 48);
  }
}

/**
 * Takes a block into the keys of its sub-chunk: kd_r = k_r ⊙ α_{r+1} ⊙ … up to the end of the block for its own rows
 * r0 … r0+3; earlier rows, and g, pass the gates of the whole block.
 * k, a: packed blocks · kd: (quads, 16, 4) · g: (4·quads)
 */
export function keyFactors(k: usize, a: usize, kd: usize, g: usize, r0: i32, quads: i32): void {
  const tiny = floor(quads);
  const own = <usize>r0 << 4;
  for (const end = k + (<usize>quads << 6); k < end; k += 64, a += 64, g += 16, kd += 16 * ROWS) {
    const at = kd + own;
    let suffix = v128.load(a, 48);
    v128.store(at, v128.load(k, 48), 48);
    v128.store(at, f32x4.mul(v128.load(k, 32), suffix), 32);
    suffix = decay(v128.load(a, 32), suffix, tiny);
    v128.store(at, f32x4.mul(v128.load(k, 16), suffix), 16);
    suffix = decay(v128.load(a, 16), suffix, tiny);
    v128.store(at, f32x4.mul(v128.load(k), suffix));
    suffix = decay(v128.load(a), suffix, tiny);
    for (let r = kd; r < at; r += 16) v128.store(r, decay(suffix, v128.load(r), tiny));
    v128.store(g, decay(suffix, v128.load(g), tiny));
  }
}
