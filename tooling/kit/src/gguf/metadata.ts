import { isCount, show } from '../errors.ts';
import type { GgufFail } from './cursor.ts';
import type { GgufMetadata, GgufValue } from './value.ts';

/** Most numbers of a list of counts, which has one per layer; a vocabulary is none. */
const MAX_COUNTS = 2 ** 16;

/** What complains about the metadata of a file. */
export interface MetadataReader {
  readonly metadata: GgufMetadata;
  /** What errors call the file. */
  readonly name: string;
  readonly fail: GgufFail;
}

/** A string; undefined when there is none. @throws `bad-file` for another type. */
export function metadataString(reader: MetadataReader, key: string): string | undefined {
  return optional(reader, key, 'a string', (value) => typeof value === 'string');
}

/** A flag; undefined when there is none. @throws `bad-file` for another type. */
export function metadataFlag(reader: MetadataReader, key: string): boolean | undefined {
  return optional(reader, key, 'a flag', (value) => typeof value === 'boolean');
}

/** A finite number; undefined when there is none. @throws `bad-file` for another type. */
export function metadataNumber(reader: MetadataReader, key: string): number | undefined {
  return optional(reader, key, 'a finite number', (value) => typeof value === 'number' && Number.isFinite(value));
}

/** An integer of at least `least`; undefined when there is none. @throws `bad-file` for anything else. */
export function metadataCount(reader: MetadataReader, key: string, least = 0): number | undefined {
  return optional(reader, key, `an integer of at least ${least}`, (value) => isCount(value, least));
}

/** A list of up to 65,536 integers of at least 0; undefined when there is none. @throws `bad-file` for anything else. */
export function metadataCounts(reader: MetadataReader, key: string): number[] | undefined {
  const expected = `a list of up to ${MAX_COUNTS} integers of at least 0`;
  const list = optional<ArrayLike<number | bigint>>(reader, key, expected, (value) => {
    return (
      isNumbers(value) &&
      value.length <= MAX_COUNTS &&
      Array.from(value as ArrayLike<number | bigint>, Number).every((element) => isCount(element, 0))
    );
  });
  return list === undefined ? undefined : Array.from(list, Number);
}

/** A list of strings; undefined when there is none. @throws `bad-file` for another type. */
export function metadataStrings(reader: MetadataReader, key: string): readonly string[] | undefined {
  return optional(reader, key, 'a list of strings', (value) => Array.isArray(value));
}

function isNumbers(value: GgufValue): value is Extract<GgufValue, ArrayBufferView> {
  return ArrayBuffer.isView(value);
}

function optional<T>(
  { metadata, name, fail }: MetadataReader,
  key: string,
  expected: string,
  holds: (value: GgufValue) => boolean,
): T | undefined {
  const value = metadata.get(key);
  if (value === undefined) return undefined;
  if (!holds(value)) throw fail('bad-file', `${name}: ${key}: expected ${expected}, got ${show(value)}`);
  return value as T;
}
