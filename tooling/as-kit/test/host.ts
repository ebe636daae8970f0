import { readFileSync } from 'node:fs';
import { kernelVariants } from '@gossamer/testkit/kernels';
import type { Kernel } from '../wasm/kernel.d.ts';

export const F32 = 0;
export const BF16 = 1;
export const F16 = 2;
export const Q8_ROW = 3;
export const Q8_32 = 4;
export const Q4_0 = 5;
export const Q4_K = 6;
export const Q6_K = 7;

const PAGE = 65536;
/** Bytes before and behind every array, filled with a value that turns any f32 computed from it into NaN. */
const GUARD = 64;
const GUARD_BYTE = 0xff;

/** Bytes left for other arrays before one at the end of the memory. */
const ROOM = 4 * PAGE;

type Typed = Float32Array | Uint16Array | Int32Array | Uint8Array;

/** A kernel instance with its own memory; arrays live between guards that `check()` verifies. */
export class Host {
  readonly kernel: Kernel;
  readonly #memory: WebAssembly.Memory;
  #top = PAGE;
  #limit = Number.POSITIVE_INFINITY;
  #guards: number[] = [];

  constructor(module: WebAssembly.Module) {
    this.#memory = new WebAssembly.Memory({ initial: 2 });
    this.kernel = new WebAssembly.Instance(module, { env: { memory: this.#memory } }).exports as unknown as Kernel;
  }

  /** The exports of another module on the same memory. */
  attach(module: WebAssembly.Module): WebAssembly.Exports {
    return new WebAssembly.Instance(module, { env: { memory: this.#memory } }).exports;
  }

  /** Room for `bytes` bytes at a multiple of 16, plus `offset` to test other alignments. */
  alloc(bytes: number, offset = 0): number {
    const at = ((this.#top + GUARD + 15) & ~15) + offset;
    this.#top = at + bytes + GUARD;
    if (this.#top > this.#limit) throw new Error('no room before the array at the end of the memory');
    const missing = this.#top - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    for (const guard of [at - GUARD, at + bytes]) {
      this.bytes(guard, GUARD).fill(GUARD_BYTE);
      this.#guards.push(guard);
    }
    return at;
  }

  /** A copy of `data` that ends with the memory: reading or writing behind it traps. */
  putLast(data: Typed): number {
    const missing = this.#top + ROOM + data.byteLength - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    const at = this.#memory.buffer.byteLength - data.byteLength;
    this.#limit = at;
    this.bytes(at, data.byteLength).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return at;
  }

  /** A copy of `data` in wasm memory. */
  put(data: Typed, offset = 0): number {
    const at = this.alloc(data.byteLength, offset);
    this.bytes(at, data.byteLength).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return at;
  }

  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, at, length);
  }

  /** A copy of `n` f32 at `at`. */
  f32(at: number, n: number): Float32Array {
    return new Float32Array(this.bytes(at, n * 4).slice().buffer);
  }

  u16(at: number, n: number): Uint16Array {
    return new Uint16Array(this.bytes(at, n * 2).slice().buffer);
  }

  /** Throws if a kernel wrote outside an array; then starts over with empty memory. */
  check(): void {
    for (const guard of this.#guards) {
      if (this.bytes(guard, GUARD).some((byte) => byte !== GUARD_BYTE)) {
        throw new Error(`a kernel wrote outside its arrays, near ${guard}`);
      }
    }
    this.#guards = [];
    this.#top = PAGE;
    this.#limit = Number.POSITIVE_INFINITY;
  }
}

const folder = new URL('../wasm/', import.meta.url);

/** Every build this host can run, optimised and not. */
export const builds: ReadonlyArray<{ readonly name: string; readonly host: Host }> = kernelVariants().flatMap(
  (variant) =>
    [variant, `debug/${variant}`].map((name) => ({
      name,
      host: new Host(new WebAssembly.Module(readFileSync(new URL(`${name}.wasm`, folder)))),
    })),
);
