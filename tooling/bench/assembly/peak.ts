/**
 * `iterations` times twelve independent chains a ← a·b + c of four f32 lanes: 96 FLOP an iteration. The relaxed build fuses
 * them, the simd build cannot. Twelve chains cover the latency of a multiplication and an addition at two of each a
 * cycle, and with b and c leave no register to spill. b and c are arguments: a constant would be rebuilt in every iteration.
 */
export function multiplyAddPeak(iterations: i32, multiplier: f32, addend: f32): f32 {
  const b = f32x4.splat(multiplier);
  const c = f32x4.splat(addend);
  let a0 = c;
  let a1 = c;
  let a2 = c;
  let a3 = c;
  let a4 = c;
  let a5 = c;
  let a6 = c;
  let a7 = c;
  let a8 = c;
  let a9 = c;
  let a10 = c;
  let a11 = c;
  for (let i = 0; i < iterations; i++) {
    a0 = multiplyAdd(a0, b, c);
    a1 = multiplyAdd(a1, b, c);
    a2 = multiplyAdd(a2, b, c);
    a3 = multiplyAdd(a3, b, c);
    a4 = multiplyAdd(a4, b, c);
    a5 = multiplyAdd(a5, b, c);
    a6 = multiplyAdd(a6, b, c);
    a7 = multiplyAdd(a7, b, c);
    a8 = multiplyAdd(a8, b, c);
    a9 = multiplyAdd(a9, b, c);
    a10 = multiplyAdd(a10, b, c);
    a11 = multiplyAdd(a11, b, c);
  }
  const s0 = f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3));
  const s1 = f32x4.add(f32x4.add(a4, a5), f32x4.add(a6, a7));
  const s2 = f32x4.add(f32x4.add(a8, a9), f32x4.add(a10, a11));
  return f32x4.extract_lane(f32x4.add(f32x4.add(s0, s1), s2), 0);
}

// @ts-ignore: decorator
@inline
function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** The same in doubles, two lanes and never fused: 48 FLOP an iteration. */
export function multiplyAddPeakF64(iterations: i32, multiplier: f64, addend: f64): f64 {
  const b = f64x2.splat(multiplier);
  const c = f64x2.splat(addend);
  let a0 = c;
  let a1 = c;
  let a2 = c;
  let a3 = c;
  let a4 = c;
  let a5 = c;
  let a6 = c;
  let a7 = c;
  let a8 = c;
  let a9 = c;
  let a10 = c;
  let a11 = c;
  for (let i = 0; i < iterations; i++) {
    a0 = f64x2.add(f64x2.mul(a0, b), c);
    a1 = f64x2.add(f64x2.mul(a1, b), c);
    a2 = f64x2.add(f64x2.mul(a2, b), c);
    a3 = f64x2.add(f64x2.mul(a3, b), c);
    a4 = f64x2.add(f64x2.mul(a4, b), c);
    a5 = f64x2.add(f64x2.mul(a5, b), c);
    a6 = f64x2.add(f64x2.mul(a6, b), c);
    a7 = f64x2.add(f64x2.mul(a7, b), c);
    a8 = f64x2.add(f64x2.mul(a8, b), c);
    a9 = f64x2.add(f64x2.mul(a9, b), c);
    a10 = f64x2.add(f64x2.mul(a10, b), c);
    a11 = f64x2.add(f64x2.mul(a11, b), c);
  }
  const s0 = f64x2.add(f64x2.add(a0, a1), f64x2.add(a2, a3));
  const s1 = f64x2.add(f64x2.add(a4, a5), f64x2.add(a6, a7));
  const s2 = f64x2.add(f64x2.add(a8, a9), f64x2.add(a10, a11));
  return f64x2.extract_lane(f64x2.add(f64x2.add(s0, s1), s2), 0);
}

/** Reads `bytes` (a multiple of 64) once and returns their exclusive or, so that no load can be left out. */
export function readBandwidth(ptr: usize, bytes: usize): i32 {
  let a = i32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  const end = ptr + bytes;
  for (; ptr < end; ptr += 64) {
    a = v128.xor(a, v128.load(ptr));
    b = v128.xor(b, v128.load(ptr, 16));
    c = v128.xor(c, v128.load(ptr, 32));
    d = v128.xor(d, v128.load(ptr, 48));
  }
  const all = v128.xor(v128.xor(a, b), v128.xor(c, d));
  return i32x4.extract_lane(v128.xor(all, i8x16.swizzle(all, i8x16(8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7))), 0);
}
