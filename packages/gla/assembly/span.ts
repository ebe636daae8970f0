import { bf16ToF32, f16ToF32 } from '@gossamer/as-kit/assembly/convert';
import { BF16, F16, F32 } from '@gossamer/as-kit/assembly/types';

/** Whether no element is NaN or ∞: then 1.   x: (n) of F32, BF16 or F16 */
export function allFinite(x: usize, type: i32, n: i32): i32 {
  if (type == F32) {
    for (let i = 0; i < n; i++) {
      if ((load<u32>(x + (<usize>i << 2)) & 0x7f800000) == 0x7f800000) return 0;
    }
    return 1;
  }
  const exponent = i16x8.splat(type == BF16 ? 0x7f80 : 0x7c00);
  const end = x + (<usize>(n & ~7) << 1);
  let bad = i64x2.splat(0);
  for (; x < end; x += 16) bad = v128.or(bad, i16x8.eq(v128.and(v128.load(x), exponent), exponent));
  if (v128.any_true(bad)) return 0;
  const mask = type == BF16 ? 0x7f80 : 0x7c00;
  for (let i = 0; i < (n & 7); i++) {
    if ((load<u16>(x + (<usize>i << 1)) & mask) == mask) return 0;
  }
  return 1;
}

/** y = x as f32.   x: (n) of F32, BF16 or F16 · y: (n) f32 */
export function toF32(x: usize, type: i32, y: usize, n: i32): void {
  if (type == F16) f16ToF32(x, y, n);
  else if (type == BF16) bf16ToF32(x, y, n);
  else memory.copy(y, x, <usize>n << 2);
}
