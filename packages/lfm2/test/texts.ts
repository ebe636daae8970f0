import { uniforms } from '@gossamer/testkit/random';
import { expect } from 'vitest';
import { CACHE, type CacheType, PAGE } from '../src/model/sequence.ts';
import { Bench } from './host.ts';
import { attention, toF16, toInt8 } from './oracle.ts';

export interface Shape {
  readonly total: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly dim: number;
  /** Largest |q|, 1 by default. */
  readonly steepness?: number;
  /** Largest |k| and |v|, 1 by default. */
  readonly size?: number;
}

/** A text in the pages of a cache, in the second of two layers. */
export class Text {
  readonly shape: Shape;
  readonly cache: CacheType;
  readonly bench: Bench;
  readonly table: number;
  /** Where the layer is in a page. */
  readonly layer: number;
  readonly k: Float32Array;
  readonly v: Float32Array;
  readonly #q: Float32Array;
  readonly #pages: readonly number[];

  constructor(build: string, cache: CacheType, shape: Shape, chunks: readonly number[] = [shape.total]) {
    const { total, heads, kvHeads, dim, steepness = 1, size = 1 } = shape;
    const type = CACHE[cache];
    this.shape = shape;
    this.cache = cache;
    this.#q = uniforms(1, total * heads * dim, -steepness, steepness);
    this.k = uniforms(2, total * kvHeads * dim, -size, size);
    this.v = uniforms(3, total * kvHeads * dim, -size, size);
    this.bench = new Bench(build, 128);
    const { kernel, arena } = this.bench;
    this.layer = kernel.pageLayerBytes(type, kvHeads, dim) >>> 0;
    this.#pages = Array.from({ length: Math.ceil(total / PAGE) }, () => this.bench.room(2 * this.layer));
    for (const page of this.#pages) arena.u8(page, 2 * this.layer).fill(0);
    this.table = arena.alloc(this.#pages.length * 4);
    arena.u32(this.table, this.#pages.length).set(this.#pages);
    let done = 0;
    for (const m of chunks) {
      const rows = (x: Float32Array) => this.bench.put(x.subarray(done * kvHeads * dim, (done + m) * kvHeads * dim));
      kernel.cacheWrite(rows(this.k), rows(this.v), this.table, this.layer, type, done, m, kvHeads, dim);
      done += m;
    }
  }

  /** The bytes of the pages. */
  get bytes(): Uint8Array[] {
    return this.#pages.map((page) => this.bench.arena.u8(page, 2 * this.layer).slice());
  }

  /** Attention of the tokens first … first+m−1, `step` key-value heads at a time. */
  attend(first: number, m: number, step: number = this.shape.kvHeads): Float32Array {
    const { bench, cache, table, layer } = this;
    const { heads, kvHeads, dim } = this.shape;
    const q = bench.put(this.#queries(first, m));
    const out = bench.room(m * heads * dim * 4);
    const scratch = bench.room(bench.kernel.attendScratchBytes(m, heads, kvHeads, dim) >>> 0);
    for (let head = 0; head < kvHeads; head += step) {
      const count = Math.min(step, kvHeads - head);
      bench.kernel.attend(q, table, layer, CACHE[cache], out, m, first, heads, kvHeads, dim, head, count, scratch);
    }
    expect(bench.intact).toBe(true);
    return bench.read(out, m * heads * dim);
  }

  /** The same in f64, of the numbers that the cache keeps. */
  kept(first: number, m: number): Float64Array {
    return this.oracle(first, m, keep(this.k, this.cache, this.shape.dim), keep(this.v, this.cache, this.shape.dim));
  }

  /** The same in f64, of other keys and values. */
  oracle(first: number, m: number, k: ArrayLike<number>, v: ArrayLike<number>): Float64Array {
    return attention(this.#queries(first, m), k, v, { ...this.shape, m, total: first + m });
  }

  #queries(first: number, m: number): Float32Array {
    const { heads, dim } = this.shape;
    return this.#q.subarray(first * heads * dim, (first + m) * heads * dim);
  }
}

/** What a cache makes of keys or values. x: (…, D) */
export function keep(x: Float32Array, cache: CacheType, dim: number): Float32Array {
  if (cache === 'q8') return toInt8(x, dim);
  return cache === 'f16' ? x.map(toF16) : x;
}
