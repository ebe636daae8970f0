import type { Fail } from './errors.ts';
import { isCount, show } from './errors.ts';

const PAGE = 65536;
const MAX_PAGES = 65536;
const MAX_BYTES: number = PAGE * MAX_PAGES; // 4 GiB, all that a 32-bit pointer reaches

type MemoryFail = Fail<'out-of-memory'>;

/**
 * Memories of disposed owners, kept for the next one: an engine takes seconds to give the pages of a dropped memory back,
 * and a tab that loads and disposes models in a row would run out of address space.
 *
 * A memory that comes back from the pool still holds what its last owner wrote; see {@link Arena.alloc}.
 */
export class MemoryPool {
  readonly #idle: WebAssembly.Memory[] = [];
  readonly #fail: MemoryFail;

  /** @param fail makes the error for a memory that the host refuses. */
  constructor(fail: MemoryFail) {
    this.#fail = fail;
  }

  /**
   * A memory of at least `minBytes`: the smallest returned one that suffices, else the largest returned one, grown, else
   * a new one. Its owner may grow it up to 4 GiB.
   *
   * @throws `out-of-memory` when `minBytes` is over 4 GiB or the host refuses it.
   */
  acquire(minBytes: number): WebAssembly.Memory {
    if (!isCount(minBytes, 0) || minBytes > MAX_BYTES) {
      throw this.#fail('out-of-memory', `${show(minBytes)} bytes are needed, a WebAssembly memory holds ${MAX_BYTES}`);
    }
    const idle = this.#idle;
    const enough = idle.findIndex((memory) => memory.buffer.byteLength >= minBytes);
    const memory = idle.splice(enough < 0 ? idle.length - 1 : enough, 1)[0] ?? create(minBytes, this.#fail);
    try {
      growTo(memory, minBytes, this.#fail);
    } catch (refusal) {
      this.release(memory);
      throw refusal;
    }
    return memory;
  }

  /** Takes a memory back. Nobody may use it, or an instance over it, afterwards. */
  release(memory: WebAssembly.Memory): void {
    const idle = this.#idle;
    if (idle.includes(memory)) {
      throw new Error('memory: released twice, so two owners would share it');
    }
    const at = idle.findIndex((other) => other.buffer.byteLength >= memory.buffer.byteLength);
    idle.splice(at < 0 ? idle.length : at, 0, memory); // ascending by size
  }
}

function create(bytes: number, fail: MemoryFail): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(bytes / PAGE)), maximum: MAX_PAGES });
  } catch (cause) {
    throw fail('out-of-memory', `the host refuses a WebAssembly memory of ${bytes} bytes`, { cause });
  }
}

function growTo(memory: WebAssembly.Memory, bytes: number, fail: MemoryFail): void {
  const have = memory.buffer.byteLength;
  if (bytes <= have) {
    return;
  }
  try {
    memory.grow(Math.ceil((bytes - have) / PAGE));
  } catch (cause) {
    throw fail('out-of-memory', `the host refuses to grow a WebAssembly memory from ${have} to ${bytes} bytes`, {
      cause,
    });
  }
}

/**
 * A stack of blocks in one memory: nothing is freed by hand, `reset` drops everything above a mark. Pointers are plain
 * numbers below 2^32. Views are made anew at each call and must be dropped before the next `alloc`, which may grow the
 * memory and so detach them.
 */
export class Arena {
  readonly memory: WebAssembly.Memory;
  readonly #base: number;
  readonly #fail: MemoryFail;
  #top: number;

  /**
   * @param base first byte that may be given away; what lies below belongs to the module (its constants). Never 0, so
   *   that no block has the address 0.
   */
  constructor(memory: WebAssembly.Memory, fail: MemoryFail, base = 16) {
    this.memory = memory;
    this.#base = base;
    this.#top = base;
    this.#fail = fail;
  }

  /** End of the last block: how many bytes of the memory are taken, from address 0 on. */
  get used(): number {
    return this.#top;
  }

  /**
   * A block of `bytes` at a multiple of `align` (a power of two). Its content is undefined: the memory may come from a
   * disposed owner. Whatever is read before it is written belongs in {@link allocZeroed}.
   *
   * @throws `out-of-memory` when the memory would pass 4 GiB (nothing is changed) or the host refuses to grow it.
   */
  alloc(bytes: number, align = 16): number {
    if (!isCount(bytes, 0) || !isCount(align) || align > PAGE || (align & (align - 1)) !== 0) {
      throw new TypeError(`alloc: expected a size and a power of two up to ${PAGE}, got ${show([bytes, align])}`);
    }
    const at = Math.ceil(this.#top / align) * align; // not by bit masks: the sum may pass 2^32
    const end = at + bytes;
    if (end > MAX_BYTES) {
      throw this.#fail('out-of-memory', `${end} bytes are needed, a WebAssembly memory holds ${MAX_BYTES}`);
    }
    growTo(this.memory, end, this.#fail);
    this.#top = end;
    return at;
  }

  /** As {@link alloc}, and every byte is 0. */
  allocZeroed(bytes: number, align = 16): number {
    const at = this.alloc(bytes, align);
    this.u8(at, bytes).fill(0);
    return at;
  }

  /** The present end, for a later {@link reset}. */
  mark(): number {
    return this.#top;
  }

  /** Drops every block that was allocated after `mark`. */
  reset(mark: number): void {
    if (!isCount(mark, this.#base) || mark > this.#top) {
      throw new TypeError(`reset: expected a mark from ${this.#base} to ${this.#top}, got ${show(mark)}`);
    }
    this.#top = mark;
  }

  u8(at: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer, at, length);
  }

  i8(at: number, length: number): Int8Array<ArrayBuffer> {
    return new Int8Array(this.#buffer, at, length);
  }

  u16(at: number, length: number): Uint16Array<ArrayBuffer> {
    return new Uint16Array(this.#buffer, at, length);
  }

  i32(at: number, length: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#buffer, at, length);
  }

  u32(at: number, length: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.#buffer, at, length);
  }

  f32(at: number, length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#buffer, at, length);
  }

  get #buffer(): ArrayBuffer {
    return this.memory.buffer as ArrayBuffer;
  }
}

/**
 * An instance of `module` over `memory`. `env.abort` is what a debug build calls when an assertion fails.
 *
 * @typeParam K what the module exports.
 */
export function instantiate<K>(module: WebAssembly.Module, memory: WebAssembly.Memory): K {
  const env = { memory, abort };
  return new WebAssembly.Instance(module, { env }).exports as K;
}

function abort(_message: number, _file: number, line: number, column: number): never {
  throw new Error(`kernel: an assertion failed at line ${line}, column ${column}`);
}
