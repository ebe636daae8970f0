/** How far ahead of its use a line of weights is touched; 1.7 … 4 kB were alike, 8 kB was no gain. */
const AHEAD: usize = 2048;

/**
 * Touches the weights that are needed soon, none behind `last`. What a GEMV reads comes from memory, and the processor's own
 * prefetching stops where a page ends: one touch in 1 … 2 kB made Q6_K 5 … 9 % faster (26 of the 28 GB/s of plain reading), more of
 * them made it slower than none.
 */
// @ts-ignore: decorator
@inline
export function touchAhead(w: usize, last: usize): void {
  load<u8>(min<usize>(w + AHEAD, last));
}
