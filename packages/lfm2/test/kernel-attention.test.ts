import { F32_ROUNDOFF, maxAbsDiff } from '@gossamer/testkit/bounds';
import { describe, expect, it } from 'vitest';
import { CACHE, type CacheType, MAX_DRAFT } from '../src/model/sequence.ts';
import { BUILDS } from './host.ts';
import { turn } from './oracle.ts';
import { keep, type Shape, Text } from './texts.ts';

const CACHES = Object.keys(CACHE) as CacheType[];
/** Largest relative error of a kept number: of its own, or of the largest of its head. */
const ROUNDING: Record<CacheType, number> = { f32: 0, f16: 2 ** -11, q8: 0.5 / 127 };

/** Up to so many tokens the kernels multiply pages as they are. */
const FEW = MAX_DRAFT + 1;

/** |score| ≤ √D·|q|·|k|, the last two at most what the shape says. */
const largestScore = ({ dim, steepness = 1, size = 1 }: Shape) => Math.sqrt(dim) * steepness * size;

/**
 * Of the kept numbers. A score has D + 8 roundings, which move each weight and their sum by that factor; so do the roundings of the
 * exponential (2e-7, 4 of them); both sums have 64 terms of a page and up to 16 more for the pages. Up to 17 tokens, q8 rounds
 * queries to 2^-16 of their largest and weights to 2^-16 of the page's largest, at worst 64 times.
 */
function bound(cache: CacheType, shape: Shape, m: number): number {
  const words = cache === 'q8' && m <= FEW ? (2 * largestScore(shape) + 64) / 65534 : 0;
  const roundings = 2 * (shape.dim + 8) * largestScore(shape) + 8 + 2 * (64 + 16);
  return (words + roundings * F32_ROUNDOFF) * (shape.size ?? 1);
}

describe.each(BUILDS)('attention of %s', (build) => {
  function check(text: Text, first: number, m: number, want = text.kept(first, m)) {
    const most = bound(text.cache, text.shape, m);
    expect(maxAbsDiff(text.attend(first, m), want), `tokens ${first} + ${m}`).toBeLessThan(most);
  }

  it.each(CACHES)('agrees with f64 around the borders of %s pages, one token and many', (cache) => {
    for (const total of [1, 2, 63, 64, 65, 127, 128, 129, 200]) {
      const text = new Text(build, cache, { total, heads: 4, kvHeads: 2, dim: 16 });
      for (const m of [1, 2, 3, 9, FEW, FEW + 1].filter((size) => size <= total)) check(text, total - m, m);
      if (total <= 129) check(text, 0, total);
    }
  });

  it.each([2, 6, 8, 10, 16, 24, 32, 64, 80, 96, 128, 256])('works for heads of %i elements', (dim) => {
    for (const cache of CACHES) {
      const text = new Text(build, cache, { total: 70, heads: 2, kvHeads: 1, dim });
      check(text, 69, 1);
      check(text, 50, 20);
    }
  });

  it.each([
    [1, 1],
    [2, 2],
    [4, 1],
    [8, 1],
    [16, 8],
    [6, 2],
    [9, 3],
  ])('shares keys among %i heads of %i', (heads, kvHeads) => {
    for (const cache of CACHES) {
      const text = new Text(build, cache, { total: 67, heads, kvHeads, dim: 8 });
      check(text, 66, 1);
      check(text, 61, 6); // the border of the page is between tokens
      check(text, 40, 27);
      for (const m of [1, 6, 27]) expect(text.attend(67 - m, m, 1)).toEqual(text.attend(67 - m, m));
    }
  });

  it.each(CACHES)('finds the few tokens of %s pages that steep scores leave', (cache) => {
    const text = new Text(build, cache, { total: 300, heads: 4, kvHeads: 2, dim: 16, steepness: 40 });
    for (const first of [0, 63, 150, 299]) check(text, first, 1);
    check(text, 290, 5);
    check(text, 270, 30);
  });

  it('reads f16 below the normal ones', () => {
    const text = new Text(build, 'f16', {
      total: 70,
      heads: 4,
      kvHeads: 2,
      dim: 16,
      steepness: 2 ** 15,
      size: 2 ** -15,
    });
    check(text, 69, 1);
    check(text, 50, 20);
  });

  it.each(CACHES)('does not see tokens of %s pages behind its own', (cache) => {
    const text = new Text(build, cache, { total: 130, heads: 4, kvHeads: 2, dim: 16 });
    for (const m of [1, 4, 20]) for (const first of [0, 1, 40, 62, 70]) check(text, first, m);
  });

  it.each(CACHES)('errs by no more than the rounding of %s numbers', (cache) => {
    const shape = { total: 200, heads: 4, kvHeads: 2, dim: 16 };
    const text = new Text(build, cache, shape);
    // A key moves a score by √D times its rounding and each weight by twice that factor, a value moves the mean by its own.
    const rounding = (2 * largestScore(shape) + 1) * ROUNDING[cache];
    for (const m of [1, 20]) {
      const exact = text.oracle(200 - m, m, text.k, text.v);
      expect(maxAbsDiff(text.attend(200 - m, m), exact)).toBeLessThan(rounding + bound(cache, shape, m));
    }
  });

  it.each(CACHES)('gives in chunks what it gives at once, with %s pages', (cache) => {
    const shape = { total: 130, heads: 2, kvHeads: 2, dim: 10 };
    const whole = new Text(build, cache, shape);
    const chunks = [1, 62, 1, 1, 9, 56];
    const parts = new Text(build, cache, shape, chunks);
    expect(parts.bytes).toEqual(whole.bytes);
    const all = whole.attend(0, 130);
    let done = 0;
    for (const m of chunks) {
      const want = all.subarray(done * 20, (done + m) * 20);
      expect(maxAbsDiff(parts.attend(done, m), want)).toBeLessThan(bound(cache, shape, m) + bound(cache, shape, 130));
      done += m;
    }
  });

  it.each(['f16', 'q8'] as const)('gives the same row of %s pages alone and in a draft', (cache) => {
    for (const heads of [4, 6]) {
      const text = new Text(build, cache, { total: 100, heads, kvHeads: 2, dim: 16 });
      const rows = text.attend(55, FEW);
      for (let i = 0; i < FEW; i++) {
        expect(text.attend(55 + i, 1)).toEqual(rows.subarray(i * heads * 16, (i + 1) * heads * 16));
      }
    }
  });

  it('has room for all heads of a draft', () => {
    const text = new Text(build, 'q8', { total: 66, heads: 32, kvHeads: 8, dim: 64 });
    check(text, 66 - FEW, FEW);
  });

  it.each([
    [100, 10, 31, 16],
    [65, 64, 66, 16],
    [2, 1, 129, 10],
    [64, 0, 67, 6],
  ])('shifts tokens from %i to %i to where they would be without those between', (from, to, count, dim) => {
    for (const cache of CACHES) {
      const shape = { total: 131, heads: 2, kvHeads: 2, dim };
      const text = new Text(build, cache, shape);
      const turns = Float32Array.from({ length: dim / 2 }, (_, j) => 1e4 ** ((-2 * j) / dim));
      const scratch = text.bench.room(3 * dim * 4);
      const frequencies = text.bench.put(turns);
      text.bench.kernel.shiftKeys(text.table, text.layer, CACHE[cache], from, to, count, 2, dim, frequencies, scratch);
      const angles = Array.from(turns, (turned) => -(from - to) * turned);
      const [k, v] = [keep(text.k, cache, dim), keep(text.v, cache, dim)];
      const row = 2 * dim;
      const moved = (x: ArrayLike<number>, y: ArrayLike<number>) => [
        ...Array.from(x).slice(0, to * row),
        ...Array.from(y).slice(from * row, (from + count) * row),
      ];
      const want = text.oracle(to + count - 1, 1, moved(k, turn(k, dim, angles)), moved(v, v));
      // Keys are rounded once more, up to √2 longer; turning is 4 roundings, less than the D + 8 of a score.
      const again = 2 * Math.SQRT2 * largestScore(shape) * ROUNDING[cache];
      expect(maxAbsDiff(text.attend(to + count - 1, 1), want)).toBeLessThan(again + 2 * bound(cache, shape, 1));
    }
  });
});
