import { codebook, f16At, storeBytes } from './dequantize';

/* Blocks of 256 columns: Q2_K … Q6_K and IQ4_XS. In most of them 16 columns share a scale. */

const Q2_K: i32 = 10;
const Q3_K: i32 = 11;
const Q4_K: i32 = 12;
const Q5_K: i32 = 13;
const Q6_K: i32 = 14;

/** src: blocks of `type`, IQ4_XS where it is none of Q2_K … Q6_K · out: (blocks, 256) f32 */
export function dequantize256(src: usize, type: i32, out: usize, blocks: i32): void {
  for (; blocks > 0; blocks--) {
    if (type == Q2_K) {
      dequantizeQ2(src, out);
      src += 84;
    } else if (type == Q3_K) {
      dequantizeQ3(src, out);
      src += 110;
    } else if (type == Q4_K) {
      dequantizeQ45(src, out, 0);
      src += 144;
    } else if (type == Q5_K) {
      dequantizeQ45(src, out, 32);
      src += 176;
    } else if (type == Q6_K) {
      dequantizeQ6(src, out);
      src += 210;
    } else {
      dequantizeIQ4(src, out);
      src += 136;
    }
    out += 1024;
  }
}

/** d·scale·q − dmin·least: 16 bytes of scales (low halves) and minima (high), 64 of q, d, dmin. */
function dequantizeQ2(src: usize, out: usize): void {
  const d = f16At(src + 80);
  const dmin = f16At(src + 82);
  for (let i = 0; i < 16; i++) {
    const s = <i32>load<u8>(src + i);
    const at = src + 16 + <usize>((i >> 3 << 5) + ((i & 1) << 4));
    const q = v128.and(i8x16.shr_u(v128.load(at), (i >> 1 & 3) << 1), i8x16.splat(3));
    storeBytes(out, q, f32x4.splat(d * <f32>(s & 15)), f32x4.splat(-(dmin * <f32>(s >> 4))));
    out += 64;
  }
}

/** d·scale·(q − 4·(no high bit)): 32 bytes of high bits, 64 of q, 12 of scales, d. */
function dequantizeQ3(src: usize, out: usize): void {
  const d = f16At(src + 108);
  const scales = src + 96;
  for (let i = 0; i < 16; i++) {
    const low = (<i32>load<u8>(scales + (i & 7)) >> ((i >> 3) << 2)) & 15;
    const high = (<i32>load<u8>(scales + 8 + (i & 3)) >> ((i >> 2) << 1)) & 3;
    const scale = (low | (high << 4)) - 32;
    const half = <usize>((i & 1) << 4);
    const bit = (i >> 3 << 2) + (i >> 1 & 3);
    const two = v128.and(i8x16.shr_u(v128.load(src + 32 + <usize>(i >> 3 << 5) + half), (i >> 1 & 3) << 1), i8x16.splat(3));
    const lacking = v128.andnot(i8x16.splat(4), i8x16.shl(i8x16.shr_u(v128.load(src + half), bit), 2));
    storeBytes(out, i8x16.sub(two, lacking), f32x4.splat(d * <f32>scale), f32x4.splat(-0.0));
    out += 64;
  }
}

/** d·scale·q − dmin·least: d, dmin, 12 bytes of scales and minima, `fifths` bytes of fifth bits (0 or 32), 128 of q. */
function dequantizeQ45(src: usize, out: usize, fifths: usize): void {
  const d = f16At(src);
  const dmin = f16At(src + 2);
  for (let j = 0; j < 8; j++) {
    const scale = f32x4.splat(d * <f32>scaleOf(src + 4, j));
    const least = f32x4.splat(-(dmin * <f32>leastOf(src + 4, j)));
    for (let half: usize = 0; half < 32; half += 16) {
      const bytes = v128.load(src + 16 + fifths + (<usize>(j >> 1) << 5) + half);
      let q = v128.and(i8x16.shr_u(bytes, (j & 1) << 2), i8x16.splat(15));
      if (fifths) {
        const bit = v128.and(i8x16.shr_u(v128.load(src + 16 + half), j), i8x16.splat(1));
        q = v128.or(q, i8x16.shl(bit, 4));
      }
      storeBytes(out, q, scale, least);
      out += 64;
    }
  }
}

/** The 6-bit scale of columns 32j … 32j+31.   s: 12 bytes */
function scaleOf(s: usize, j: i32): i32 {
  if (j < 4) return load<u8>(s + j) & 63;
  return (load<u8>(s + j + 4) & 15) | ((load<u8>(s + j - 4) >> 6) << 4);
}

/** The 6-bit minimum of columns 32j … 32j+31. */
function leastOf(s: usize, j: i32): i32 {
  if (j < 4) return load<u8>(s + j + 4) & 63;
  return (load<u8>(s + j + 4) >> 4) | ((load<u8>(s + j) >> 6) << 4);
}

/** d·scale·(q − 32): 128 bytes of low halves, 64 of high bits, 16 int8 scales, d. */
function dequantizeQ6(src: usize, out: usize): void {
  const d = f16At(src + 208);
  for (let i = 0; i < 16; i++) {
    const part = i >> 1 & 3;
    const half = <usize>((i & 1) << 4);
    const lows = v128.load(src + <usize>((i >> 3 << 6) + ((part & 1) << 5)) + half);
    const highs = v128.load(src + 128 + <usize>(i >> 3 << 5) + half);
    const low = v128.and(i8x16.shr_u(lows, (part >> 1) << 2), i8x16.splat(15));
    const high = v128.and(i8x16.shr_u(highs, part << 1), i8x16.splat(3));
    const q = i8x16.sub(v128.or(low, i8x16.shl(high, 4)), i8x16.splat(32));
    storeBytes(out, q, f32x4.splat(d * <f32>load<i8>(src + 192 + i)), f32x4.splat(-0.0));
    out += 64;
  }
}

/** d·(scale − 32)·codebook: d, 2 bytes with the high and 4 with the low bits of 8 scales, 128 bytes as in IQ4_NL. */
function dequantizeIQ4(src: usize, out: usize): void {
  const d = f16At(src);
  const high = <i32>load<u16>(src + 2);
  for (let j = 0; j < 8; j++) {
    const low = (<i32>load<u8>(src + 4 + (j >> 1)) >> ((j & 1) << 2)) & 15;
    const scale = f32x4.splat(d * <f32>((low | (((high >> (j << 1)) & 3) << 4)) - 32));
    const q = v128.load(src + 8 + (<usize>j << 4));
    storeBytes(out, i8x16.swizzle(codebook(), v128.and(q, i8x16.splat(15))), scale, f32x4.splat(-0.0));
    storeBytes(out + 64, i8x16.swizzle(codebook(), i8x16.shr_u(q, 4)), scale, f32x4.splat(-0.0));
    out += 128;
  }
}
