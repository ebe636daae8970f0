import { PANEL } from '@gossamer/as-kit/assembly/types';
import { PAGE, paddedDim, SCALES, TILE, TILE_SCALES } from './page';

/**
 * An int8 page of one head as f32 panels: keys (64, D), then values (D, 64).
 * keys, values: as the page has them · out: 2·64·D f32, D padded
 */
export function unpackPage(keys: usize, values: usize, out: usize, headDim: i32): void {
  const dim = paddedDim(headDim);
  for (let panel = 0; panel < PAGE / PANEL; panel++) {
    const half = <usize>(panel & 1);
    const low = v128.load(keys + half * 32);
    const high = v128.load(keys + half * 32, 16);
    let from = keys + TILE_SCALES + half * 16;
    for (let c = 0; c < dim; c += 2) {
      const v = v128.load(from);
      const even = i16x8.shr_s(i16x8.shl(v, 8), 8);
      const odd = i16x8.shr_s(v, 8);
      v128.store(out, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(even)), low));
      v128.store(out, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(even)), high), 16);
      v128.store(out, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(odd)), low), 32);
      v128.store(out, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(odd)), high), 48);
      from += 32;
      out += 64;
    }
    if (half) keys += TILE_SCALES + <usize>(TILE * dim);
  }
  for (let c = 0; c < dim; c += PANEL) {
    const first = c & ~15;
    const step = <usize>(2 * min(16, dim - first));
    let from = values + SCALES + <usize>(first * PAGE + (c & 8) * 2);
    let factors = values;
    for (let t = 0; t < PAGE; t += 2) {
      const one = v128.load32_splat(factors);
      const two = v128.load32_splat(factors, 4);
      const v = v128.load(from);
      const even = i16x8.shr_s(i16x8.shl(v, 8), 8);
      const odd = i16x8.shr_s(v, 8);
      v128.store(out, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(even)), one));
      v128.store(out, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(even)), one), 16);
      v128.store(out, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(odd)), two), 32);
      v128.store(out, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(odd)), two), 48);
      from += step;
      factors += 8;
      out += 64;
    }
  }
}
