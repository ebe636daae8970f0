import { show } from '../errors.ts';
import type { Backend, SourceFail } from './backend.ts';

const NOTHING = new Uint8Array(0);

/** A stream of byte chunks with a position in the file: taken from and skipped, never turned back. */
export class Flow {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #broken: (cause: unknown) => unknown;
  #chunk: Uint8Array = NOTHING;
  #position: number;

  /**
   * @param start offset in the file of the first byte of the stream.
   * @param broken makes what is thrown when the stream itself fails.
   */
  constructor(stream: ReadableStream<Uint8Array>, start: number, broken: (cause: unknown) => unknown) {
    this.#reader = stream.getReader();
    this.#position = start;
    this.#broken = broken;
  }

  /** Offset in the file of the next byte. */
  get position(): number {
    return this.#position;
  }

  /** Copies the next bytes into `into`, as many as are at hand (at least one); returns their number, 0 at the end. */
  async take(into: Uint8Array): Promise<number> {
    if (!(await this.#pull())) {
      return 0;
    }
    const chunk = this.#chunk.subarray(0, into.length);
    into.set(chunk);
    this.#drop(chunk.length);
    return chunk.length;
  }

  /** Passes over the bytes before `offset`, or to the end of the stream. */
  async skipTo(offset: number): Promise<void> {
    while (this.#position < offset && (await this.#pull())) {
      this.#drop(Math.min(this.#chunk.length, offset - this.#position));
    }
  }

  async cancel(reason?: unknown): Promise<void> {
    await this.#reader.cancel(reason).catch(() => {}); // rejects only when the stream had failed: it is over then too
  }

  #drop(count: number): void {
    this.#chunk = this.#chunk.subarray(count);
    this.#position += count;
  }

  async #pull(): Promise<boolean> {
    while (this.#chunk.length === 0) {
      const { done, value } = await this.#reader.read().catch((cause) => {
        throw this.#broken(cause);
      });
      if (done) {
        return false;
      }
      if (!(value instanceof Uint8Array)) {
        throw new TypeError(`stream: expected chunks of Uint8Array, got ${show(value)}`);
      }
      this.#chunk = value;
    }
    return true;
  }
}

/** A flow that is all there is: reads must ascend. */
export function flowBackend(flow: Flow, about: Pick<Backend, 'name' | 'size' | 'cause'>, fail: SourceFail): Backend {
  return {
    ...about,
    sequential: true,
    async some(offset, into) {
      if (offset < flow.position) {
        const message = `${about.name}: byte ${offset} was asked for after byte ${flow.position} was reached`;
        throw fail('out-of-order', `${message}; this source is read once, in ascending order`);
      }
      await flow.skipTo(offset);
      return flow.take(into);
    },
    close: () => flow.cancel(),
  };
}

/** A stream of unknown length. An abort cancels it, which also ends a read that waits. */
export function streamBackend(
  stream: ReadableStream<Uint8Array>,
  fail: SourceFail,
  signal: AbortSignal | undefined,
): Backend {
  const flow = new Flow(stream, 0, (cause) => fail('bad-source', 'stream: failed while it was read', { cause }));
  const stop = () => void flow.cancel(signal?.reason);
  signal?.addEventListener('abort', stop);
  const close = () => {
    signal?.removeEventListener('abort', stop);
    return flow.cancel();
  };
  return { ...flowBackend(flow, { name: 'stream', size: undefined }, fail), close };
}
