import { loadPart, storePart } from '@gossamer/as-kit/assembly/inline/lanes';

/** The first `count` of four f32 (all if count ≥ 4), zeros in the other lanes; never a read behind them. */
// @ts-ignore: decorator
@inline
export function loadSome(at: usize, count: i32): v128 {
  return count >= 4 ? v128.load(at) : loadPart(at, count, 0);
}

/** Stores the first `count` of four f32 (all if count ≥ 4). */
// @ts-ignore: decorator
@inline
export function storeSome(at: usize, v: v128, count: i32): void {
  if (count >= 4) v128.store(at, v);
  else storePart(at, v, count);
}

/** (Σa, Σb, Σc, Σd), each summed as (x₀ + x₂) + (x₁ + x₃). */
// @ts-ignore: decorator
@inline
export function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f64>(ab, cd, 0, 2), v128.shuffle<f64>(ab, cd, 1, 3));
}
