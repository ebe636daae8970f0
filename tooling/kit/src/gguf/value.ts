import type { Cursor } from './cursor.ts';

/** The elements of an array: numbers in a typed array of the file's type, flags as bytes of 0 and 1. */
export type GgufArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigUint64Array
  | BigInt64Array
  | readonly string[];

/** A value: 64-bit integers are numbers where they are safe, else bigints. */
export type GgufValue = number | bigint | boolean | string | GgufArray;

/** The key-value pairs of a file. */
export type GgufMetadata = ReadonlyMap<string, GgufValue>;

const STRING = 8;
const ARRAY = 9;
const BOOL = 7;

/** Largest string value: a chat template is some 10 kB, a vocabulary is an array. */
const MAX_STRING = 1 << 24;

interface Numeric {
  readonly bytes: number;
  read(view: DataView, at: number): number | bigint;
  array(length: number): Exclude<GgufArray, readonly string[]>;
}

/** The number types, by their code in the file. */
const NUMERIC: Readonly<Record<number, Numeric>> = {
  0: { bytes: 1, read: (view, at) => view.getUint8(at), array: (n) => new Uint8Array(n) },
  1: { bytes: 1, read: (view, at) => view.getInt8(at), array: (n) => new Int8Array(n) },
  2: { bytes: 2, read: (view, at) => view.getUint16(at, true), array: (n) => new Uint16Array(n) },
  3: { bytes: 2, read: (view, at) => view.getInt16(at, true), array: (n) => new Int16Array(n) },
  4: { bytes: 4, read: (view, at) => view.getUint32(at, true), array: (n) => new Uint32Array(n) },
  5: { bytes: 4, read: (view, at) => view.getInt32(at, true), array: (n) => new Int32Array(n) },
  6: { bytes: 4, read: (view, at) => view.getFloat32(at, true), array: (n) => new Float32Array(n) },
  7: { bytes: 1, read: (view, at) => view.getUint8(at), array: (n) => new Uint8Array(n) },
  10: { bytes: 8, read: (view, at) => view.getBigUint64(at, true), array: (n) => new BigUint64Array(n) },
  11: { bytes: 8, read: (view, at) => view.getBigInt64(at, true), array: (n) => new BigInt64Array(n) },
  12: { bytes: 8, read: (view, at) => view.getFloat64(at, true), array: (n) => new Float64Array(n) },
};

/**
 * Reads a value with its type before it.
 *
 * @param key what errors call it.
 * @throws `bad-file` for an unknown type, an array in an array, a flag that is not 0 or 1, and sizes beyond the file.
 */
export function readValue(cursor: Cursor, key: string): GgufValue {
  const type = cursor.u32();
  if (type === STRING) return cursor.string(key, MAX_STRING);
  if (type === ARRAY) return readArray(cursor, key);
  const numeric = numericType(cursor, type, key);
  const value = numeric.read(cursor.data(numeric.bytes), 0);
  if (type === BOOL) return flag(cursor, value as number, key) === 1;
  return typeof value === 'bigint' && BigInt.asIntN(54, value) === value ? Number(value) : value;
}

function readArray(cursor: Cursor, key: string): GgufArray {
  const type = cursor.u32();
  const length = cursor.count(`${key}: length`);
  if (type === STRING) {
    cursor.expectRoom(key, length, 8);
    const strings: string[] = [];
    for (let i = 0; i < length; i++) strings.push(cursor.string(`${key}[${i}]`, MAX_STRING));
    return strings;
  }
  if (type === ARRAY) throw cursor.error(`${key}: expected elements that are no arrays`);
  const numeric = numericType(cursor, type, key);
  cursor.expectRoom(key, length, numeric.bytes);
  const data = cursor.data(length * numeric.bytes);
  const array = numeric.array(length) as { [index: number]: number | bigint } & Exclude<GgufArray, readonly string[]>;
  for (let i = 0; i < length; i++) {
    const value = numeric.read(data, i * numeric.bytes);
    array[i] = type === BOOL ? flag(cursor, value as number, key) : value;
  }
  return array;
}

function numericType(cursor: Cursor, type: number, key: string): Numeric {
  const numeric = Object.hasOwn(NUMERIC, type) ? NUMERIC[type] : undefined;
  if (numeric === undefined) throw cursor.error(`${key}: expected a value type from 0 to 12, got ${type}`);
  return numeric;
}

function flag(cursor: Cursor, value: number, key: string): number {
  if (value > 1) throw cursor.error(`${key}: expected a flag of 0 or 1, got ${value}`);
  return value;
}
