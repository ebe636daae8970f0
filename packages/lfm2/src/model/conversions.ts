import type { Arena } from '@gossamer/kit/memory';
import type { Kernel } from '#wasm/simd';
import type { Move } from './checkpoint.ts';
import type { Matrix } from './matrix.ts';

/** What happened to weights that could not be kept as they were. */
export interface Conversion {
  readonly tensor: string;
  /** Type in the file. */
  readonly from: string;
  /** ‖added error‖ / ‖weights‖ of the conversion to int8. */
  readonly relativeError: number;
}

/** Adds up what the conversion of tensors to int8 costs, rows by rows. */
export class ConversionLoss {
  readonly #kernel: Kernel;
  readonly #arena: Arena;
  /** Two f64, then a row. */
  readonly #scratch: number;
  readonly #sums = new Map<string, { readonly from: string; lost: number; whole: number }>();

  /** @param scratch 16 bytes and a row of f32. */
  constructor(kernel: Kernel, arena: Arena, scratch: number) {
    this.#kernel = kernel;
    this.#arena = arena;
    this.#scratch = scratch;
  }

  /** @param floats the rows as they were. */
  add({ name }: Move, from: string, { at, rows: n, cols: k }: Matrix, floats: number, row: number, rows: number): void {
    this.#arena.u8(this.#scratch, 16).fill(0);
    this.#kernel.int8Loss(floats, at, n, k, row, rows, this.#scratch);
    const [lost, whole] = new Float64Array(this.#arena.u8(this.#scratch, 16).slice().buffer) as unknown as [
      number,
      number,
    ];
    const sums = this.#sums.get(name) ?? { from, lost: 0, whole: 0 };
    sums.lost += lost;
    sums.whole += whole;
    this.#sums.set(name, sums);
  }

  /** Those in which anything was lost. */
  get conversions(): Conversion[] {
    return [...this.#sums]
      .filter(([, { lost }]) => lost > 0)
      .map(([tensor, { from, lost, whole }]) => ({ tensor, from, relativeError: Math.sqrt(lost / whole) }));
  }
}
