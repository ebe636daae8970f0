import { checkLength, show } from '@gossamer/kit/errors';
import { fail, GlaError } from './errors.ts';

/**
 * Checks the offsets of packed sequences: `sequences + 1` of them, first 0, last `tokens`, never decreasing. Equal
 * neighbours are an empty sequence.
 */
export function checkCuSeqlens(cuSeqlens: Int32Array, sequences: number, tokens: number): void {
  if (!(cuSeqlens instanceof Int32Array)) {
    throw new TypeError(`cuSeqlens: expected an Int32Array, got ${show(cuSeqlens)}`);
  }
  checkLength('cuSeqlens', cuSeqlens, sequences + 1, fail);
  for (let n = 0; n < sequences; n++) {
    const [begin, end] = [cuSeqlens[n] as number, cuSeqlens[n + 1] as number];
    if (end < begin)
      throw new GlaError('bad-value', `cuSeqlens: expected offsets that never decrease, got ${end} after ${begin}`);
  }
  const [first, last] = [cuSeqlens[0], cuSeqlens[sequences]];
  if (first !== 0 || last !== tokens) {
    throw new GlaError('bad-value', `cuSeqlens: expected offsets from 0 to ${tokens}, got ${first} to ${last}`);
  }
}
