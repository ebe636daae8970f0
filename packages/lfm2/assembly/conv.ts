import { read, write } from './inline/part';

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
    if (taps == 3 && now >= 2) {
      three(bcx, w, bias, ring + <usize>((now - 2) % rows) * bytes, ring + <usize>((now - 1) % rows) * bytes, u, y, d);
    } else {
      newest(bcx, bcx + bytes * 2, w + bytes * (taps - 1), bias, u, y, d);
      for (let j = max(0, taps - 1 - now); j < taps - 1; j++) {
        older(w + bytes * j, ring + <usize>((now - (taps - 1) + j) % rows) * bytes, y, d);
      }
      gate(bcx + bytes, y, d);
    }
    bcx += bytes * 3;
    y += bytes;
  }
}

/** One token of three taps at once, in the order of the functions below.   t, v: u of the two tokens before, the older first */
function three(bcx: usize, w: usize, bias: usize, t: usize, v: usize, u: usize, y: usize, d: i32): void {
  const bytes = <usize>d << 2;
  let c = bcx + bytes;
  let x = c + bytes;
  let w1 = w + bytes;
  let w2 = w1 + bytes;
  for (let left = d; left > 0; left -= 4) {
    const product = f32x4.mul(read(bcx, left), read(x, left));
    write(u, product, left);
    let sum = f32x4.mul(read(w2, left), product);
    if (bias) {
      sum = f32x4.add(sum, read(bias, left));
      bias += 16;
    }
    sum = f32x4.add(sum, f32x4.mul(read(w, left), read(t, left)));
    sum = f32x4.add(sum, f32x4.mul(read(w1, left), read(v, left)));
    write(y, f32x4.mul(read(c, left), sum), left);
    bcx += 16;
    c += 16;
    x += 16;
    w += 16;
    w1 += 16;
    w2 += 16;
    t += 16;
    v += 16;
    u += 16;
    y += 16;
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
