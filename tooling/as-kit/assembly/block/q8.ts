import { decodeF16 } from '../inline/halves';
import { panelBytes } from '../matrix';
import { BLOCK, PANEL, Q8_32 } from '../types';

/** Bytes of a block of 32 columns as GGUF stores it: d f16, then 32 int8. */
const FILE_BYTES: usize = 34;
/** Bytes of 32 columns of a panel. */
const SPAN_BYTES: usize = BLOCK * PANEL + PANEL * 4;

/**
 * Rows row0 … row0+rows−1 of GGUF's Q8_0 into a packed matrix of type Q8_32; returns how many blocks could not be kept exactly.
 * src: (rows, k) · dst: matrixBytes(Q8_32, n, k) · row0 a multiple of 8, rows too unless they are the last · k a multiple of 32
 * The int8 kernels have no −128: a block with one becomes round(q·127/128), half to even, with the scale d·128/127.
 */
export function packQ8Rows(src: usize, dst: usize, row0: i32, rows: i32, n: i32, k: i32): i32 {
  const panel = panelBytes(Q8_32, k);
  dst += <usize>(row0 / PANEL) * panel;
  let changed = 0;
  for (let r = 0; r < rows; r += PANEL) {
    const count = min(PANEL, rows - r);
    if (count < PANEL) memory.fill(dst, 0, panel);
    for (let lane: usize = 0; lane < <usize>count; lane++) {
      let out = dst + (lane << 2);
      for (let c = 0; c < k; c += BLOCK) {
        changed += packBlock(src, out);
        src += FILE_BYTES;
        out += SPAN_BYTES;
      }
    }
    dst += panel;
  }
  return changed;
}

/** One block into a row's lane of 32 columns; 1 if it holds a −128. */
// @ts-ignore: decorator
@inline
function packBlock(block: usize, out: usize): i32 {
  let low = v128.load(block, 2);
  let high = v128.load(block, 18);
  let scale = f32x4.extract_lane(decodeF16(i32x4.splat(load<u16>(block))), 0);
  const change = v128.any_true(i8x16.eq(i8x16.min_s(low, high), i8x16.splat(-128)));
  if (change) {
    low = narrowed(low);
    high = narrowed(high);
    scale = (scale * 128) / 127;
  }
  storeLane(out, low);
  storeLane(out + 128, high);
  store<f32>(out, scale, 256);
  return change ? 1 : 0;
}

/** 16 columns of a row, 4 bytes each 32 bytes. */
// @ts-ignore: decorator
@inline
function storeLane(out: usize, q: v128): void {
  v128.store32_lane(out, q, 0);
  v128.store32_lane(out, q, 1, 32);
  v128.store32_lane(out, q, 2, 64);
  v128.store32_lane(out, q, 3, 96);
}

/** q·127/128 to the nearest whole number: q less 1 from 65 on, and less −1 from −65 down; ±64, the halves, stay even. */
// @ts-ignore: decorator
@inline
function narrowed(q: v128): v128 {
  const up = i8x16.gt_s(q, i8x16.splat(64));
  const down = i8x16.lt_s(q, i8x16.splat(-64));
  return i8x16.sub(i8x16.add(q, up), down);
}
