import { F32_ROUNDOFF } from '@gossamer/testkit/bounds';
import { uniforms } from '@gossamer/testkit/random';
import { describe, expect, it } from 'vitest';
import { CACHE, type CacheType, PAGE } from '../src/model/sequence.ts';
import { Bench, BUILDS } from './host.ts';
import { attention } from './oracle.ts';

interface Shape {
  readonly total: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly dim: number;
}

const CACHES = Object.keys(CACHE) as CacheType[];
/** Largest relative error of a kept number: of its own, or of the largest of its head. */
const ROUNDING: Record<CacheType, number> = { f32: 0, f16: 2 ** -11, q8: 0.5 / 127 };

describe.each(BUILDS)('attention of %s', (build) => {
  /** A text whose keys and values are written, in two layers of which the second is the one used. */
  function text({ total, heads, kvHeads, dim }: Shape, cache: CacheType, chunks: readonly number[] = [total]) {
    const q = uniforms(1, total * heads * dim, -1, 1);
    const k = uniforms(2, total * kvHeads * dim, -1, 1);
    const v = uniforms(3, total * kvHeads * dim, -1, 1);
    const bench = new Bench(build, 256);
    const { kernel, arena } = bench;
    const layer = kernel.pageLayerBytes(CACHE[cache], kvHeads, dim) >>> 0;
    const pages = Array.from({ length: Math.ceil(total / PAGE) }, () => bench.room(2 * layer));
    for (const page of pages) arena.u8(page, 2 * layer).fill(0);
    const table = arena.alloc(pages.length * 4);
    arena.u32(table, pages.length).set(pages);
    let done = 0;
    for (const size of chunks) {
      const rows = (x: Float32Array) => bench.put(x.subarray(done * kvHeads * dim, (done + size) * kvHeads * dim));
      kernel.cacheWrite(rows(k), rows(v), table, layer, CACHE[cache], done, size, kvHeads, dim);
      done += size;
    }
    /** Attention of the tokens first … first+m−1. */
    const attend = (first: number, m: number, step = kvHeads) => {
      const from = bench.put(q.subarray(first * heads * dim, (first + m) * heads * dim));
      const out = bench.room(m * heads * dim * 4);
      const scratch = bench.room(kernel.attendScratchBytes(m, heads, kvHeads, dim) >>> 0);
      for (let head = 0; head < kvHeads; head += step) {
        const count = Math.min(step, kvHeads - head);
        kernel.attend(from, table, layer, CACHE[cache], out, m, first, heads, kvHeads, dim, head, count, scratch);
      }
      expect(bench.intact).toBe(true);
      return bench.read(out, m * heads * dim);
    };
    const oracle = (first: number, m: number) =>
      attention(
        q.subarray(first * heads * dim, (first + m) * heads * dim),
        k.subarray(0, (first + m) * kvHeads * dim),
        v.subarray(0, (first + m) * kvHeads * dim),
        { m, total: first + m, heads, kvHeads, dim },
      );
    return { attend, oracle, bench, table, layer, k, v };
  }

  /**
   * All inputs are in [−1, 1]. A key's rounding moves a score by at most √D times its own and each weight by twice that factor;
   * a value's rounding moves the mean by itself. Queries and weights of q8 add 2^-16 and 2^-15 each. f32 sums over D and 64 terms
   * and the exponential (2e-7) stay below (D + 200) roundings.
   */
  const bound = (cache: CacheType, dim: number) => {
    const r = ROUNDING[cache];
    const words = cache === 'q8' ? 2 ** -14 * (1 + Math.sqrt(dim)) : 0;
    return 2 * Math.sqrt(dim) * r + r + words + (dim + 200) * F32_ROUNDOFF * (1 + Math.sqrt(dim));
  };

  const expectClose = (got: Float32Array, want: Float64Array, most: number) => {
    for (let i = 0; i < want.length; i++) expect(Math.abs((got[i] as number) - (want[i] as number))).toBeLessThan(most);
  };

  it.each(CACHES)('agrees with f64 around the borders of %s pages, one token and many', (cache) => {
    for (const total of [1, 2, 63, 64, 65, 128, 129, 200]) {
      const { attend, oracle } = text({ total, heads: 4, kvHeads: 2, dim: 16 }, cache);
      for (const m of [1, 3, 9, 17].filter((size) => size <= total)) {
        expectClose(attend(total - m, m), oracle(total - m, m), bound(cache, 16));
      }
      if (total <= 129) expectClose(attend(0, total), oracle(0, total), bound(cache, 16));
    }
  });

  it.each([2, 6, 8, 10, 16, 32, 64, 80, 96, 128])('works for heads of %i elements', (dim) => {
    for (const cache of CACHES) {
      const { attend, oracle } = text({ total: 70, heads: 2, kvHeads: 1, dim }, cache);
      expectClose(attend(69, 1), oracle(69, 1), bound(cache, dim));
      expectClose(attend(50, 20), oracle(50, 20), bound(cache, dim));
    }
  });

  it.each([
    [1, 1],
    [2, 2],
    [4, 1],
    [8, 1],
    [16, 8],
    [6, 2],
  ])('shares keys among %i heads of %i', (heads, kvHeads) => {
    for (const cache of CACHES) {
      const { attend, oracle } = text({ total: 66, heads, kvHeads, dim: 8 }, cache);
      expectClose(attend(65, 1), oracle(65, 1), bound(cache, 8));
      expectClose(attend(40, 26), oracle(40, 26), bound(cache, 8));
      expect(attend(40, 26, 1)).toEqual(attend(40, 26));
    }
  });

  it.each(CACHES)('writes the same %s pages in chunks of any size', (cache) => {
    const shape = { total: 130, heads: 2, kvHeads: 2, dim: 10 };
    const whole = text(shape, cache).attend(129, 1);
    expect(text(shape, cache, [1, 62, 1, 1, 65]).attend(129, 1)).toEqual(whole);
  });

  it('gives the same row of q8 alone and among up to 8 tokens', () => {
    const { attend } = text({ total: 100, heads: 4, kvHeads: 2, dim: 16 }, 'q8');
    const rows = attend(92, 8);
    for (let i = 0; i < 8; i++) expect(attend(92 + i, 1)).toEqual(rows.subarray(i * 64, (i + 1) * 64));
  });

  it.each(CACHES)('shifts a %s context to where it would be without the tokens between', (cache) => {
    const shape = { total: 150, heads: 2, kvHeads: 2, dim: 16 };
    const { bench, table, layer, attend, k, v } = text(shape, cache);
    const turns = Float32Array.from({ length: 8 }, (_, j) => 1e4 ** ((-2 * j) / 16));
    const scratch = bench.room(3 * 16 * 4);
    const frequencies = bench.put(turns);
    bench.kernel.shiftKeys(table, layer, CACHE[cache], 100, 10, 50, 2, 16, frequencies, scratch);
    const turned = Float64Array.from(k);
    for (let t = 100; t < 150; t++) {
      for (let h = 0; h < 2; h++) {
        for (let j = 0; j < 8; j++) {
          const angle = -90 * (turns[j] as number);
          const at = (t * 2 + h) * 16 + j;
          const [a, b] = [k[at] as number, k[at + 8] as number];
          turned[at] = a * Math.cos(angle) - b * Math.sin(angle);
          turned[at + 8] = b * Math.cos(angle) + a * Math.sin(angle);
        }
      }
    }
    const kept = (x: ArrayLike<number>) => {
      const all = Array.from(x);
      return [...all.slice(0, 10 * 32), ...all.slice(100 * 32, 150 * 32)];
    };
    const q = uniforms(1, 150 * 32, -1, 1).subarray(59 * 32, 60 * 32);
    const want = attention(q, kept(turned), kept(v), { m: 1, total: 60, heads: 2, kvHeads: 2, dim: 16 });
    // Keys are rounded twice, and a turned one is up to √2 longer.
    expectClose(attend(59, 1), want, 3 * bound(cache, 16));
  });
});
