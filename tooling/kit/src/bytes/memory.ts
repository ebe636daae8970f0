import type { Backend } from './backend.ts';

/** Bytes that are there already. */
export function bytesBackend(bytes: Uint8Array): Backend {
  return {
    name: 'bytes',
    size: bytes.length,
    sequential: false,
    some: async (offset, into) => copy(bytes.subarray(offset, offset + into.length), into),
    close: async () => {},
  };
}

/** A Blob or File: slices are read on demand, so a file of gigabytes is never in memory as a whole. */
export function blobBackend(blob: Blob): Backend {
  return {
    name: 'name' in blob ? String(blob.name) : 'blob',
    size: blob.size,
    sequential: false,
    some: async (offset, into) =>
      copy(new Uint8Array(await blob.slice(offset, offset + into.length).arrayBuffer()), into),
    close: async () => {},
  };
}

function copy(from: Uint8Array, into: Uint8Array): number {
  into.set(from);
  return from.length;
}
