/*
 * Vectors of 4-bit weights, 8 columns of 4 rows, times words of activations (their order: block/activation.ts). A product with its
 * sum is two instructions for 8 columns of relaxed and 4 of simd weights; sums stand in i16 lanes, two per row.
 */

/** Bytes of the words of 8 columns. */
export const WORD_STEP: usize = ASC_FEATURE_RELAXED_SIMD ? 8 : 16;

/** The j-th operand in a vector of weights (2 in the relaxed build, 4 in the simd build). mask: 0x0f in every byte */
// @ts-ignore: decorator
@inline
export function nibbles(v: v128, j: i32, mask: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.and(j == 0 ? v : i16x8.shr_u(v, 4), mask);
  return j == 0 ? v : i16x8.shr_u(v, j << 2);
}

/** x·w, word times operand. */
// @ts-ignore: decorator
@inline
export function times(x: v128, w: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? i16x8.relaxed_dot_i8x16_i7x16_s(x, w) : i16x8.mul(x, w);
}

/** sums + x·w. */
// @ts-ignore: decorator
@inline
export function timesAdd(x: v128, w: v128, sums: v128): v128 {
  return i16x8.add(sums, times(x, w));
}

/** Operands 0 and 2 times their words. */
// @ts-ignore: decorator
@inline
export function evenTimes(v: v128, x0: v128, x2: v128, mask: v128): v128 {
  const sums = times(x0, nibbles(v, 0, mask));
  return ASC_FEATURE_RELAXED_SIMD ? sums : timesAdd(x2, nibbles(v, 2, mask), sums);
}

/** Operands 1 and 3 times their words. */
// @ts-ignore: decorator
@inline
export function oddTimes(v: v128, x1: v128, x3: v128, mask: v128): v128 {
  const sums = times(x1, nibbles(v, 1, mask));
  return ASC_FEATURE_RELAXED_SIMD ? sums : timesAdd(x3, nibbles(v, 3, mask), sums);
}

/** sums + operands 0 and 2 times their words. */
// @ts-ignore: decorator
@inline
export function evenTimesAdd(v: v128, x0: v128, x2: v128, mask: v128, sums: v128): v128 {
  sums = timesAdd(x0, nibbles(v, 0, mask), sums);
  return ASC_FEATURE_RELAXED_SIMD ? sums : timesAdd(x2, nibbles(v, 2, mask), sums);
}

/** sums + operands 1 and 3 times their words. */
// @ts-ignore: decorator
@inline
export function oddTimesAdd(v: v128, x1: v128, x3: v128, mask: v128, sums: v128): v128 {
  sums = timesAdd(x1, nibbles(v, 1, mask), sums);
  return ASC_FEATURE_RELAXED_SIMD ? sums : timesAdd(x3, nibbles(v, 3, mask), sums);
}
