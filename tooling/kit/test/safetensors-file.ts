/** A tensor as it is written to a test file; any field may be wrong on purpose. */
export type Fields = Record<string, unknown>;

/** A safetensors file with this header text and this many data bytes (0, 1, 2, …). */
export function fileOf(header: string | Uint8Array, dataBytes: number, length?: bigint): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const file = new Uint8Array(8 + text.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  file.set(text, 8);
  for (let i = 0; i < dataBytes; i++) {
    file[8 + text.length + i] = i & 255;
  }
  return file;
}

/** The header entry of a tensor. */
export function tensor(dtype: string, shape: unknown[], begin: number, end: number): Fields {
  return { dtype, shape, data_offsets: [begin, end] };
}
