import type { ByteSource } from './source.ts';

/** A source whose first bytes were taken already: they are served from memory, the others from where the source stands. */
export function prefixed(source: ByteSource, taken: Uint8Array): ByteSource {
  return {
    size: source.size,
    sequential: source.sequential,
    async read(offset, length, into = new Uint8Array(length)) {
      const held = taken.subarray(offset, offset + length);
      into.set(held);
      if (held.length < length)
        await source.read(offset + held.length, length - held.length, into.subarray(held.length));
      return into;
    },
    async readSome(offset, into) {
      if (offset >= taken.length) return source.readSome(offset, into);
      const held = taken.subarray(offset, offset + into.length);
      into.set(held);
      return held.length;
    },
    close: () => source.close(),
  };
}
