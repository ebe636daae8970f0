import { decodeF16, encodeF16 } from '@gossamer/as-kit/assembly/inline/halves';
import { F16, F32, PANEL } from '@gossamer/as-kit/assembly/types';
import { rotate, ropeTable } from './rope';

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

/**
 * Keeps keys and values of tokens position … position+m−1.
 * k, v: (m, kvHeads, D) f32 · pages: addresses of the text's pages, u32 · offset: of the layer in a page
 */
export function cacheWrite(
  k: usize,
  v: usize,
  pages: usize,
  offset: usize,
  type: i32,
  position: i32,
  m: i32,
  kvHeads: i32,
  headDim: i32,
): void {
  const bytes = <usize>headDim << 2;
  const perHead = headBytes(type, headDim);
  for (let t = 0; t < m; t++) {
    let head = pageOf(pages, offset, position + t);
    const row = (position + t) % PAGE;
    for (let h = 0; h < kvHeads; h++) {
      writeToken(k, v, head, type, row, headDim);
      k += bytes;
      v += bytes;
      head += perHead;
    }
  }
}

function writeToken(k: usize, v: usize, head: usize, type: i32, row: i32, headDim: i32): void {
  const values = head + sideBytes(type, headDim);
  if (type == Q8) {
    const keyScale = peak(k, headDim) / 127;
    const valueScale = peak(v, headDim) / 127;
    store<f32>(head + keyScaleIndex(row, headDim), keyScale);
    store<f32>(values + (<usize>row << 2), valueScale);
    for (let c = 0; c < headDim; c++) {
      const at = <usize>c << 2;
      store<i8>(head + keyIndex(row, c, headDim), quantised(load<f32>(k + at), keyScale));
      store<i8>(values + valueIndex(row, c, headDim), quantised(load<f32>(v + at), valueScale));
    }
    return;
  }
  for (let c = 0; c < headDim; c++) {
    const at = <usize>c << 2;
    storeFloat(head, type, keyPanel(row, c, headDim), load<f32>(k + at));
    storeFloat(values, type, valuePanel(row, c), load<f32>(v + at));
  }
}

/** One token's key and value of one head, back as f32.   k, v: (D) */
export function readToken(k: usize, v: usize, head: usize, type: i32, row: i32, headDim: i32): void {
  const values = head + sideBytes(type, headDim);
  for (let c = 0; c < headDim; c++) {
    const at = <usize>c << 2;
    if (type == Q8) {
      const keyScale = load<f32>(head + keyScaleIndex(row, headDim));
      const valueScale = load<f32>(values + (<usize>row << 2));
      store<f32>(k + at, <f32>load<i8>(head + keyIndex(row, c, headDim)) * keyScale);
      store<f32>(v + at, <f32>load<i8>(values + valueIndex(row, c, headDim)) * valueScale);
    } else {
      store<f32>(k + at, loadFloat(head, type, keyPanel(row, c, headDim)));
      store<f32>(v + at, loadFloat(values, type, valuePanel(row, c)));
    }
  }
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
function keyScaleIndex(row: i32, headDim: i32): usize {
  return tileIndex(row, headDim) + <usize>((row % TILE) * 4);
}

// @ts-ignore: decorator
@inline
function keyIndex(row: i32, c: i32, headDim: i32): usize {
  return tileIndex(row, headDim) + TILE_SCALES + <usize>((c >> 1) * TILE * 2 + (row % TILE) * 2 + (c & 1));
}

// @ts-ignore: decorator
@inline
function valueIndex(row: i32, c: i32, headDim: i32): usize {
  const first = c & ~15;
  const width = min(16, paddedDim(headDim) - first);
  return SCALES + <usize>(first * PAGE + (row >> 1) * 2 * width + (c & 15) * 2 + (row & 1));
}

/** max|x[i]|; NaN when one is. */
function peak(x: usize, n: i32): f32 {
  let most: f32 = 0;
  for (let i = 0; i < n; i++) most = max<f32>(most, abs<f32>(load<f32>(x + (<usize>i << 2))));
  return most;
}

// @ts-ignore: decorator
@inline
function quantised(x: f32, scale: f32): i8 {
  const q = nearest<f32>(x / scale); // 0/0 where all are 0
  return q == q ? <i8>q : 0;
}

// @ts-ignore: decorator
@inline
function storeFloat(at: usize, type: i32, index: usize, x: f32): void {
  if (type == F32) {
    store<f32>(at + (index << 2), x);
    return;
  }
  // An infinity would meet probabilities of 0.
  const held = max<f32>(min<f32>(x, 65504), -65504);
  store<u16>(at + (index << 1), <u16>i32x4.extract_lane(encodeF16(f32x4.splat(held)), 0));
}

// @ts-ignore: decorator
@inline
function loadFloat(at: usize, type: i32, index: usize): f32 {
  if (type == F32) return load<f32>(at + (index << 2));
  return f32x4.extract_lane(decodeF16(i32x4.splat(load<u16>(at + (index << 1)))), 0);
}

/**
 * Moves tokens from … from+count−1 to `to` < from: values as they are, keys turned back by from − to positions, which is where they
 * would be had the tokens between never been there.   frequencies: (D/2) f32 · scratch: 3·D f32
 */
export function shiftKeys(
  pages: usize,
  offset: usize,
  type: i32,
  from: i32,
  to: i32,
  count: i32,
  kvHeads: i32,
  headDim: i32,
  frequencies: usize,
  scratch: usize,
): void {
  const bytes = <usize>headDim << 2;
  const k = scratch + bytes;
  const v = k + bytes;
  ropeTable(frequencies, scratch, from - to, 1, headDim);
  const perHead = headBytes(type, headDim);
  for (let t = 0; t < count; t++) {
    let source = pageOf(pages, offset, from + t);
    let target = pageOf(pages, offset, to + t);
    for (let h = 0; h < kvHeads; h++) {
      readToken(k, v, source, type, (from + t) % PAGE, headDim);
      rotate(k, scratch, headDim, -1);
      writeToken(k, v, target, type, (to + t) % PAGE, headDim);
      source += perHead;
      target += perHead;
    }
  }
}
