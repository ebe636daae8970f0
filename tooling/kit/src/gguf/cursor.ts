import type { ByteSource } from '../bytes/source.ts';
import type { Fail } from '../errors.ts';

/** Codes of the readers of this format. */
export type GgufFail = Fail<'bad-file' | 'unsupported'>;

/** First read, and the least that is read at once. */
const FIRST = 1 << 20;

/** What a step of parsing throws when the bytes do not reach: more are read, and the step is taken again. */
class OutOfBytes extends Error {
  readonly end: number;

  constructor(end: number) {
    super(`bytes up to ${end} are needed`);
    this.end = end;
  }
}

/**
 * Reads numbers and strings from the beginning of a source, little-endian. A step works on bytes in memory. Room is made for
 * {@link FIRST} bytes, then for twice what has arrived, never for what a length in the file only claims; `limit` is the most.
 */
export class Cursor {
  readonly #source: ByteSource;
  readonly #name: string;
  readonly #fail: GgufFail;
  readonly #limit: number;
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  #filled = 0;
  #at = 0;
  readonly #text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  /** @param limit most bytes of a header. */
  constructor(source: ByteSource, name: string, fail: GgufFail, limit: number) {
    this.#source = source;
    this.#name = name;
    this.#fail = fail;
    this.#limit = limit;
  }

  /** Offset of the next byte. */
  get at(): number {
    return this.#at;
  }

  /** What was read, beyond the header too. */
  get held(): Uint8Array {
    return this.#bytes.subarray(0, this.#filled);
  }

  /** Bytes that can still come: those of the file, where its size is known, else those up to the limit. */
  get left(): number {
    return Math.min(this.#source.size ?? this.#limit, this.#limit) - this.#at;
  }

  /** Takes a step, reading more bytes until it succeeds. */
  async step<T>(parse: () => T): Promise<T> {
    for (;;) {
      const start = this.#at;
      try {
        return parse();
      } catch (error) {
        if (!(error instanceof OutOfBytes)) throw error;
        this.#at = start;
        await this.#fill(error.end);
      }
    }
  }

  /** @throws `bad-file` when a file cannot hold `count` things of at least `bytes` bytes each, or when they are over `most`. */
  expectRoom(what: string, count: number, bytes: number, most: number = Number.POSITIVE_INFINITY): void {
    if (count > most) throw this.error(`${what}: expected at most ${most}, got ${count}`);
    if (count * bytes > this.left)
      throw this.error(`${what}: expected at most ${this.left} bytes more, got ${count} of ${bytes}`);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** A 64-bit count. @throws `bad-file` beyond 2^53. */
  count(what: string): number {
    const at = this.#take(8);
    const value = this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 2 ** 32;
    if (!Number.isSafeInteger(value)) throw this.error(`${what}: expected a number below 2^53, got about ${value}`);
    return value;
  }

  /** A copy of the next bytes. */
  copy(length: number): ArrayBuffer {
    const at = this.#take(length);
    return this.#bytes.buffer.slice(at, at + length);
  }

  /** @param most bytes of the string. */
  string(what: string, most: number): string {
    const length = this.count(`${what}: length`);
    if (length > most) throw this.error(`${what}: expected at most ${most} bytes, got ${length}`);
    this.expectRoom(what, length, 1);
    const at = this.#take(length);
    try {
      return this.#text.decode(this.#bytes.subarray(at, at + length));
    } catch (cause) {
      throw this.error(`${what}: expected UTF-8`, { cause });
    }
  }

  error(message: string, options?: ErrorOptions): Error {
    return this.#fail('bad-file', `${this.#name}: ${message}`, options);
  }

  /** The error for what the format allows and this reader does not read. */
  unsupported(message: string): Error {
    return this.#fail('unsupported', `${this.#name}: ${message}`);
  }

  #take(length: number): number {
    const at = this.#at;
    if (at + length > this.#filled) throw new OutOfBytes(at + length);
    this.#at += length;
    return at;
  }

  async #fill(end: number): Promise<void> {
    const { size } = this.#source;
    if (end > this.#limit) throw this.error(`header: expected at most ${this.#limit} bytes, got ${end} or more`);
    if (size !== undefined && end > size) throw this.error(`header: ended after ${size} bytes, ${end} were needed`);
    while (this.#filled < end) {
      const target = Math.min(Math.max(FIRST, 2 * this.#filled), this.#limit, size ?? this.#limit);
      const bytes = new Uint8Array(target);
      bytes.set(this.held);
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer);
      while (this.#filled < target) {
        const count = await this.#source.readSome(this.#filled, bytes.subarray(this.#filled));
        if (count === 0) break;
        this.#filled += count;
      }
      if (this.#filled < Math.min(target, end))
        throw this.error(`header: ended after ${this.#filled} bytes, ${end} were needed`);
    }
  }
}
