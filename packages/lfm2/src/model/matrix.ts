import type { Kernel } from '#wasm/simd';

/** How a matrix is kept in wasm memory; the numbers are those of tooling/as-kit/assembly/types.ts. */
export const STORAGE = { f32: 0, bf16: 1, f16: 2, int8x32: 4, q4_0: 5, q4_k: 6, q6_k: 7 } as const;
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

/** Whether a storage is one of the 4- and 6-bit block types, which have kernels of their own. */
export function isBlock(storage: Storage): boolean {
  return STORAGE[storage] >= STORAGE.q4_0;
}

/** Storages of one form read the same quantised activations. */
const FORM: Record<Storage, string> = {
  f32: 'float',
  bf16: 'float',
  f16: 'float',
  int8x32: 'int8x32',
  q4_0: 'block32',
  q4_k: 'block256',
  q6_k: 'block256',
};

/**
 * Multiply-adds per kernel call: about a millisecond of work. V8 never replaces a running wasm function, so one long first
 * call would stay in baseline code, and an abort would wait for it.
 */
const CALL_WORK = 2 ** 24;

/** Bytes of a packed matrix. */
export function matrixBytes(kernel: Kernel, { storage, rows, cols }: Omit<Matrix, 'at'>): number {
  const bytes = isBlock(storage) ? kernel.blockMatrixBytes : kernel.matrixBytes;
  return bytes(STORAGE[storage], rows, cols) >>> 0;
}

/** Bytes of scratch for products of `tokens` rows with matrices of these storages, up to `cols` columns each. */
export function activationBytes(kernel: Kernel, storages: Iterable<Storage>, tokens: number, cols: number): number {
  let most = 0;
  for (const storage of storages) {
    const type = STORAGE[storage];
    // Block types have whole blocks of columns only.
    const bytes = isBlock(storage)
      ? kernel.blockActivationBytes(type, tokens, Math.ceil(cols / 256) * 256) >>> 0
      : Math.max(...[1, tokens].map((m) => kernel.matmulScratchBytes(type, m, cols) >>> 0));
    most = Math.max(most, bytes);
  }
  return most;
}

/** Activations x (tokens × cols), quantised once for all matrices of one form that multiply them. */
export class Activations {
  readonly #kernel: Kernel;
  readonly #x: number;
  readonly #tokens: number;
  readonly #cols: number;
  readonly #scratch: number;
  #form: string | undefined;

  /** @param scratch {@link activationBytes} of the largest product. */
  constructor(kernel: Kernel, x: number, tokens: number, cols: number, scratch: number) {
    this.#kernel = kernel;
    this.#x = x;
    this.#tokens = tokens;
    this.#cols = cols;
    this.#scratch = scratch;
  }

  /** y (tokens × w.rows, row stride w.rows) = x·wᵀ, or += with `accumulate`; yields between kernel calls. */
  *times(w: Matrix, y: number, accumulate = false): Generator<void, void, void> {
    this.#prepare(w.storage);
    const kernel = this.#kernel;
    const { at, rows, cols } = w;
    const type = STORAGE[w.storage];
    const panels = Math.ceil(rows / PANEL);
    const step = Math.max(1, Math.floor(CALL_WORK / (this.#tokens * cols * PANEL)));
    for (let panel = 0; panel < panels; panel += step) {
      const count = Math.min(step, panels - panel);
      if (isBlock(w.storage)) {
        kernel.blockMatmul(at, type, this.#scratch, y, this.#tokens, rows, cols, rows, panel, count, +accumulate);
      } else {
        const x = this.#x;
        kernel.matmul(at, type, x, y, this.#tokens, rows, cols, rows, panel, count, +accumulate, this.#scratch);
      }
      yield;
    }
  }

  #prepare(storage: Storage): void {
    const form = FORM[storage];
    if (form === this.#form) return;
    const type = STORAGE[storage];
    if (isBlock(storage)) this.#kernel.blockQuantize(this.#x, type, this.#tokens, this.#cols, this.#scratch);
    else this.#kernel.matmulPrepare(this.#x, type, this.#tokens, this.#cols, this.#scratch);
    this.#form = form;
  }
}
