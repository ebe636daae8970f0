import { BF16, F16, F32 } from '../types';
import { decodeF16 } from './halves';

/** log2 of the bytes of one element of a float type. */
// @ts-ignore: decorator
@inline
export function floatShift(type: i32): usize {
  return type == F32 ? 2 : 1;
}

/** Four elements of a float type as f32. */
// @ts-ignore: decorator
@inline
export function load4(at: usize, type: i32): v128 {
  if (type == F32) return v128.load(at);
  const bits = v128.load16x4_u(at);
  return type == BF16 ? i32x4.shl(bits, 16) : decodeF16(bits);
}

/** The first `count` (1…3) of four elements, the others 0, without a read behind them. */
export function loadFloats(at: usize, type: i32, count: i32): v128 {
  let bits = i32x4.splat(0);
  for (let lane = count - 1; lane >= 0; lane--) {
    bits = i8x16.shuffle(bits, bits, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    const element = at + (<usize>lane << floatShift(type));
    bits = i32x4.replace_lane(bits, 0, type == F32 ? load<i32>(element) : <i32>load<u16>(element));
  }
  if (type == F32) return bits;
  return type == F16 ? decodeF16(bits) : i32x4.shl(bits, 16);
}

/** Columns c … c+3 of a row of k columns as f32, zeros behind the row's end. */
// @ts-ignore: decorator
@inline
export function loadColumns(row: usize, type: i32, c: i32, k: i32): v128 {
  const at = row + (<usize>c << floatShift(type));
  return k - c >= 4 ? load4(at, type) : loadFloats(at, type, k - c);
}
