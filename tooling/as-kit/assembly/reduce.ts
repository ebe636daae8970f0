import { hmax, hsum, loadPart, madd, storePart } from './inline/lanes';

/** Σ x[i], in 16 partial sums.   x: (n) f32 */
export function sum(x: usize, n: i32): f32 {
  let a = f32x4.splat(0),
    b = a,
    c = a,
    d = a;
  const wide = x + ((<usize>(n & ~15)) << 2);
  for (; x < wide; x += 64) {
    a = f32x4.add(a, v128.load(x));
    b = f32x4.add(b, v128.load(x, 16));
    c = f32x4.add(c, v128.load(x, 32));
    d = f32x4.add(d, v128.load(x, 48));
  }
  const end = x + ((<usize>(n & 12)) << 2);
  for (; x < end; x += 16) a = f32x4.add(a, v128.load(x));
  if (n & 3) b = f32x4.add(b, loadPart(x, n & 3, 0));
  return hsum(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
}

/** Σ x[i]·y[i], in 16 partial sums.   x, y: (n) f32 */
export function dot(x: usize, y: usize, n: i32): f32 {
  let a = f32x4.splat(0),
    b = a,
    c = a,
    d = a;
  const wide = x + ((<usize>(n & ~15)) << 2);
  for (; x < wide; x += 64, y += 64) {
    a = madd(v128.load(x), v128.load(y), a);
    b = madd(v128.load(x, 16), v128.load(y, 16), b);
    c = madd(v128.load(x, 32), v128.load(y, 32), c);
    d = madd(v128.load(x, 48), v128.load(y, 48), d);
  }
  const end = x + ((<usize>(n & 12)) << 2);
  for (; x < end; x += 16, y += 16) a = madd(v128.load(x), v128.load(y), a);
  if (n & 3) b = madd(loadPart(x, n & 3, 0), loadPart(y, n & 3, 0), b);
  return hsum(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
}

/** The largest element, n ≥ 1; NaN if there is one.   x: (n) f32 */
export function maxOf(x: usize, n: i32): f32 {
  let a = f32x4.splat(-Infinity),
    b = a;
  const wide = x + ((<usize>(n & ~7)) << 2);
  for (; x < wide; x += 32) {
    a = f32x4.max(a, v128.load(x));
    b = f32x4.max(b, v128.load(x, 16));
  }
  if (n & 4) {
    a = f32x4.max(a, v128.load(x));
    x += 16;
  }
  if (n & 3) b = f32x4.max(b, loadPart(x, n & 3, -Infinity));
  return hmax(f32x4.max(a, b));
}

/** Index of the first largest element, n ≥ 1; of the first NaN if there is one.   x: (n) f32 */
export function argmax(x: usize, n: i32): i32 {
  const peak = maxOf(x, n);
  let i = 0;
  if (peak == peak) {
    const wanted = f32x4.splat(peak);
    while (i + 4 <= n && !v128.any_true(f32x4.eq(v128.load(x + ((<usize>i) << 2)), wanted))) i += 4;
    while (load<f32>(x + ((<usize>i) << 2)) != peak) i++;
  } else {
    while (!isNaN<f32>(load<f32>(x + ((<usize>i) << 2)))) i++;
  }
  return i;
}

/** y[i] += x[i].   x, y: (n) f32 */
export function add(x: usize, y: usize, n: i32): void {
  const end = x + ((<usize>(n & ~3)) << 2);
  for (; x < end; x += 16, y += 16) v128.store(y, f32x4.add(v128.load(y), v128.load(x)));
  if (n & 3) storePart(y, f32x4.add(loadPart(y, n & 3, 0), loadPart(x, n & 3, 0)), n & 3);
}

/** y[i] = factor·x[i], also in place.   x, y: (n) f32 */
export function scale(x: usize, factor: f32, y: usize, n: i32): void {
  const f = f32x4.splat(factor);
  const end = x + ((<usize>(n & ~3)) << 2);
  for (; x < end; x += 16, y += 16) v128.store(y, f32x4.mul(v128.load(x), f));
  if (n & 3) storePart(y, f32x4.mul(loadPart(x, n & 3, 0), f), n & 3);
}
