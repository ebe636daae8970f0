// Kernel builds, instantiated without any of the code that ships: the benchmarks of a kernel measure the kernel.
import { readFileSync } from 'node:fs';

const PAGE = 65_536;
const OWN = new URL('../wasm/', import.meta.url);

/** @typedef {'simd' | 'relaxed'} Variant */
/** @type {readonly Variant[]} */
export const VARIANTS = ['relaxed', 'simd'];

/**
 * @param {Variant} variant
 * @param {number} pages of 64 KiB in its memory
 * @param {URL} [folder] with a slash at the end; this folder's own build unless told
 */
export function instantiate(variant, pages, folder = OWN) {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: 65_536 });
  const module = new WebAssembly.Module(readFileSync(new URL(`${variant}.wasm`, folder)));
  return { ...new WebAssembly.Instance(module, { env: { memory } }).exports, memory };
}

/** A kernel with a bump allocator over a memory of `bytes`: what a benchmark allocates lives as long as its section. */
export class Workbench {
  #next = PAGE;
  kernel;

  /**
   * @param {Variant} variant
   * @param {number} bytes
   * @param {URL} folder
   */
  constructor(variant, bytes, folder) {
    this.kernel = instantiate(variant, Math.ceil(bytes / PAGE) + 2, folder);
  }

  /** @param {number} bytes @returns {number} an address that is a multiple of 64 */
  alloc(bytes) {
    const at = this.#next;
    this.#next += Math.ceil(bytes / 64) * 64;
    if (this.#next > this.kernel.memory.buffer.byteLength) throw new RangeError(`no room for ${bytes} bytes`);
    return at;
  }

  /** @param {Float32Array} values @returns {number} the address of a copy */
  put(values) {
    const at = this.alloc(values.byteLength);
    this.floats(at, values.length).set(values);
    return at;
  }

  /** A view, valid until the next instance: these memories never grow. */
  floats(at, length) {
    return new Float32Array(this.kernel.memory.buffer, at, length);
  }
}
