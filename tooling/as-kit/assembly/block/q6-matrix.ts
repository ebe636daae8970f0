import { decodeF16 } from '../inline/halves';
import { SUPER } from '../types';

/*
 * Panels of 8 rows of Q6_K. 256 columns take 1696 bytes, 6.625 bits per weight, in the order in which the kernels read them:
 *   at 0     scales: per 16 columns 8 bytes, one per row
 *   at 128   for every 16 columns 96 bytes: 32 of columns 0 … 3, then of 4 … 7, then of 8 … 11; of each, row r has the 4 from
 *     4r on. A weight takes bits 0 … 5 of its byte. With b0, b1, b2 the vectors that hold the same rows, columns 12 … 15 are
 *     bits 0 … 5 of (b0 >> 6) ^ (b1 >> 4) ^ (b2 >> 2), shifted in lanes of 16 bits: bits 6 and 7 of the bytes are chosen so that
 *     this holds whatever the shifts bring in from other bits, which saves the masks of three parts.
 *   at 1664  d, 8 f32
 */

/** Bytes of 16 columns. */
export const STEP_BYTES: usize = 96;
/** Where the columns begin, behind the scales, and where d stands. */
export const SUPER_COLUMNS: usize = 128;
export const SUPER_D: usize = SUPER_COLUMNS + STEP_BYTES * 16;
export const SUPER_BYTES: usize = SUPER_D + 32;
/** Bytes of a block as GGUF stores it. */
const FILE_BYTES: usize = 210;
const SIX: u32 = 0x3f3f3f3f;

export function panelBytesQ6K(k: i32): usize {
  return <usize>(k / SUPER) * SUPER_BYTES;
}

/** src: `count` (1…8) rows of GGUF's blocks: ql, 128 bytes, qh, 64 bytes, 16 int8 scales, d f16 */
export function packPanelQ6K(src: usize, rowBytes: usize, dst: usize, count: i32, k: i32): void {
  for (let r = 0; r < count; r++) {
    let block = src + rowBytes * r;
    let out = dst;
    for (let c = 0; c < k; c += SUPER) {
      const row = out + (<usize>r << 2);
      for (let j: usize = 0; j < 16; j++) {
        const q = sixteenOf(block, j);
        const b0 = i32x4.extract_lane(q, 0);
        const b1 = i32x4.extract_lane(q, 1);
        const b2 = i32x4.extract_lane(q, 2);
        const rest = i32x4.extract_lane(q, 3) ^ fourth(b0, b1, b2);
        const to = row + SUPER_COLUMNS + j * STEP_BYTES;
        store<i8>(out + (j << 3) + r, load<i8>(block + j, 192));
        store<u32>(to, b0 | ((rest & 0x03030303) << 6));
        store<u32>(to, b1 | ((rest & 0x0c0c0c0c) << 4), 32);
        store<u32>(to, b2 | ((rest & 0x30303030) << 2), 64);
      }
      store<f32>(row, f32x4.extract_lane(decodeF16(i32x4.splat(load<u16>(block, 208))), 0), SUPER_D);
      block += FILE_BYTES;
      out += SUPER_BYTES;
    }
  }
}

/** Columns 16j … 16j+15 of one of GGUF's blocks, one per byte. */
// @ts-ignore: decorator
@inline
function sixteenOf(block: usize, j: usize): v128 {
  const half = j >> 3;
  const part = (j >> 1) & 3;
  const at = block + ((j & 1) << 4);
  const low = i16x8.shr_u(v128.load(at + (half << 6) + ((part & 1) << 5)), <i32>(part >> 1) << 2);
  const high = i16x8.shr_u(v128.load(at + (half << 5), 128), <i32>part << 1);
  return v128.or(v128.and(low, i8x16.splat(15)), i16x8.shl(v128.and(high, i8x16.splat(3)), 4));
}

/** Columns 12 … 15 of a row from its bytes of columns 0 … 11. */
// @ts-ignore: decorator
@inline
function fourth(b0: u32, b1: u32, b2: u32): u32 {
  return (((b0 >> 6) & 0x03ff03ff) ^ ((b1 >> 4) & 0x0fff0fff) ^ ((b2 >> 2) & 0x3fff3fff)) & SIX;
}

/** d·scale·(q − 32).   w: one panel · lane: row % 8 */
export function unpackRowQ6K(w: usize, lane: usize, k: i32, out: usize): void {
  for (let c0 = 0; c0 < k; c0 += SUPER) {
    const row = w + (lane << 2);
    const d = load<f32>(row, SUPER_D);
    for (let j: usize = 0; j < 16; j++) {
      const at = row + SUPER_COLUMNS + j * STEP_BYTES;
      const factor = d * <f32>load<i8>(w + (j << 3) + lane);
      const b0 = load<u32>(at);
      const b1 = load<u32>(at, 32);
      const b2 = load<u32>(at, 64);
      storeFour(out, b0 & SIX, factor);
      storeFour(out + 16, b1 & SIX, factor);
      storeFour(out + 32, b2 & SIX, factor);
      storeFour(out + 48, fourth(b0, b1, b2), factor);
      out += 64;
    }
    w += SUPER_BYTES;
  }
}

// @ts-ignore: decorator
@inline
function storeFour(out: usize, q: u32, factor: f32): void {
  for (let c: u32 = 0; c < 4; c++) store<f32>(out + (<usize>c << 2), factor * <f32>(<i32>((q >> (c << 3)) & 63) - 32));
}
