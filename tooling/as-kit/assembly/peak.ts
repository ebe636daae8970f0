/*
 * The limits that benchmarks compare with, measured in wasm on the same host: register-only loops with enough independent
 * accumulators to hide the latency, and a loop that only reads. Operands are parameters, since V8 would rebuild constants
 * at every use. Each function returns something of its result so that the work is not optimised away.
 */

/** 24·4 multiply-adds per iteration: acc = acc·a + b, fused in the relaxed build. */
export function multiplyAdds(iterations: i32, a: f32, b: f32): f32 {
  const m = f32x4.splat(a);
  const n = f32x4.splat(b);
  let s0 = m, s1 = m, s2 = m, s3 = m, s4 = m, s5 = m, s6 = m, s7 = m, s8 = m, s9 = m, s10 = m, s11 = m;
  for (let left = iterations * 2; left > 0; left -= 2) {
    s0 = multiplyAdd(s0, m, n);
    s1 = multiplyAdd(s1, m, n);
    s2 = multiplyAdd(s2, m, n);
    s3 = multiplyAdd(s3, m, n);
    s4 = multiplyAdd(s4, m, n);
    s5 = multiplyAdd(s5, m, n);
    s6 = multiplyAdd(s6, m, n);
    s7 = multiplyAdd(s7, m, n);
    s8 = multiplyAdd(s8, m, n);
    s9 = multiplyAdd(s9, m, n);
    s10 = multiplyAdd(s10, m, n);
    s11 = multiplyAdd(s11, m, n);
    if (left == 1) break; // never: keeps the two halves in order
    s0 = multiplyAdd(s0, m, n);
    s1 = multiplyAdd(s1, m, n);
    s2 = multiplyAdd(s2, m, n);
    s3 = multiplyAdd(s3, m, n);
    s4 = multiplyAdd(s4, m, n);
    s5 = multiplyAdd(s5, m, n);
    s6 = multiplyAdd(s6, m, n);
    s7 = multiplyAdd(s7, m, n);
    s8 = multiplyAdd(s8, m, n);
    s9 = multiplyAdd(s9, m, n);
    s10 = multiplyAdd(s10, m, n);
    s11 = multiplyAdd(s11, m, n);
  }
  s0 = f32x4.add(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)), f32x4.add(f32x4.add(s4, s5), f32x4.add(s6, s7)));
  s8 = f32x4.add(f32x4.add(s8, s9), f32x4.add(s10, s11));
  return f32x4.extract_lane(f32x4.add(s0, s8), 0);
}

// @ts-ignore: decorator
@inline
function multiplyAdd(acc: v128, a: v128, b: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(acc, a, b) : f32x4.add(f32x4.mul(acc, a), b);
}

/** 12 dots of four int8 per lane and iteration (16 multiply-adds) in the relaxed build, of two int16 (8) in the simd build. */
export function integerDots(iterations: i32, a: i32, b: i32): i32 {
  const v = i32x4.splat(a);
  const w = i32x4.splat(b);
  let s0 = v, s1 = v, s2 = v, s3 = v, s4 = v, s5 = v, s6 = v, s7 = v, s8 = v, s9 = v, s10 = v, s11 = v;
  for (let i = 0; i < iterations; i++) {
    s0 = dotAdd(s0, w, s0);
    s1 = dotAdd(s1, w, s1);
    s2 = dotAdd(s2, w, s2);
    s3 = dotAdd(s3, w, s3);
    s4 = dotAdd(s4, w, s4);
    s5 = dotAdd(s5, w, s5);
    s6 = dotAdd(s6, w, s6);
    s7 = dotAdd(s7, w, s7);
    s8 = dotAdd(s8, w, s8);
    s9 = dotAdd(s9, w, s9);
    s10 = dotAdd(s10, w, s10);
    s11 = dotAdd(s11, w, s11);
  }
  s0 = i32x4.add(i32x4.add(s0, s1), i32x4.add(s2, s3));
  s4 = i32x4.add(i32x4.add(s4, s5), i32x4.add(s6, s7));
  s8 = i32x4.add(i32x4.add(s8, s9), i32x4.add(s10, s11));
  return i32x4.extract_lane(i32x4.add(i32x4.add(s0, s4), s8), 0);
}

// @ts-ignore: decorator
@inline
function dotAdd(a: v128, b: v128, sum: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD
    ? i32x4.relaxed_dot_i8x16_i7x16_add_s(a, b, sum)
    : i32x4.add(i32x4.dot_i16x8_s(a, b), sum);
}

/**
 * 12 products with their sums in the i16 lanes of the kernels of 4-bit weights per iteration: 16 multiply-adds each in the relaxed
 * build, 8 in the simd build.
 */
export function shortDots(iterations: i32, a: i32, b: i32): i32 {
  const v = i32x4.splat(a);
  const w = i32x4.splat(b);
  let s0 = v, s1 = v, s2 = v, s3 = v, s4 = v, s5 = v, s6 = v, s7 = v, s8 = v, s9 = v, s10 = v, s11 = v;
  for (let i = 0; i < iterations; i++) {
    s0 = shortDotAdd(s0, w, s0);
    s1 = shortDotAdd(s1, w, s1);
    s2 = shortDotAdd(s2, w, s2);
    s3 = shortDotAdd(s3, w, s3);
    s4 = shortDotAdd(s4, w, s4);
    s5 = shortDotAdd(s5, w, s5);
    s6 = shortDotAdd(s6, w, s6);
    s7 = shortDotAdd(s7, w, s7);
    s8 = shortDotAdd(s8, w, s8);
    s9 = shortDotAdd(s9, w, s9);
    s10 = shortDotAdd(s10, w, s10);
    s11 = shortDotAdd(s11, w, s11);
  }
  s0 = v128.xor(v128.xor(s0, s1), v128.xor(s2, s3));
  s4 = v128.xor(v128.xor(s4, s5), v128.xor(s6, s7));
  s8 = v128.xor(v128.xor(s8, s9), v128.xor(s10, s11));
  return i32x4.extract_lane(v128.xor(v128.xor(s0, s4), s8), 0);
}

// @ts-ignore: decorator
@inline
function shortDotAdd(a: v128, b: v128, sum: v128): v128 {
  return i16x8.add(ASC_FEATURE_RELAXED_SIMD ? i16x8.relaxed_dot_i8x16_i7x16_s(a, b) : i16x8.mul(a, b), sum);
}

/** Reads `bytes` (a multiple of 512) at `at` as four streams. */
export function read(at: usize, bytes: usize): i32 {
  const quarter = bytes >> 2;
  let a = at;
  let b = a + quarter;
  let c = b + quarter;
  let d = c + quarter;
  const end = b;
  const zero = i32x4.splat(0);
  let s0 = zero, s1 = zero, s2 = zero, s3 = zero;
  for (; a < end; a += 64, b += 64, c += 64, d += 64) {
    s0 = v128.or(s0, v128.or(v128.or(v128.load(a), v128.load(a, 16)), v128.or(v128.load(a, 32), v128.load(a, 48))));
    s1 = v128.or(s1, v128.or(v128.or(v128.load(b), v128.load(b, 16)), v128.or(v128.load(b, 32), v128.load(b, 48))));
    s2 = v128.or(s2, v128.or(v128.or(v128.load(c), v128.load(c, 16)), v128.or(v128.load(c, 32), v128.load(c, 48))));
    s3 = v128.or(s3, v128.or(v128.or(v128.load(d), v128.load(d, 16)), v128.or(v128.load(d, 32), v128.load(d, 48))));
  }
  return i32x4.extract_lane(v128.or(v128.or(s0, s1), v128.or(s2, s3)), 0);
}
