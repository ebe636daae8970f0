import { hsum, madd } from '@gossamer/as-kit/assembly/inline/lanes';

/** Σ x[i]·y[i], in four partial sums.   x, y: (n) f32 */
export function dot(x: usize, y: usize, n: i32): f32 {
  let acc = f32x4.splat(0);
  let i = 0;
  for (; i <= n - 4; i += 4) {
    acc = madd(v128.load(x), v128.load(y), acc);
    x += 16;
    y += 16;
  }
  let sum = hsum(acc);
  for (; i < n; i++) {
    sum += load<f32>(x) * load<f32>(y);
    x += 4;
    y += 4;
  }
  return sum;
}
