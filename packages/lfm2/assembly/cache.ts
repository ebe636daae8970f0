import { encodeF16 } from '@gossamer/as-kit/assembly/inline/halves';
import {
  magnitudeMask,
  peak4,
  peakOf,
  quantFactor,
  quantize4,
  quantRounder,
  quantScale,
} from '@gossamer/as-kit/assembly/inline/quant';
import { F32 } from '@gossamer/as-kit/assembly/types';
import { read } from './inline/part';
import { headBytes, keyIndex, keyPanel, keyScaleIndex, PAGE, pageOf, Q8, sideBytes, valueIndex, valuePanel } from './page';

/**
 * Keeps keys and values of tokens position … position+m−1.
 * k, v: (m, kvHeads, D) f32 · pages: addresses of the text's pages, u32 · offset: of the layer in a page
 */
export function cacheWrite(
  k: usize,
  v: usize,
  pages: usize,
  offset: usize,
  type: i32,
  position: i32,
  m: i32,
  kvHeads: i32,
  headDim: i32,
): void {
  const bytes = <usize>headDim << 2;
  const perHead = headBytes(type, headDim);
  for (let t = 0; t < m; t++) {
    let head = pageOf(pages, offset, position + t);
    const row = (position + t) % PAGE;
    for (let h = 0; h < kvHeads; h++) {
      writeToken(k, v, head, type, row, headDim);
      k += bytes;
      v += bytes;
      head += perHead;
    }
  }
}

/** One token of one head.   k, v: (D) f32 · head: its place in a page */
export function writeToken(k: usize, v: usize, head: usize, type: i32, row: i32, headDim: i32): void {
  const values = head + sideBytes(type, headDim);
  if (type == Q8) {
    writeInt8Key(k, head, row, headDim);
    writeInt8Value(v, values, row, headDim);
  } else if (type == F32) {
    writeF32(k, v, head, values, row, headDim);
  } else {
    writeF16(k, v, head, values, row, headDim);
  }
}

function writeInt8Key(k: usize, head: usize, row: i32, headDim: i32): void {
  const most = peak(k, headDim);
  store<f32>(head + keyScaleIndex(row, headDim), quantScale(most));
  const factor = f32x4.splat(quantFactor(most));
  const rounder = quantRounder(headDim);
  let to = head + keyIndex(row, 0, headDim);
  for (let left = headDim; left > 0; left -= 8) {
    const words = words8(k, left, factor, rounder);
    const bytes = i8x16.narrow_i16x8_s(words, words);
    v128.store16_lane(to, bytes, 0);
    v128.store16_lane(to, bytes, 1, 32);
    v128.store16_lane(to, bytes, 2, 64);
    v128.store16_lane(to, bytes, 3, 96);
    k += 32;
    to += 128;
  }
}

function writeInt8Value(v: usize, values: usize, row: i32, headDim: i32): void {
  const most = peak(v, headDim);
  store<f32>(values + (<usize>row << 2), quantScale(most));
  const factor = f32x4.splat(quantFactor(most));
  const rounder = quantRounder(headDim);
  const odd = row & 1;
  const mask = i16x8.splat(<i16>(odd ? 0x00ff : 0xff00)); // the other token of the pair
  for (let c = 0; c < headDim; c += 8) {
    const words = words8(v, headDim - c, factor, rounder);
    const at = values + valueIndex(row & ~1, c, headDim);
    v128.store(at, v128.bitselect(v128.load(at), i16x8.shl(words, odd << 3), mask));
    v += 32;
  }
}

/** Eight elements, or as many as are left and zeros, as int8 in i16 lanes. */
// @ts-ignore: decorator
@inline
function words8(x: usize, left: i32, factor: v128, rounder: v128): v128 {
  const low = quantize4(read(x, left), factor, rounder);
  const high = left > 4 ? quantize4(read(x + 16, left - 4), factor, rounder) : i32x4.splat(0);
  return i16x8.narrow_i32x4_s(low, high);
}

function writeF32(k: usize, v: usize, head: usize, values: usize, row: i32, headDim: i32): void {
  let to = head + (keyPanel(row, 0, headDim) << 2);
  for (let c = 0; c < headDim; c += 4) {
    const key = read(k, headDim - c);
    v128.store32_lane(to, key, 0);
    v128.store32_lane(to, key, 1, 32);
    v128.store32_lane(to, key, 2, 64);
    v128.store32_lane(to, key, 3, 96);
    v128.store(values + (valuePanel(row, c) << 2), read(v, headDim - c));
    k += 16;
    v += 16;
    to += 128;
  }
}

function writeF16(k: usize, v: usize, head: usize, values: usize, row: i32, headDim: i32): void {
  let to = head + (keyPanel(row, 0, headDim) << 1);
  for (let c = 0; c < headDim; c += 4) {
    const key = half4(read(k, headDim - c));
    v128.store16_lane(to, key, 0);
    v128.store16_lane(to, key, 2, 16);
    v128.store16_lane(to, key, 4, 32);
    v128.store16_lane(to, key, 6, 48);
    const value = half4(read(v, headDim - c));
    v128.store64_lane(values + (valuePanel(row, c) << 1), i16x8.narrow_i32x4_u(value, value), 0);
    k += 16;
    v += 16;
    to += 64;
  }
}

/** Four f32 as f16 bit patterns. An infinity would meet weights of 0: the largest f16 stands for it. */
// @ts-ignore: decorator
@inline
function half4(v: v128): v128 {
  return encodeF16(f32x4.max(f32x4.min(v, f32x4.splat(65504)), f32x4.splat(-65504)));
}

/** max|x[i]|; NaN when one is. */
function peak(x: usize, n: i32): f32 {
  const mask = magnitudeMask(n);
  let most = i32x4.splat(0);
  for (let left = n; left > 0; left -= 4) {
    most = peak4(most, read(x, left), mask);
    x += 16;
  }
  return peakOf(most);
}
