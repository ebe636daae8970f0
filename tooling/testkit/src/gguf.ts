type Small = 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'f32' | 'f64';

/** A value of the metadata with the type that it has in the file; a plural is an array. */
export type GgufField =
  | readonly [Small, number]
  | readonly ['u64' | 'i64', number | bigint]
  | readonly ['bool', boolean]
  | readonly ['string', string]
  | readonly [`${Small}s`, ArrayLike<number>]
  | readonly ['u64s' | 'i64s', ArrayLike<number | bigint>]
  | readonly ['bools', readonly boolean[]]
  | readonly ['strings', readonly string[]];

/** A tensor: its type's number, its dimensions as GGUF orders them (columns first), and how many bytes it has. */
export interface GgufTensorSpec {
  readonly name: string;
  readonly type: number;
  readonly dims: readonly (number | bigint)[];
  readonly bytes: number;
  /** A wrong place in the data, for a test; without it tensors follow each other. */
  readonly offset?: number | bigint | undefined;
}

/** What a GGUF file says before its data. */
export interface GgufSpec {
  readonly version?: number;
  readonly metadata: Readonly<Record<string, GgufField>>;
  readonly tensors: readonly GgufTensorSpec[];
}

/** Numbers of the value types. */
const CODES = {
  u8: 0,
  i8: 1,
  u16: 2,
  i16: 3,
  u32: 4,
  i32: 5,
  f32: 6,
  bool: 7,
  string: 8,
  u64: 10,
  i64: 11,
  f64: 12,
} as const;
const ARRAY = 9;

/** Little-endian numbers and strings, one after the other. */
export class GgufBytes {
  readonly #parts: Uint8Array[] = [];
  length = 0;

  bytes(part: Uint8Array): this {
    this.#parts.push(part);
    this.length += part.length;
    return this;
  }

  u32(value: number): this {
    return this.#number(4, (view) => view.setUint32(0, value, true));
  }

  u64(value: number | bigint): this {
    return this.#number(8, (view) => view.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true));
  }

  string(text: string): this {
    const bytes = new TextEncoder().encode(text);
    return this.u64(bytes.length).bytes(bytes);
  }

  value(type: keyof typeof CODES, value: number | bigint | boolean | string): this {
    switch (type) {
      case 'string':
        return this.string(String(value));
      case 'bool':
      case 'u8':
      case 'i8':
        return this.bytes(Uint8Array.of(Number(value)));
      case 'u16':
      case 'i16':
        return this.#number(2, (view) => view.setUint16(0, Number(value), true));
      case 'u32':
      case 'i32':
        return this.u32(Number(value));
      case 'f32':
        return this.#number(4, (view) => view.setFloat32(0, Number(value), true));
      case 'f64':
        return this.#number(8, (view) => view.setFloat64(0, Number(value), true));
      default:
        return this.u64(value as number | bigint);
    }
  }

  /** Zeros up to a multiple of `alignment`. */
  pad(alignment: number): this {
    return this.bytes(new Uint8Array((alignment - (this.length % alignment)) % alignment));
  }

  join(): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.#parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  #number(bytes: number, write: (view: DataView) => void): this {
    const part = new Uint8Array(bytes);
    write(new DataView(part.buffer));
    return this.bytes(part);
  }
}

function writeField(out: GgufBytes, [type, value]: GgufField): void {
  if (type in CODES) {
    const scalar = type as keyof typeof CODES;
    out.u32(CODES[scalar]).value(scalar, value as number);
    return;
  }
  const element = type.slice(0, -1) as keyof typeof CODES;
  const list = Array.from(value as ArrayLike<number>);
  out.u32(ARRAY).u32(CODES[element]).u64(list.length);
  for (const each of list) out.value(element, each);
}

/** Alignment of the data, from the metadata. */
function alignmentOf({ metadata }: GgufSpec): number {
  return Number(metadata['general.alignment']?.[1] ?? 32);
}

/** Everything before the data, in the order and with the padding of gguf-py's GGUFWriter. */
export function ggufHeader(spec: GgufSpec): Uint8Array<ArrayBuffer> {
  const { version = 3, metadata, tensors } = spec;
  const fields = Object.entries(metadata);
  const out = new GgufBytes().bytes(new TextEncoder().encode('GGUF')).u32(version);
  out.u64(tensors.length).u64(fields.length);
  for (const [key, field] of fields) writeField(out.string(key), field);
  const alignment = alignmentOf(spec);
  let next = 0;
  for (const { name, type, dims, bytes, offset = next } of tensors) {
    out.string(name).u32(dims.length);
    for (const size of dims) out.u64(size);
    out.u32(type).u64(offset);
    next += Math.ceil(bytes / alignment) * alignment;
  }
  return out.pad(alignment).join();
}

/** A whole file. @param data the bytes of each tensor, in order. */
export function ggufFile(spec: GgufSpec, data: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new GgufBytes().bytes(ggufHeader(spec));
  for (const bytes of data) out.bytes(bytes).pad(alignmentOf(spec));
  return out.join();
}
