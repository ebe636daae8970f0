/** How far ahead of its use a line of weights is touched; 1.7 … 4 kB were alike, 8 kB was no gain. */
const AHEAD: usize = 2048;

/** int8 panels touch where the column has none of these bits: once in 1152 bytes. */
export const TOUCH_MASK: i32 = 127;

/**
 * Touches the weights that are needed soon, none behind `last`. What a GEMV reads comes from memory, and the processor's own
 * prefetching stops where a page ends: one touch in 1 … 2 kB made Q6_K 5 … 9 % and int8 4 % faster (26 of the 28 GB/s of plain
 * reading), and nothing the smaller 4-bit types; more touches made it slower than none.
 */
// @ts-ignore: decorator
@inline
export function touchAhead(w: usize, last: usize): void {
  load<u8>(min<usize>(w + AHEAD, last));
}
