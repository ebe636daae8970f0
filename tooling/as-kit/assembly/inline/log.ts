import { madd } from './lanes';

/** 2·atanh(s) = 2s + s³·p(s²) for |s| ≤ 1/3; p is the minimax polynomial for the relative error (5e-9). */
// @ts-ignore: decorator
@inline
function twiceAtanh(s: v128): v128 {
  const t = f32x4.mul(s, s);
  let p = madd(f32x4.splat(0.2801606357), t, f32x4.splat(0.280010432));
  p = madd(p, t, f32x4.splat(0.4002156854));
  p = madd(p, t, f32x4.splat(0.6666641831));
  return madd(f32x4.mul(s, t), p, f32x4.add(s, s));
}

/** log(1 + u) for 0 ≤ u ≤ 1, relative error ≤ 3e-7 also for tiny u. NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function log1p4(u: v128): v128 {
  return twiceAtanh(f32x4.div(u, f32x4.add(u, f32x4.splat(2))));
}

/** log(v) for normal positive v, relative error ≤ 3e-7; v = 0, below 2^-126, negative, ∞ and NaN are the caller's to exclude. */
// @ts-ignore: decorator
@inline
export function log4(v: v128): v128 {
  // m in [√½, √2): the exponent counts from the bits of √½.
  const exponent = i32x4.shr_s(i32x4.sub(v, i32x4.splat(0x3f3504f3)), 23);
  const m = i32x4.sub(v, i32x4.shl(exponent, 23));
  const s = f32x4.div(f32x4.sub(m, f32x4.splat(1)), f32x4.add(m, f32x4.splat(1)));
  const e = f32x4.convert_i32x4_s(exponent);
  return madd(e, f32x4.splat(0.693359375), madd(e, f32x4.splat(-0.000212194440), twiceAtanh(s)));
}
