import { readFileSync } from 'node:fs';

/** A tensor of a fixture file, decoded to the nearest JavaScript array. */
export interface FixtureTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array | BigInt64Array | Uint16Array | Uint8Array;
}

const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  I32: Int32Array,
  I64: BigInt64Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  U8: Uint8Array,
} as const;

/** Reads a trusted safetensors fixture; F16 and BF16 stay as their bits. Independent of the reader that ships. */
export function readTensors(path: string | URL): Map<string, FixtureTensor> {
  const file = readFileSync(path);
  const headerLength = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, 8 + headerLength)) as Record<
    string,
    { dtype: keyof typeof ARRAYS; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors = new Map<string, FixtureTensor>();
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const start = 8 + headerLength + offsets[0];
    const bytes = new Uint8Array(file.subarray(start, 8 + headerLength + offsets[1])).buffer;
    tensors.set(name, { dtype, shape, data: new ARRAYS[dtype](bytes) });
  }
  return tensors;
}

/** Reads a trusted JSON fixture. */
export function readJson<T>(path: string | URL): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}
