import { madd } from '@gossamer/as-kit/assembly/inline/lanes';
import { COLUMN, ROWS } from './chunk-factors';
import { decay, floor } from './inline/decay';
import { loadSome, storeSome } from './inline/lanes';

/** Columns of S and V that are worked on at a time, held as two panels of 8. */
export const STRIP = 16;

/**
 * to[p][r] = from[r, 8p … 8p+7], zeros from column `width` on.
 * from: `rows` rows, `stride` bytes apart · to: two panels of `panel` bytes
 */
export function loadPanels(from: usize, to: usize, rows: i32, width: i32, stride: usize, panel: usize): void {
  for (let r = 0; r < rows; r++) {
    if (width == STRIP) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      v128.store(to + panel, v128.load(from, 32));
      v128.store(to + panel, v128.load(from, 48), 16);
    } else {
      for (let e = 0; e < STRIP; e += 4) {
        const x = e < width ? loadSome(from + (<usize>e << 2), width - e) : f32x4.splat(0);
        v128.store(to + (e < 8 ? 0 : panel) + (<usize>(e & 4) << 2), x);
      }
    }
    from += stride;
    to += 32;
  }
}

/** The inverse of `loadPanels`. */
export function storePanels(from: usize, to: usize, rows: i32, width: i32, stride: usize, panel: usize): void {
  for (let r = 0; r < rows; r++) {
    if (width == STRIP) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      v128.store(to, v128.load(from + panel), 32);
      v128.store(to, v128.load(from + panel, 16), 48);
    } else {
      for (let e = 0; e < width; e += 4) {
        storeSome(to + (<usize>e << 2), v128.load(from + (e < 8 ? 0 : panel) + (<usize>(e & 4) << 2)), width - e);
      }
    }
    from += 32;
    to += stride;
  }
}

/**
 * O = qd·S + A·V on four rows r0 … r0+3 and one panel.
 * qd: (K, 4) of these rows · s: (K, 8) · a: columns of A, at row r0 · v: (16, 8) · o: (4, 8)
 * The sum over j stops at the diagonal: a NaN in a later row must not reach an earlier one.
 */
export function readPanel(qd: usize, s: usize, a: usize, v: usize, o: usize, keySize: i32, r0: i32): void {
  let o00 = f32x4.splat(0), o01 = o00, o10 = o00, o11 = o00, o20 = o00, o21 = o00, o30 = o00, o31 = o00;
  for (const end = qd + (<usize>keySize << 4); qd < end; qd += 16, s += 32) {
    const s0 = v128.load(s), s1 = v128.load(s, 16);
    let x = v128.load_splat<f32>(qd);
    o00 = madd(x, s0, o00);
    o01 = madd(x, s1, o01);
    x = v128.load_splat<f32>(qd, 4);
    o10 = madd(x, s0, o10);
    o11 = madd(x, s1, o11);
    x = v128.load_splat<f32>(qd, 8);
    o20 = madd(x, s0, o20);
    o21 = madd(x, s1, o21);
    x = v128.load_splat<f32>(qd, 12);
    o30 = madd(x, s0, o30);
    o31 = madd(x, s1, o31);
  }
  for (let j = 0; j < r0; j++, a += COLUMN, v += 32) {
    const v0 = v128.load(v), v1 = v128.load(v, 16);
    let x = v128.load_splat<f32>(a);
    o00 = madd(x, v0, o00);
    o01 = madd(x, v1, o01);
    x = v128.load_splat<f32>(a, 4);
    o10 = madd(x, v0, o10);
    o11 = madd(x, v1, o11);
    x = v128.load_splat<f32>(a, 8);
    o20 = madd(x, v0, o20);
    o21 = madd(x, v1, o21);
    x = v128.load_splat<f32>(a, 12);
    o30 = madd(x, v0, o30);
    o31 = madd(x, v1, o31);
  }
  let v0 = v128.load(v), v1 = v128.load(v, 16);
  let x = v128.load_splat<f32>(a);
  v128.store(o, madd(x, v0, o00));
  v128.store(o, madd(x, v1, o01), 16);
  x = v128.load_splat<f32>(a, 4);
  o10 = madd(x, v0, o10);
  o11 = madd(x, v1, o11);
  x = v128.load_splat<f32>(a, 8);
  o20 = madd(x, v0, o20);
  o21 = madd(x, v1, o21);
  x = v128.load_splat<f32>(a, 12);
  o30 = madd(x, v0, o30);
  o31 = madd(x, v1, o31);
  a += COLUMN;
  v0 = v128.load(v, 32), v1 = v128.load(v, 48);
  x = v128.load_splat<f32>(a, 4);
  v128.store(o, madd(x, v0, o10), 32);
  v128.store(o, madd(x, v1, o11), 48);
  x = v128.load_splat<f32>(a, 8);
  o20 = madd(x, v0, o20);
  o21 = madd(x, v1, o21);
  x = v128.load_splat<f32>(a, 12);
  o30 = madd(x, v0, o30);
  o31 = madd(x, v1, o31);
  a += COLUMN;
  v0 = v128.load(v, 64), v1 = v128.load(v, 80);
  x = v128.load_splat<f32>(a, 8);
  v128.store(o, madd(x, v0, o20), 64);
  v128.store(o, madd(x, v1, o21), 80);
  x = v128.load_splat<f32>(a, 12);
  o30 = madd(x, v0, o30);
  o31 = madd(x, v1, o31);
  a += COLUMN;
  v0 = v128.load(v, 96), v1 = v128.load(v, 112);
  x = v128.load_splat<f32>(a, 12);
  v128.store(o, madd(x, v0, o30), 96);
  v128.store(o, madd(x, v1, o31), 112);
}

/**
 * S ← diag(g)·S + kdᵀ·V on one panel, n rows of keys and values.
 * kd: (quads, 16, 4) · g: (4·quads) · v: (16, 8) · s: (4·quads, 8), updated in place
 */
export function updatePanel(kd: usize, g: usize, v: usize, s: usize, quads: i32, n: i32): void {
  const tiny = floor(n);
  for (let quad = 0; quad < quads; quad++) {
    let x = v128.load_splat<f32>(g);
    let s00 = decay(x, v128.load(s), tiny);
    let s01 = decay(x, v128.load(s, 16), tiny);
    x = v128.load_splat<f32>(g, 4);
    let s10 = decay(x, v128.load(s, 32), tiny);
    let s11 = decay(x, v128.load(s, 48), tiny);
    x = v128.load_splat<f32>(g, 8);
    let s20 = decay(x, v128.load(s, 64), tiny);
    let s21 = decay(x, v128.load(s, 80), tiny);
    x = v128.load_splat<f32>(g, 12);
    let s30 = decay(x, v128.load(s, 96), tiny);
    let s31 = decay(x, v128.load(s, 112), tiny);
    let kr = kd, vr = v;
    for (const end = kd + (<usize>n << 4); kr < end; kr += 16, vr += 32) {
      const v0 = v128.load(vr), v1 = v128.load(vr, 16);
      x = v128.load_splat<f32>(kr);
      s00 = madd(x, v0, s00);
      s01 = madd(x, v1, s01);
      x = v128.load_splat<f32>(kr, 4);
      s10 = madd(x, v0, s10);
      s11 = madd(x, v1, s11);
      x = v128.load_splat<f32>(kr, 8);
      s20 = madd(x, v0, s20);
      s21 = madd(x, v1, s21);
      x = v128.load_splat<f32>(kr, 12);
      s30 = madd(x, v0, s30);
      s31 = madd(x, v1, s31);
    }
    v128.store(s, s00);
    v128.store(s, s01, 16);
    v128.store(s, s10, 32);
    v128.store(s, s11, 48);
    v128.store(s, s20, 64);
    v128.store(s, s21, 80);
    v128.store(s, s30, 96);
    v128.store(s, s31, 112);
    kd += ROWS << 4;
    g += 16;
    s += 128;
  }
}
