import { readFileSync } from 'node:fs';
import { Arena, instantiate } from '@gossamer/kit/memory';
import { kernelVariants } from '@gossamer/testkit/kernels';
import type { Kernel } from '#wasm/simd';
import { fail } from '../src/errors.ts';

/** Every build this host runs; the debug ones check their assertions. */
export const BUILDS: readonly string[] = kernelVariants().flatMap((variant) => [variant, `debug/${variant}`]);

const GUARD = 64;
const modules = new Map<string, WebAssembly.Module>();

function compiled(build: string): WebAssembly.Module {
  const known = modules.get(build);
  if (known !== undefined) return known;
  const module = new WebAssembly.Module(readFileSync(new URL(`../wasm/${build}.wasm`, import.meta.url)));
  modules.set(build, module);
  return module;
}

/** A kernel over a memory of its own, whose blocks lie between guards. Everything is NaN before it is written. */
export class Bench {
  readonly arena: Arena;
  readonly kernel: Kernel;
  readonly #guards: number[] = [];

  constructor(build: string, pages = 64) {
    const module = compiled(build);
    const memory = new WebAssembly.Memory({ initial: pages });
    new Uint8Array(memory.buffer).fill(0xff);
    this.arena = new Arena(memory, fail);
    this.kernel = instantiate<Kernel>(module, memory);
  }

  /** Room for f32, with the values in it. */
  put(values: ArrayLike<number>): number {
    const at = this.room(values.length * 4);
    this.arena.f32(at, values.length).set(values);
    return at;
  }

  room(bytes: number): number {
    this.#guards.push(this.arena.alloc(GUARD));
    const at = this.arena.alloc(bytes, 16);
    this.#guards.push(this.arena.alloc(GUARD));
    return at;
  }

  read(at: number, length: number): Float32Array {
    return this.arena.f32(at, length).slice();
  }

  /** Whether nothing was written beside a block. */
  get intact(): boolean {
    return this.#guards.every((at) => this.arena.u8(at, GUARD).every((byte) => byte === 0xff));
  }
}
