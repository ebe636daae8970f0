import { F16, F32, PANEL } from '@gossamer/as-kit/assembly/types';

/*
 * Keys and values of a text in pages of 64 tokens. A page holds all layers; within a layer each key-value head has its keys, then
 * its values; D is padded to a multiple of 8, the padding is 0. Pages start as zeros.
 *
 * F32, F16: keys are a packed matrix of as-kit with 64 rows (tokens) and D columns, values one with D rows and 64 columns.
 * Q8: int8 with a scale per token and head, max|x|/127.
 *   keys    per 16 tokens: 16 f32 scales, then per 2 columns 32 bytes, the pairs of 16 tokens
 *   values  64 f32 scales, then per 16 columns (8 at last, if D is no multiple of 16) per 2 tokens the pairs of 16 columns
 * Each order is the one in which attention of a few tokens reads: one stream, which prefetchers follow.
 */

/** int8 pages; the float types are those of as-kit. The number is part of the kernel ABI. */
export const Q8: i32 = 3;

/** Tokens of a page. */
export const PAGE: i32 = 64;
/** Bytes of a page's scales of keys or values. */
export const SCALES: usize = PAGE * 4;
/** Tokens whose int8 keys lie together, and bytes of their scales. */
export const TILE: i32 = 16;
export const TILE_SCALES: usize = TILE * 4;

// @ts-ignore: decorator
@inline
export function paddedDim(headDim: i32): i32 {
  return (headDim + PANEL - 1) & -PANEL;
}

/** Bytes of keys or of values of one head in a page. */
// @ts-ignore: decorator
@inline
export function sideBytes(type: i32, headDim: i32): usize {
  const elements = <usize>(PAGE * paddedDim(headDim));
  return type == Q8 ? elements + SCALES : elements << (type == F32 ? 2 : 1);
}

/** Bytes of one key-value head in a page. */
// @ts-ignore: decorator
@inline
export function headBytes(type: i32, headDim: i32): usize {
  return sideBytes(type, headDim) * 2;
}

/** Bytes of one layer in a page. */
export function pageLayerBytes(type: i32, kvHeads: i32, headDim: i32): usize {
  return headBytes(type, headDim) * kvHeads;
}

/** Where the page of a token is in memory, for one layer. */
// @ts-ignore: decorator
@inline
export function pageOf(pages: usize, offset: usize, token: i32): usize {
  return <usize>load<u32>(pages + (<usize>(token / PAGE) << 2)) + offset;
}

/** Index in the packed matrix of keys, tokens × D. */
// @ts-ignore: decorator
@inline
export function keyPanel(row: i32, c: i32, headDim: i32): usize {
  return <usize>(((row / PANEL) * paddedDim(headDim) + c) * PANEL + (row % PANEL));
}

/** Index in the packed matrix of values, D × tokens. */
// @ts-ignore: decorator
@inline
export function valuePanel(row: i32, c: i32): usize {
  return <usize>(((c / PANEL) * PAGE + row) * PANEL + (c % PANEL));
}

/** Where a tile of int8 keys begins, with its scales. */
// @ts-ignore: decorator
@inline
function tileIndex(row: i32, headDim: i32): usize {
  return <usize>(row / TILE) * (TILE_SCALES + <usize>(TILE * paddedDim(headDim)));
}

// @ts-ignore: decorator
@inline
export function keyScaleIndex(row: i32, headDim: i32): usize {
  return tileIndex(row, headDim) + <usize>((row % TILE) * 4);
}

// @ts-ignore: decorator
@inline
export function keyIndex(row: i32, c: i32, headDim: i32): usize {
  return tileIndex(row, headDim) + TILE_SCALES + <usize>((c >> 1) * TILE * 2 + (row % TILE) * 2 + (c & 1));
}

// @ts-ignore: decorator
@inline
export function valueIndex(row: i32, c: i32, headDim: i32): usize {
  const first = c & ~15;
  const width = min(16, paddedDim(headDim) - first);
  return SCALES + <usize>(first * PAGE + (row >> 1) * 2 * width + (c & 15) * 2 + (row & 1));
}
