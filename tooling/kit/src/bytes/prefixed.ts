import type { ByteSource } from './source.ts';

/** A source whose first bytes were taken already: they are served from memory, the others from where the source stands. */
export function prefixed(source: ByteSource, taken: Uint8Array): ByteSource {
  return {
    size: source.size,
    sequential: source.sequential,
    async read(offset, length, into) {
      if (offset >= taken.length) return source.read(offset, length, into);
      const held = taken.subarray(offset, offset + length);
      const missing = length - held.length;
      const rest = missing === 0 ? held : await source.read(taken.length, missing, into?.subarray(held.length));
      const target = into ?? new Uint8Array(length); // only now: all of the bytes have arrived
      target.set(held);
      if (into === undefined && missing > 0) target.set(rest, held.length);
      return target;
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
