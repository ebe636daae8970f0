import { openPath } from '#file';
import { checkLength, isCount, show } from '../errors.ts';
import type { Backend, SourceFail } from './backend.ts';
import { endedEarly } from './backend.ts';
import { streamBackend } from './flow.ts';
import { openUrl } from './http.ts';
import { blobBackend, bytesBackend } from './memory.ts';

/** Between two steps of this size an abort is seen and progress is reported. */
const STEP = 1 << 22;
/** First allocation for a read whose length nothing vouches for. */
const FIRST = 1 << 16;

/** A place that bytes are read from. One read at a time. */
export interface ByteSource {
  /** Number of bytes, when it is known. */
  readonly size: number | undefined;
  /** Whether reads must ascend; gaps are allowed. */
  readonly sequential: boolean;
  /**
   * Reads exactly `length` bytes from `offset` on, into `into` (of that length) or a new array.
   * A view of WebAssembly memory is fine as long as the memory does not grow meanwhile.
   */
  read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
  /** Fills the beginning of `into` from `offset` on; returns how far: at least one byte, 0 only at the end. */
  readSome(offset: number, into: Uint8Array): Promise<number>;
  /** Gives the file or connection back. Idempotent. */
  close(): Promise<void>;
}

/** What can be opened: a file path, a URL (also as a string with a scheme), a Blob, a byte stream, bytes, or a source. */
export type SourceInput = string | URL | Blob | ReadableStream<Uint8Array> | Uint8Array | ArrayBuffer | ByteSource;

/** Bytes delivered so far, and how many the source has, when it is known. */
export interface Progress {
  readonly loaded: number;
  readonly total: number | undefined;
}

/** How a source is opened. */
export interface SourceOptions {
  /** Ends every wait; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Stands in for the global `fetch` (headers, credentials, caches). */
  readonly fetch?: typeof fetch | undefined;
  /** Called during reads, after each piece of at most 4 MiB. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Opens a source of bytes. A path is opened through the package's `#file`.
 *
 * @throws the signal's reason; `not-found`, `bad-source` or `http` when it cannot be opened; `unsupported` for a path on a
 *   host without files; TypeError for another input. Its reads throw `truncated` where the source ends early, `out-of-order`
 *   where a sequential one would have to turn back, `disposed` after `close`, `http` and `bad-source` for a broken transfer.
 */
export async function openSource(
  input: SourceInput,
  fail: SourceFail,
  options: SourceOptions = {},
): Promise<ByteSource> {
  options.signal?.throwIfAborted();
  const backend = await backendOf(input, fail, options);
  return new Source(backend, fail, options);
}

async function backendOf(input: SourceInput, fail: SourceFail, options: SourceOptions): Promise<Backend> {
  if (typeof input === 'string' && !isUrl(input)) {
    return openPath(input, fail);
  }
  if (typeof input === 'string' || input instanceof URL) {
    const url = new URL(input);
    if (url.protocol === 'file:') {
      return openPath(url, fail);
    }
    return openUrl(url.href, { fetch: options.fetch ?? globalThis.fetch, signal: options.signal, fail });
  }
  if (input instanceof Uint8Array || input instanceof ArrayBuffer) {
    return bytesBackend(new Uint8Array(input as ArrayBuffer));
  }
  if (typeof input === 'object' && input !== null) {
    if ('getReader' in input) {
      return streamBackend(input, fail, options.signal);
    }
    if ('arrayBuffer' in input) {
      return blobBackend(input);
    }
    if ('read' in input) {
      return sourceBackend(input);
    }
  }
  throw new TypeError(`source: expected a path, URL, Blob, stream, bytes or byte source, got ${show(input)}`);
}

/** Whether a string is a URL and not a path: it has a scheme of two letters or more (`C:\file` is a path). */
export function isUrl(text: string): boolean {
  return /^[a-z][a-z\d+.-]+:/i.test(text);
}

function sourceBackend(source: ByteSource): Backend {
  return {
    name: 'source',
    size: source.size,
    sequential: source.sequential,
    some: (offset, into) => source.readSome(offset, into),
    close: () => source.close(),
  };
}

class Source implements ByteSource {
  readonly size: number | undefined;
  readonly sequential: boolean;
  readonly #fail: SourceFail;
  readonly #options: SourceOptions;
  #backend: Backend | undefined;
  #busy = false;
  #loaded = 0;

  constructor(backend: Backend, fail: SourceFail, options: SourceOptions) {
    this.size = backend.size;
    this.sequential = backend.sequential;
    this.#backend = backend;
    this.#fail = fail;
    this.#options = options;
  }

  async read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array> {
    if (!isCount(offset, 0) || !isCount(length, 0) || !isCount(offset + length, 0)) {
      throw new TypeError(`read: expected an offset and a length, got ${show([offset, length])}`);
    }
    if (into !== undefined) {
      checkLength('into', into, length, this.#fail);
    }
    return this.#alone(async (backend) => {
      const { size } = backend;
      if (size !== undefined && offset + length > size) {
        throw endedEarly(this.#fail, backend, size, offset + length - 1); // before anything is allocated
      }
      if (into === undefined && size === undefined) {
        return this.#grow(backend, offset, length);
      }
      const target = into ?? new Uint8Array(length);
      await this.#fill(backend, offset, target);
      return target;
    });
  }

  async readSome(offset: number, into: Uint8Array): Promise<number> {
    if (!isCount(offset, 0) || into.length === 0) {
      throw new TypeError(`readSome: expected an offset and room for a byte, got ${show([offset, into.length])}`);
    }
    return this.#alone((backend) => this.#step(backend, offset, into));
  }

  async close(): Promise<void> {
    const backend = this.#backend;
    this.#backend = undefined;
    await backend?.close();
  }

  async #alone<T>(act: (backend: Backend) => Promise<T>): Promise<T> {
    const { signal } = this.#options;
    const backend = this.#backend;
    if (backend === undefined) {
      throw this.#fail('disposed', 'source: read after close()');
    }
    if (this.#busy) {
      throw this.#fail('out-of-order', 'source: read while another read is under way');
    }
    signal?.throwIfAborted();
    this.#busy = true;
    try {
      return await act(backend);
    } catch (failure) {
      signal?.throwIfAborted(); // what an aborted transfer throws differs between hosts
      throw failure;
    } finally {
      this.#busy = false;
    }
  }

  async #step(backend: Backend, offset: number, into: Uint8Array): Promise<number> {
    const { signal, onProgress } = this.#options;
    const count = await backend.some(offset, into.subarray(0, STEP));
    signal?.throwIfAborted();
    this.#loaded += count;
    onProgress?.({ loaded: this.#loaded, total: this.size });
    return count;
  }

  /** @param last offset of the last byte that the caller needs. */
  async #fill(
    backend: Backend,
    offset: number,
    target: Uint8Array,
    last: number = offset + target.length - 1,
  ): Promise<void> {
    for (let done = 0; done < target.length; ) {
      const count = await this.#step(backend, offset + done, target.subarray(done));
      if (count === 0) {
        throw endedEarly(this.#fail, backend, offset + done, last);
      }
      done += count;
    }
  }

  /** Never takes more than twice what has really arrived: the length may be a lie of the file's. */
  async #grow(backend: Backend, offset: number, length: number): Promise<Uint8Array> {
    let have = new Uint8Array(0);
    while (have.length < length) {
      const next = new Uint8Array(Math.min(length, Math.max(FIRST, 2 * have.length)));
      next.set(have);
      await this.#fill(backend, offset + have.length, next.subarray(have.length), offset + length - 1);
      have = next;
    }
    return have;
  }
}
