import { decodeF16 } from '../inline/halves';
import { BLOCK, SUPER } from '../types';

/*
 * Panels of 8 rows of 4-bit weights. 32 columns take 128 bytes: every 8 columns 32 bytes, of which row r has the 4 from 4r on;
 * byte b holds column b in its low half and column 4+b in its high half.
 *   Q4_0: the 8 f32 scales follow every 32 columns: 160 bytes, 5 bits per weight.
 *   Q4_K: before every 256 columns stand
 *     scales: per 32 columns 8 bytes, one per row
 *     minima, at 64: per 64 columns 16 bytes, for every row those of the first and the second 32 columns
 *     d, 8 f32, at 128, and dmin, 8 f32, at 160; with the columns 1216 bytes, 4.75 bits per weight.
 */

const BLOCK_BYTES: usize = 160;
const SUPER_BYTES: usize = 1216;
/** Bytes before the columns of Q4_K. */
export const HEAD_BYTES: usize = 192;
const LOW: u32 = 0x0f0f0f0f;

export function panelBytesQ40(k: i32): usize {
  return <usize>(k / BLOCK) * BLOCK_BYTES;
}

export function panelBytesQ4K(k: i32): usize {
  return <usize>(k / SUPER) * SUPER_BYTES;
}

// @ts-ignore: decorator
@inline
function f16At(at: usize): f32 {
  return f32x4.extract_lane(decodeF16(i32x4.splat(load<u16>(at))), 0);
}

/** src: `count` (1…8) rows of GGUF's blocks: d f16, then 16 bytes, column i in the low half of byte i, 16+i in the high half */
export function packPanelQ40(src: usize, rowBytes: usize, dst: usize, count: i32, k: i32): void {
  for (let r = 0; r < count; r++) {
    let block = src + rowBytes * r;
    let out = dst + (<usize>r << 2);
    for (let c = 0; c < k; c += BLOCK) {
      for (let at: usize = 0; at < 16; at += 8) {
        const a = load<u32>(block + at, 2);
        const b = load<u32>(block + at, 6);
        store<u32>(out + (at << 2), (a & LOW) | ((b & LOW) << 4));
        store<u32>(out + (at << 2), ((a >> 4) & LOW) | (b & ~LOW), 64);
      }
      store<f32>(out, f16At(block), 128);
      block += 18;
      out += BLOCK_BYTES;
    }
  }
}

/**
 * src: `count` (1…8) rows of GGUF's super-blocks: d f16, dmin f16, 12 bytes of scales and minima, then 4 times 32 bytes, 32 columns
 * in the low halves and 32 in the high ones
 */
export function packPanelQ4K(src: usize, rowBytes: usize, dst: usize, count: i32, k: i32): void {
  for (let r = 0; r < count; r++) {
    let block = src + rowBytes * r;
    let out = dst;
    for (let c = 0; c < k; c += SUPER) {
      const row = out + (<usize>r << 2);
      for (let at: usize = 0; at < 128; at += 8) {
        const a = load<u32>(block + at, 16);
        const b = load<u32>(block + at, 20);
        const to = row + HEAD_BYTES + ((at >> 5) << 8) + ((at & 31) << 2);
        store<u32>(to, (a & LOW) | ((b & LOW) << 4));
        store<u32>(to, ((a >> 4) & LOW) | (b & ~LOW), 128);
      }
      for (let j: usize = 0; j < 8; j++) {
        store<u8>(out + (j << 3) + r, scaleOf(block + 4, j));
        store<u8>(out + ((j >> 1) << 4) + (j & 1) + (<usize>r << 1), minimumOf(block + 4, j), 64);
      }
      store<f32>(row, f16At(block), 128);
      store<f32>(row, f16At(block + 2), 160);
      block += 144;
      out += SUPER_BYTES;
    }
  }
}

/** The 6-bit scale of columns 32j … 32j+31.   s: the 12 bytes of a super-block */
// @ts-ignore: decorator
@inline
function scaleOf(s: usize, j: usize): u32 {
  if (j < 4) return load<u8>(s + j) & 63;
  return (load<u8>(s + j, 4) & 15) | ((load<u8>(s + j - 4) >> 6) << 4);
}

/** The 6-bit minimum of columns 32j … 32j+31. */
// @ts-ignore: decorator
@inline
function minimumOf(s: usize, j: usize): u32 {
  if (j < 4) return load<u8>(s + j, 4) & 63;
  return (load<u8>(s + j, 4) >> 4) | ((load<u8>(s + j) >> 6) << 4);
}

/** Column c (0…31) of 32.   at: those 32 columns of a row's lane */
// @ts-ignore: decorator
@inline
function nibble(at: usize, c: usize): i32 {
  return (load<u8>(at + ((c >> 3) << 5) + (c & 3)) >> (<i32>c & 4)) & 15;
}

/** d·(q − 8).   w: one panel · lane: row % 8 */
export function unpackRowQ40(w: usize, lane: usize, k: i32, out: usize): void {
  w += lane << 2;
  for (let c0 = 0; c0 < k; c0 += BLOCK) {
    const d = load<f32>(w, 128);
    for (let c: usize = 0; c < 32; c++) store<f32>(out + (c << 2), d * <f32>(nibble(w, c) - 8));
    w += BLOCK_BYTES;
    out += 128;
  }
}

/** d·scale·q − dmin·minimum.   w: one panel · lane: row % 8 */
export function unpackRowQ4K(w: usize, lane: usize, k: i32, out: usize): void {
  for (let c0 = 0; c0 < k; c0 += SUPER) {
    const row = w + (lane << 2);
    for (let j: usize = 0; j < 8; j++) {
      const d = load<f32>(row, 128) * <f32>load<u8>(w + (j << 3) + lane);
      const least = load<f32>(row, 160) * <f32>load<u8>(w + ((j >> 1) << 4) + (j & 1) + (lane << 1), 64);
      const at = row + HEAD_BYTES + (j << 7);
      for (let c: usize = 0; c < 32; c++) store<f32>(out + (c << 2), d * <f32>nibble(at, c) - least);
      out += 128;
    }
    w += SUPER_BYTES;
  }
}
