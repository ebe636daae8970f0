/** a·b + c: one rounding in the relaxed build where the hardware fuses it, two in the simd build. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** (v0 + v2) + (v1 + v3). */
// @ts-ignore: decorator
@inline
export function hsum(v: v128): f32 {
  const pairs = f32x4.add(v, i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** The larger of the four lanes; NaN if one of them is NaN. */
// @ts-ignore: decorator
@inline
export function hmax(v: v128): f32 {
  const pairs = f32x4.max(v, i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return max<f32>(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

/** y[0…3] = v, or y[0…3] + v. */
// @ts-ignore: decorator
@inline
export function put(y: usize, v: v128, accumulate: bool): void {
  v128.store(y, accumulate ? f32x4.add(v128.load(y), v) : v);
}

/** The eight rows of a panel, of which `count` (1…8) exist: low to y[0…3], high to y[4…7]; never a byte behind them. */
// @ts-ignore: decorator
@inline
export function putPanel(y: usize, low: v128, high: v128, count: i32, accumulate: bool): void {
  if (count >= 8) {
    put(y, low, accumulate);
    put(y + 16, high, accumulate);
  } else {
    putPart(y, low, high, count, accumulate);
  }
}

function putPart(y: usize, low: v128, high: v128, count: i32, accumulate: bool): void {
  for (let lane = 0; lane < count; lane++) {
    const value = f32x4.extract_lane(low, 0);
    store<f32>(y, accumulate ? load<f32>(y) + value : value);
    low = i32x4.shuffle(low, high, 1, 2, 3, 4);
    high = i32x4.shuffle(high, high, 1, 2, 3, 0);
    y += 4;
  }
}

/** The first `count` (1…3) lanes of v; never a byte behind them. */
// @ts-ignore: decorator
@inline
export function storePart(at: usize, v: v128, count: i32): void {
  v128.store32_lane(at, v, 0);
  if (count > 1) v128.store32_lane(at, v, 1, 4);
  if (count > 2) v128.store32_lane(at, v, 2, 8);
}

/** Three or fewer f32, the other lanes `rest`; never a read behind them. */
// @ts-ignore: decorator
@inline
export function loadPart(at: usize, count: i32, rest: f32): v128 {
  let v = f32x4.splat(rest);
  v = v128.load32_lane(at, v, 0);
  if (count > 1) v = v128.load32_lane(at, v, 1, 4);
  if (count > 2) v = v128.load32_lane(at, v, 2, 8);
  return v;
}

/** What rows 0…3 of a panel start from: y, or −0, the neutral element of addition. */
// @ts-ignore: decorator
@inline
export function firstRows(y: usize, rows: i32, accumulate: bool): v128 {
  if (!accumulate) return f32x4.splat(-0.0);
  return rows >= 4 ? v128.load(y) : loadPart(y, rows, 0);
}

/** What rows 4…7 of a panel start from. */
// @ts-ignore: decorator
@inline
export function lastRows(y: usize, rows: i32, accumulate: bool): v128 {
  if (!accumulate || rows <= 4) return f32x4.splat(-0.0);
  return rows >= 8 ? v128.load(y, 16) : loadPart(y + 16, rows - 4, 0);
}

/**
 * sums·(w·x): exact sums of int8 products times the scales of both sides. Split into product and addition in every build, so that
 * every build gives the same bits.
 */
// @ts-ignore: decorator
@inline
export function scaled(sums: v128, w: v128, x: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(sums), f32x4.mul(w, x));
}

/** Rows 0…3 of eight i16, each twice. */
// @ts-ignore: decorator
@inline
export function lowTwice(v: v128): v128 {
  return i16x8.shuffle(v, v, 0, 8, 1, 9, 2, 10, 3, 11);
}

/** Rows 4…7 of eight i16, each twice. */
// @ts-ignore: decorator
@inline
export function highTwice(v: v128): v128 {
  return i16x8.shuffle(v, v, 4, 12, 5, 13, 6, 14, 7, 15);
}
