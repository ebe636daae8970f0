import type { Fail } from '../errors.ts';
import type { ByteSource } from './source.ts';

type WholeFail = Fail<'bad-file'>;

/** First allocation for a source of unknown size. */
const FIRST = 1 << 16;

/**
 * Reads a small file (configuration, tokenizer) as a whole.
 *
 * @param name what the error calls the file.
 * @throws `bad-file` when it holds more than `limit` bytes; whatever the source throws.
 */
export async function readAll(source: ByteSource, name: string, limit: number, fail: WholeFail): Promise<Uint8Array> {
  const { size } = source;
  if (size !== undefined && size > limit) {
    throw fail('bad-file', `${name}: expected at most ${limit} bytes, got ${size}`);
  }
  if (size !== undefined) {
    return source.read(0, size);
  }
  let bytes = new Uint8Array(FIRST);
  let length = 0;
  for (;;) {
    const count = await source.readSome(length, bytes.subarray(length));
    length += count;
    if (count === 0) {
      return bytes.slice(0, length);
    }
    if (length > limit) {
      throw fail('bad-file', `${name}: expected at most ${limit} bytes, got more`);
    }
    if (length === bytes.length) {
      const larger = new Uint8Array(2 * length);
      larger.set(bytes);
      bytes = larger;
    }
  }
}

/**
 * As {@link readAll}, decoded.
 *
 * @throws `bad-file` also when it is not UTF-8.
 */
export async function readText(source: ByteSource, name: string, limit: number, fail: WholeFail): Promise<string> {
  return decodeUtf8(await readAll(source, name, limit, fail), name, fail);
}

/** Strict UTF-8; a byte order mark is kept. */
export function decodeUtf8(bytes: Uint8Array, name: string, fail: WholeFail): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw fail('bad-file', `${name}: expected UTF-8`, { cause });
  }
}
