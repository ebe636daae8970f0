import { readFileSync } from 'node:fs';

/** A tensor to be written: its bytes are the caller's business. */
export interface RawTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** A checkpoint of the fixtures, taken apart so that a test can change it. */
export function readCheckpoint(folder: URL): { config: Record<string, unknown>; tensors: Map<string, RawTensor> } {
  const config = JSON.parse(readFileSync(new URL('config.json', folder), 'utf8')) as Record<string, unknown>;
  const file = readFileSync(new URL('model.safetensors', folder));
  const length = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, 8 + length)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors = new Map<string, RawTensor>();
  for (const [name, { dtype, shape, data_offsets: at }] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    tensors.set(name, { dtype, shape, bytes: new Uint8Array(file.subarray(8 + length + at[0], 8 + length + at[1])) });
  }
  return { config, tensors };
}

/** Tensors as a safetensors file. */
export function safetensors(tensors: ReadonlyMap<string, RawTensor>): Uint8Array {
  const header: Record<string, unknown> = {};
  let at = 0;
  for (const [name, { dtype, shape, bytes }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.length] };
    at += bytes.length;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + at);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  let to = 8 + text.length;
  for (const { bytes } of tensors.values()) {
    file.set(bytes, to);
    to += bytes.length;
  }
  return file;
}

export function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
