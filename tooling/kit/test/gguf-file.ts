import { GgufBytes } from '@gossamer/testkit/gguf';

/** Codes of the value types (docs/gguf.md). */
export const TYPE = {
  u8: 0,
  i8: 1,
  u16: 2,
  i16: 3,
  u32: 4,
  i32: 5,
  f32: 6,
  bool: 7,
  string: 8,
  array: 9,
  u64: 10,
  i64: 11,
  f64: 12,
} as const;

/** Writes a piece of a file, right or wrong. */
export type Piece = (out: GgufBytes) => GgufBytes;

/** A key-value pair; `value` writes what stands behind the type. */
export function pair(key: string | Uint8Array, type: number, value: Piece): Piece {
  return (out) => value(text(out, key).u32(type));
}

/** A pair with an array; `elements` writes what stands behind the length. */
export function list(key: string, type: number, length: number | bigint, elements: Piece): Piece {
  return pair(key, TYPE.array, (out) => elements(out.u32(type).u64(length)));
}

/** The entry of a tensor: 32 bytes of F32 at the beginning of the data unless told otherwise. */
export function tensor(
  changes: {
    name?: string | Uint8Array;
    rank?: number;
    dims?: readonly (number | bigint)[];
    type?: number;
    offset?: number | bigint;
  } = {},
): Piece {
  const { name = 'x', dims = [8], rank = dims.length, type = 0, offset = 0 } = changes;
  return (out) => {
    text(out, name).u32(rank);
    for (const size of dims) out.u64(size);
    return out.u32(type).u64(offset);
  };
}

/** What a file consists of; `data` is how many bytes stand behind the header. */
export interface Parts {
  readonly magic?: string;
  readonly version?: number;
  readonly pairs?: readonly Piece[];
  readonly tensors?: readonly Piece[];
  readonly pairCount?: number | bigint;
  readonly tensorCount?: number | bigint;
  readonly alignment?: number;
  readonly data?: number;
}

/** A file of these parts; any of its counts may be wrong on purpose. */
export function fileOf(parts: Parts = {}): Uint8Array<ArrayBuffer> {
  const { magic = 'GGUF', version = 3, pairs = [], tensors = [], alignment = 32, data = 64 } = parts;
  const { pairCount = pairs.length, tensorCount = tensors.length } = parts;
  const out = new GgufBytes().bytes(new TextEncoder().encode(magic)).u32(version).u64(tensorCount).u64(pairCount);
  for (const piece of [...pairs, ...tensors]) piece(out);
  return out.pad(alignment).bytes(new Uint8Array(data)).join();
}

function text(out: GgufBytes, value: string | Uint8Array): GgufBytes {
  return typeof value === 'string' ? out.string(value) : out.u64(value.length).bytes(value);
}
