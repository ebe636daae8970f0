import { bf16ToF32, f16ToF32 } from '../convert';
import { decodeF16 } from '../inline/halves';
import { dequantize256 } from './dequantize-256';

/*
 * GGUF's block types as f32, rounded as its reference does (github.com/ggml-org/ggml, gguf-py/gguf/quants.py). The numbers of the types
 * are those of GGUF.
 */

const F32: i32 = 0;
const F16: i32 = 1;
const BF16: i32 = 30;
const Q4_0: i32 = 2;
const Q4_1: i32 = 3;
const Q5_0: i32 = 6;
const Q5_1: i32 = 7;
const Q8_0: i32 = 8;
const IQ4_NL: i32 = 20;

/**
 * Rows of any of GGUF's types F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K … Q6_K, IQ4_NL, IQ4_XS as f32.
 * src: (rows, k) in blocks of `type`, k a multiple of the block · out: (rows, k) f32
 */
export function dequantizeRows(src: usize, type: i32, out: usize, rows: i32, k: i32): void {
  const n = rows * k;
  if (type == F32) memory.copy(out, src, <usize>n << 2);
  else if (type == F16) f16ToF32(src, out, n);
  else if (type == BF16) bf16ToF32(src, out, n);
  else if (type == Q4_0) dequantize4(src, out, n / 32, 18, false);
  else if (type == Q4_1) dequantize4(src, out, n / 32, 20, false);
  else if (type == IQ4_NL) dequantize4(src, out, n / 32, 18, true);
  else if (type == Q5_0) dequantize5(src, out, n / 32, 22);
  else if (type == Q5_1) dequantize5(src, out, n / 32, 24);
  else if (type == Q8_0) dequantize8(src, out, n / 32);
  else dequantize256(src, type, out, n / 256);
}

/** The f16 at an address. */
// @ts-ignore: decorator
@inline
export function f16At(at: usize): f32 {
  return f32x4.extract_lane(decodeF16(i32x4.splat(load<u16>(at))), 0);
}

/** The values of IQ4_NL and IQ4_XS in order of their codes, lowest byte first. */
// @ts-ignore: decorator
@inline
export function codebook(): v128 {
  return i8x16(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);
}

/** d·value of 16 signed bytes, plus m. */
// @ts-ignore: decorator
@inline
export function storeBytes(out: usize, bytes: v128, d: v128, m: v128): void {
  const low = i16x8.extend_low_i8x16_s(bytes);
  const high = i16x8.extend_high_i8x16_s(bytes);
  v128.store(out, f32x4.add(f32x4.mul(d, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(low))), m));
  v128.store(out, f32x4.add(f32x4.mul(d, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(low))), m), 16);
  v128.store(out, f32x4.add(f32x4.mul(d, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(high))), m), 32);
  v128.store(out, f32x4.add(f32x4.mul(d, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(high))), m), 48);
}

/** Blocks of 32 with 4 bits each: d, in those of 20 bytes m, then columns i in the low halves and 16+i in the high ones. */
function dequantize4(src: usize, out: usize, blocks: i32, bytes: usize, coded: bool): void {
  const affine = bytes == 20;
  const none = f32x4.splat(-0.0); // the neutral element of addition
  for (; blocks > 0; blocks--) {
    const d = f32x4.splat(f16At(src));
    const m = affine ? f32x4.splat(f16At(src + 2)) : none;
    const q = v128.load(src + bytes - 16);
    let low = v128.and(q, i8x16.splat(15));
    let high = i8x16.shr_u(q, 4);
    if (coded) {
      low = i8x16.swizzle(codebook(), low);
      high = i8x16.swizzle(codebook(), high);
    } else if (!affine) {
      low = i8x16.sub(low, i8x16.splat(8));
      high = i8x16.sub(high, i8x16.splat(8));
    }
    storeBytes(out, low, d, m);
    storeBytes(out + 64, high, d, m);
    src += bytes;
    out += 128;
  }
}

/** Blocks of 32 with 5 bits each: as those with 4, and before them the fifth bits, bit i of column i. */
function dequantize5(src: usize, out: usize, blocks: i32, bytes: usize): void {
  const affine = bytes == 24;
  const none = f32x4.splat(-0.0);
  const bits = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
  for (; blocks > 0; blocks--) {
    const d = f32x4.splat(f16At(src));
    const m = affine ? f32x4.splat(f16At(src + 2)) : none;
    const fifth = v128.load32_splat(src + bytes - 20);
    const q = v128.load(src + bytes - 16);
    const first = i8x16.shuffle(fifth, fifth, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    const last = i8x16.shuffle(fifth, fifth, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
    let low = v128.or(v128.and(q, i8x16.splat(15)), fifthBit(first, bits));
    let high = v128.or(i8x16.shr_u(q, 4), fifthBit(last, bits));
    if (!affine) {
      low = i8x16.sub(low, i8x16.splat(16));
      high = i8x16.sub(high, i8x16.splat(16));
    }
    storeBytes(out, low, d, m);
    storeBytes(out + 64, high, d, m);
    src += bytes;
    out += 128;
  }
}

/** 16 where the bit of a lane is set. */
// @ts-ignore: decorator
@inline
function fifthBit(bytes: v128, bits: v128): v128 {
  return v128.and(i8x16.eq(v128.and(bytes, bits), bits), i8x16.splat(16));
}

/** Blocks of 32 int8 behind their d. */
function dequantize8(src: usize, out: usize, blocks: i32): void {
  const none = f32x4.splat(-0.0);
  for (; blocks > 0; blocks--) {
    const d = f32x4.splat(f16At(src));
    storeBytes(out, v128.load(src, 2), d, none);
    storeBytes(out + 64, v128.load(src, 18), d, none);
    src += 34;
    out += 128;
  }
}
