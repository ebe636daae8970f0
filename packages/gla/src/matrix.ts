import type { Kernel } from '#wasm/simd';

/** How a matrix is stored in wasm memory; the numbers are those of tooling/as-kit/assembly/types.ts. */
export const STORAGE = { f32: 0, bf16: 1, f16: 2, int8: 3, int8x32: 4 } as const;
export type Storage = keyof typeof STORAGE;

/** A weight w (rows × cols) in packed panels of 8 rows; y = x·wᵀ. */
export interface Matrix {
  readonly at: number;
  readonly storage: Storage;
  readonly rows: number;
  readonly cols: number;
}

/** Rows of a panel. */
export const PANEL = 8;

/**
 * Multiply-adds per kernel call: about a millisecond of work. V8 never replaces a running wasm function, so one long first
 * call would stay in baseline code, and an abort would wait for it.
 */
const CALL_WORK = 2 ** 24;

/** Bytes of a packed matrix. */
export function matrixBytes(kernel: Kernel, { storage, rows, cols }: Omit<Matrix, 'at'>): number {
  return kernel.matrixBytes(STORAGE[storage], rows, cols) >>> 0;
}

/** Activations x (tokens × cols), readied once for every matrix of one storage that multiplies them. */
export class Activations {
  readonly #kernel: Kernel;
  readonly #x: number;
  readonly #tokens: number;
  readonly #cols: number;
  readonly #scratch: number;
  #prepared: Storage | undefined;

  /** @param scratch `matmulScratchBytes` of the largest product. */
  constructor(kernel: Kernel, x: number, tokens: number, cols: number, scratch: number) {
    this.#kernel = kernel;
    this.#x = x;
    this.#tokens = tokens;
    this.#cols = cols;
    this.#scratch = scratch;
  }

  /** y (tokens × w.rows, row stride w.rows) = x·wᵀ, or += with `accumulate`; yields between kernel calls. */
  *times(w: Matrix, y: number, accumulate = false): Generator<void, void, void> {
    const kernel = this.#kernel;
    const type = STORAGE[w.storage];
    if (this.#prepared !== w.storage) {
      kernel.matmulPrepare(this.#x, type, this.#tokens, this.#cols, this.#scratch);
      this.#prepared = w.storage;
    }
    const panels = Math.ceil(w.rows / PANEL);
    const step = Math.max(1, Math.floor(CALL_WORK / (this.#tokens * this.#cols * PANEL)));
    for (let panel = 0; panel < panels; panel += step) {
      const count = Math.min(step, panels - panel);
      const { rows } = w;
      kernel.matmul(w.at, type, this.#x, y, this.#tokens, rows, w.cols, rows, panel, count, +accumulate, this.#scratch);
      yield;
    }
  }
}
