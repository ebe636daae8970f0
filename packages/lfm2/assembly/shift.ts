import { decodeF16 } from '@gossamer/as-kit/assembly/inline/halves';
import { F32 } from '@gossamer/as-kit/assembly/types';
import { writeToken } from './cache';
import { headBytes, keyIndex, keyPanel, keyScaleIndex, PAGE, pageOf, Q8, sideBytes, valueIndex, valuePanel } from './page';
import { ropeTable, turnBack } from './rope';

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
      turnBack(k, scratch, headDim);
      writeToken(k, v, target, type, (to + t) % PAGE, headDim);
      source += perHead;
      target += perHead;
    }
  }
}

/** One token's key and value of one head, back as f32.   k, v: (D) */
function readToken(k: usize, v: usize, head: usize, type: i32, row: i32, headDim: i32): void {
  const values = head + sideBytes(type, headDim);
  for (let c = 0; c < headDim; c++) {
    const at = <usize>c << 2;
    if (type == Q8) {
      const keyScale = load<f32>(head + keyScaleIndex(row, headDim));
      const valueScale = load<f32>(values + (<usize>row << 2));
      store<f32>(k + at, <f32>load<i8>(head + keyIndex(row, c, headDim)) * keyScale);
      store<f32>(v + at, <f32>load<i8>(values + valueIndex(row, c, headDim)) * valueScale);
    } else {
      store<f32>(k + at, element(head, type, keyPanel(row, c, headDim)));
      store<f32>(v + at, element(values, type, valuePanel(row, c)));
    }
  }
}

// @ts-ignore: decorator
@inline
function element(at: usize, type: i32, index: usize): f32 {
  if (type == F32) return load<f32>(at + (index << 2));
  return f32x4.extract_lane(decodeF16(i32x4.splat(load<u16>(at + (index << 1)))), 0);
}
