import type { Arena } from '@gossamer/kit/memory';
import type { Kernel } from '#wasm/simd';
import { fail } from '../errors.ts';
import type { Blocks } from './blocks.ts';
import type { Lfm2Config } from './config.ts';

/** Positions of a cache page. */
export const PAGE = 64;

/** Tokens that can be taken back for nothing: as many rows more than needed are kept of each convolution's input. */
export const MAX_DRAFT = 16;

/** How keys and values are kept. The numbers are those of the kernels. */
export const CACHE = { f32: 0, f16: 2, q8: 3 } as const;
/** A form in which keys and values are kept. */
export type CacheType = keyof typeof CACHE;

/** Sizes of what a text has in memory. */
export interface SequenceShape {
  readonly config: Lfm2Config;
  readonly cache: CacheType;
  readonly convLayers: number;
  readonly attentionLayers: number;
  /** Rows of a convolution's ring. */
  readonly ringRows: number;
  /** Bytes of the rings of all layers. */
  readonly ringBytes: number;
  /** Bytes of one layer in a page. */
  readonly layerBytes: number;
  readonly pageBytes: number;
  /** Bytes of the table of pages. */
  readonly tableBytes: number;
}

/** @param context most tokens of a text. */
export function sequenceShape(kernel: Kernel, config: Lfm2Config, cache: CacheType, context: number): SequenceShape {
  const convLayers = config.layerTypes.filter((type) => type === 'conv').length;
  const attentionLayers = config.layerTypes.length - convLayers;
  const ringRows = config.convLength - 1 + MAX_DRAFT;
  const layerBytes = kernel.pageLayerBytes(CACHE[cache], config.kvHeads, config.headDim) >>> 0;
  return {
    config,
    cache,
    convLayers,
    attentionLayers,
    ringRows,
    ringBytes: convLayers * ringRows * config.hiddenSize * 4,
    layerBytes,
    pageBytes: attentionLayers * layerBytes,
    tableBytes: 4 * Math.ceil(context / PAGE),
  };
}

/**
 * The state of the model after a text: for each attention layer keys and values of every token, in pages that all layers
 * share, and for each convolution its latest inputs. It is in wasm memory, owned by the text until {@link free}.
 */
export class Sequence {
  readonly shape: SequenceShape;
  /** Address of the table of pages. */
  readonly table: number;
  /** Address of the rings. */
  readonly rings: number;
  readonly #arena: Arena;
  readonly #blocks: Blocks;
  readonly #pages: number[] = [];
  /** Tokens whose keys and values are cached. */
  length = 0;
  /** Tokens that the convolutions have seen; more than `length` after a shift of the context. */
  seen = 0;

  /** @throws `out-of-memory` */
  constructor(arena: Arena, blocks: Blocks, shape: SequenceShape) {
    this.shape = shape;
    this.#arena = arena;
    this.#blocks = blocks;
    this.table = blocks.take(shape.tableBytes);
    try {
      this.rings = blocks.take(shape.ringBytes);
    } catch (error) {
      blocks.give(this.table, shape.tableBytes);
      throw error;
    }
  }

  /** Address of the ring of the i-th convolution. */
  ring(i: number): number {
    return this.rings + (i * this.shape.ringBytes) / Math.max(1, this.shape.convLayers);
  }

  get pages(): readonly number[] {
    return this.#pages;
  }

  /** Bytes in use. */
  get bytes(): number {
    const { tableBytes, ringBytes, pageBytes } = this.shape;
    return tableBytes + ringBytes + this.#pages.length * pageBytes;
  }

  /**
   * Makes room for `tokens` more.
   *
   * @throws `context-full` beyond the table, `out-of-memory`; nothing is lost then.
   */
  reserve(tokens: number): void {
    const { tableBytes, pageBytes } = this.shape;
    const need = Math.ceil((this.length + tokens) / PAGE);
    if (need > tableBytes / 4) {
      const most = (tableBytes / 4) * PAGE;
      throw fail('context-full', `context: expected at most ${most} tokens, got ${this.length + tokens}`);
    }
    while (this.#pages.length < need) {
      const page = this.#blocks.take(pageBytes);
      this.#arena.u8(page, pageBytes).fill(0); // weights of 0 meet what lies behind the last token
      this.#pages.push(page);
    }
    this.#arena.u32(this.table, this.#pages.length).set(this.#pages);
  }

  /** Drops pages that hold no token. */
  trim(): void {
    const need = Math.ceil(this.length / PAGE);
    while (this.#pages.length > need) this.#blocks.give(this.#pages.pop() as number, this.shape.pageBytes);
  }

  /** The inputs of the convolutions that the next token needs, L − 1 rows of each layer, the oldest first. */
  readRings(): Float32Array {
    const { convLayers, ringRows, config } = this.shape;
    const { hiddenSize: d, convLength } = config;
    const rows = convLength - 1;
    const out = new Float32Array(convLayers * rows * d);
    for (let i = 0; i < convLayers; i++) {
      for (let r = 0; r < rows; r++) {
        const position = this.seen - rows + r;
        if (position < 0) continue; // before the text everything is 0
        const row = this.#arena.f32(this.ring(i) + (position % ringRows) * d * 4, d);
        out.set(row, (i * rows + r) * d);
      }
    }
    return out;
  }

  /** Puts back what {@link readRings} gave when `seen` tokens had been seen. */
  writeRings(saved: Float32Array, seen: number): void {
    const { convLayers, ringRows, config } = this.shape;
    const { hiddenSize: d, convLength } = config;
    const rows = convLength - 1;
    this.seen = seen;
    for (let i = 0; i < convLayers; i++) {
      for (let r = 0; r < rows; r++) {
        const position = seen - rows + r;
        if (position < 0) continue;
        const row = this.#arena.f32(this.ring(i) + (position % ringRows) * d * 4, d);
        row.set(saved.subarray((i * rows + r) * d, (i * rows + r + 1) * d));
      }
    }
  }

  /** Becomes what `other` is. */
  copyFrom(other: Sequence): void {
    this.length = 0;
    this.trim();
    this.reserve(other.length);
    const { pageBytes, ringBytes } = this.shape;
    this.#pages.forEach((page, i) => {
      this.#arena.u8(page, pageBytes).set(this.#arena.u8(other.pages[i] as number, pageBytes));
    });
    this.#arena.u8(this.rings, ringBytes).set(this.#arena.u8(other.rings, ringBytes));
    this.length = other.length;
    this.seen = other.seen;
  }

  /** Gives everything back. */
  free(): void {
    const { tableBytes, ringBytes } = this.shape;
    this.length = 0;
    this.trim();
    this.#blocks.give(this.table, tableBytes);
    this.#blocks.give(this.rings, ringBytes);
  }
}
