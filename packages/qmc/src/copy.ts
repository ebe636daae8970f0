/**
 * Elements per `set`: less than 2 kB. From there on glibc copies by `rep movsb`, which on some AMD processors is ten times
 * slower when source and target lie alike within their pages.
 */
const PIECE = 240;

/** Copies `source` to `target[at…]`, as `target.set(source, at)` does, but at one speed wherever the two lie. */
export function copy<A extends Float64Array | Float32Array>(target: A, source: A, at = 0): void {
  const length = source.length;
  for (let start = 0; start < length; start += PIECE) {
    target.set(length <= PIECE ? source : source.subarray(start, Math.min(start + PIECE, length)), at + start);
  }
}
