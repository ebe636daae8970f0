import { loadPart, storePart } from '@gossamer/as-kit/assembly/inline/lanes';

/**
 * Gated short convolution (LFM2): u = B⊙x, y[t] = C[t] ⊙ (bias + Σ_j w[j]·u[t−(L−1)+j]).
 * bcx: (m, 3d) rows B | C | x · w: (L, d), time first · bias: (d), 0 = none · y: (m, d) · all f32
 * ring: (rows, d) f32, u of position p in row p % rows, rows ≥ L; positions below 0 count as 0. Token 0 has position `position`;
 * a lower position than before takes tokens back, as long as the rows that it needs were not written over.
 */
export function shortConv(
  bcx: usize,
  w: usize,
  bias: usize,
  ring: usize,
  y: usize,
  m: i32,
  d: i32,
  taps: i32,
  rows: i32,
  position: i32,
): void {
  const bytes = <usize>d << 2;
  for (let t = 0; t < m; t++) {
    const now = position + t;
    const u = ring + <usize>(now % rows) * bytes;
    newest(bcx, bcx + bytes * 2, w + bytes * (taps - 1), bias, u, y, d);
    for (let j = max(0, taps - 1 - now); j < taps - 1; j++) {
      older(w + bytes * j, ring + <usize>((now - (taps - 1) + j) % rows) * bytes, y, d);
    }
    gate(bcx + bytes, y, d);
    bcx += bytes * 3;
    y += bytes;
  }
}

/** u = b⊙x, y = bias + w⊙u */
function newest(b: usize, x: usize, w: usize, bias: usize, u: usize, y: usize, d: i32): void {
  for (let left = d; left > 0; left -= 4) {
    const product = f32x4.mul(read(b, left), read(x, left));
    write(u, product, left);
    let sum = f32x4.mul(read(w, left), product);
    if (bias) {
      sum = f32x4.add(sum, read(bias, left));
      bias += 16;
    }
    write(y, sum, left);
    b += 16;
    x += 16;
    w += 16;
    u += 16;
    y += 16;
  }
}

/** y += w⊙u */
function older(w: usize, u: usize, y: usize, d: i32): void {
  for (let left = d; left > 0; left -= 4) {
    write(y, f32x4.add(read(y, left), f32x4.mul(read(w, left), read(u, left))), left);
    w += 16;
    u += 16;
    y += 16;
  }
}

/** y = c⊙y */
function gate(c: usize, y: usize, d: i32): void {
  for (let left = d; left > 0; left -= 4) {
    write(y, f32x4.mul(read(c, left), read(y, left)), left);
    c += 16;
    y += 16;
  }
}

/** Four f32, or as many as are left. */
// @ts-ignore: decorator
@inline
function read(at: usize, left: i32): v128 {
  return left >= 4 ? v128.load(at) : loadPart(at, left, 0);
}

// @ts-ignore: decorator
@inline
function write(at: usize, v: v128, left: i32): void {
  if (left >= 4) v128.store(at, v);
  else storePart(at, v, left);
}
