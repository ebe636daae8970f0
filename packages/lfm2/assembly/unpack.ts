import { PANEL } from '@gossamer/as-kit/assembly/types';
import { PAGE, paddedDim, Q8, sideBytes, valuePanel } from './cache';

/**
 * An int8 page of one head as f32 panels: keys (64, D), then values (D, 64).
 * keys, values: as the page has them, the scales behind the values · out: 2·64·D f32, D padded
 */
export function unpackPage(keys: usize, values: usize, out: usize, headDim: i32): void {
  const dim = paddedDim(headDim);
  const scales = values + sideBytes(Q8, headDim);
  for (let group = 0; group < PAGE / PANEL; group++) {
    const low = v128.load(scales + (<usize>group << 5));
    const high = v128.load(scales + (<usize>group << 5), 16);
    for (let c = 0; c < dim; c += 2) {
      const v = v128.load(keys);
      const even = i16x8.shr_s(i16x8.shl(v, 8), 8);
      const odd = i16x8.shr_s(v, 8);
      v128.store(out, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(even)), low));
      v128.store(out, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(even)), high), 16);
      v128.store(out, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(odd)), low), 32);
      v128.store(out, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(odd)), high), 48);
      keys += 16;
      out += 64;
    }
  }
  for (let pair = 0; pair < PAGE / 2; pair++) {
    const first = v128.load32_splat(scales + (<usize>pair << 3), PAGE * 4);
    const second = v128.load32_splat(scales + (<usize>pair << 3), PAGE * 4 + 4);
    for (let c = 0; c < dim; c += PANEL) {
      const v = v128.load(values);
      const even = i16x8.shr_s(i16x8.shl(v, 8), 8);
      const odd = i16x8.shr_s(v, 8);
      const to = out + (valuePanel(pair * 2, c) << 2);
      v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(even)), first));
      v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(even)), first), 16);
      v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(odd)), second), 32);
      v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(odd)), second), 48);
      values += 16;
    }
  }
}
