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

type NumberArray = Exclude<GgufArray, readonly string[]>;

const BOOL = 7;
const STRING = 8;
const ARRAY = 9;

/** Largest string value: a chat template is some 10 kB, a vocabulary is an array. */
const MAX_STRING = 2 ** 24;
/** Most strings of an array: the largest vocabularies have 2^18 tokens and 2^19 merges. */
const MAX_STRINGS = 2 ** 22;

/** The number types, by their code in the file; little-endian as the hosts are. */
const NUMBERS: Readonly<
  Record<number, { readonly BYTES_PER_ELEMENT: number; new (buffer: ArrayBuffer): NumberArray }>
> = {
  0: Uint8Array,
  1: Int8Array,
  2: Uint16Array,
  3: Int16Array,
  4: Uint32Array,
  5: Int32Array,
  6: Float32Array,
  [BOOL]: Uint8Array,
  10: BigUint64Array,
  11: BigInt64Array,
  12: Float64Array,
};

/**
 * Reads a value with its type before it.
 *
 * @param what what errors call it.
 * @throws `bad-file` for an unknown type, a flag that is not 0 or 1, and sizes beyond the file; `unsupported` for an array of
 *   arrays, which the format allows and no model has.
 */
export function readValue(cursor: Cursor, what: string): GgufValue {
  const type = cursor.u32();
  if (type === STRING) return cursor.string(what, MAX_STRING);
  if (type === ARRAY) return readArray(cursor, what);
  const [value] = readNumbers(cursor, what, type, 1) as ArrayLike<number | bigint> as [number | bigint];
  if (type === BOOL) return value === 1;
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function readArray(cursor: Cursor, what: string): GgufArray {
  const type = cursor.u32();
  if (type === ARRAY) throw cursor.unsupported(`${what}: expected an array of numbers or strings, got one of arrays`);
  const length = cursor.count(`${what}: length`);
  if (type !== STRING) return readNumbers(cursor, what, type, length);
  cursor.expectRoom(`${what}: strings`, length, 8, MAX_STRINGS);
  const strings: string[] = [];
  for (let i = 0; i < length; i++) strings.push(cursor.string(`${what}[${i}]`, MAX_STRING));
  return strings;
}

function readNumbers(cursor: Cursor, what: string, type: number, length: number): NumberArray {
  const Numbers = Object.hasOwn(NUMBERS, type) ? NUMBERS[type] : undefined;
  if (Numbers === undefined) throw cursor.error(`${what}: expected a value type from 0 to 12, got ${type}`);
  const bytes = Numbers.BYTES_PER_ELEMENT;
  cursor.expectRoom(what, length, bytes);
  const numbers = new Numbers(cursor.copy(length * bytes));
  if (type === BOOL && (numbers as Uint8Array).some((value) => value > 1)) {
    throw cursor.error(`${what}: expected flags of 0 or 1, got ${(numbers as Uint8Array).find((value) => value > 1)}`);
  }
  return numbers;
}
