import { decodeF16, encodeBf16, encodeF16 } from './inline/halves';

/* Widening is exact. Narrowing rounds to nearest even, overflows to ∞ and keeps NaN a NaN. */

/** x: (n) bf16 · y: (n) f32 */
export function bf16ToF32(x: usize, y: usize, n: i32): void {
  const end = x + ((<usize>(n & ~3)) << 1);
  for (; x < end; x += 8, y += 16) v128.store(y, i32x4.shl(v128.load16x4_u(x), 16));
  for (let i = n & 3; i > 0; i--, x += 2, y += 4) store<i32>(y, (<i32>load<u16>(x)) << 16);
}

/** x: (n) f16 · y: (n) f32 */
export function f16ToF32(x: usize, y: usize, n: i32): void {
  const end = x + ((<usize>(n & ~3)) << 1);
  for (; x < end; x += 8, y += 16) v128.store(y, decodeF16(v128.load16x4_u(x)));
  for (let i = n & 3; i > 0; i--, x += 2, y += 4) v128.store32_lane(y, decodeF16(i32x4.splat(load<u16>(x))), 0);
}

/** x: (n) f32 · y: (n) bf16 */
export function f32ToBf16(x: usize, y: usize, n: i32): void {
  const end = x + ((<usize>(n & ~3)) << 2);
  for (; x < end; x += 16, y += 8) {
    const bits = encodeBf16(v128.load(x));
    v128.store64_lane(y, i16x8.narrow_i32x4_u(bits, bits), 0);
  }
  for (let i = n & 3; i > 0; i--, x += 4, y += 2) v128.store16_lane(y, encodeBf16(v128.load32_zero(x)), 0);
}

/** x: (n) f32 · y: (n) f16 */
export function f32ToF16(x: usize, y: usize, n: i32): void {
  const end = x + ((<usize>(n & ~3)) << 2);
  for (; x < end; x += 16, y += 8) {
    const bits = encodeF16(v128.load(x));
    v128.store64_lane(y, i16x8.narrow_i32x4_u(bits, bits), 0);
  }
  for (let i = n & 3; i > 0; i--, x += 4, y += 2) v128.store16_lane(y, encodeF16(v128.load32_zero(x)), 0);
}
