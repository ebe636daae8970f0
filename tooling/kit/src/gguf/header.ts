import { prefixed } from '../bytes/prefixed.ts';
import type { ByteSource } from '../bytes/source.ts';
import { show } from '../errors.ts';
import { Cursor, type GgufFail } from './cursor.ts';
import { ggmlType } from './types.ts';
import { type GgufMetadata, type GgufValue, readValue } from './value.ts';

const MAX_KEY = 65535;
const MAX_NAME = 64;
/** The header of LFM2 has 2.4 MB, the largest vocabularies need 20 MB. */
const MAX_HEADER = 2 ** 27;
/** Most key-value pairs, and most tensors: far more than any model has. */
const MAX_COUNT = 2 ** 16;
/** What a pair and a tensor take at least: lengths, types, counts and offset. */
const LEAST_PAIR = 13;
const LEAST_TENSOR = 32;

/** Where a tensor lies in its file, and what its bytes mean. */
export interface GgufTensor {
  /** Number of the element type; see {@link ggmlType}. */
  readonly type: number;
  /** As PyTorch writes it, rows first: the reverse of the file's. */
  readonly shape: readonly number[];
  /** Offset in the file of the first byte. */
  readonly begin: number;
  /** Offset in the file behind the last byte. */
  readonly end: number;
}

/** A GGUF file: everything but the data of its tensors. */
export interface GgufFile {
  readonly version: number;
  readonly metadata: GgufMetadata;
  /** By name, in the order of the data. */
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  readonly alignment: number;
  /** Offset in the file of the first byte of data. */
  readonly dataStart: number;
  /** The file, from which tensors are read: a sequential source has given away what the header needed. */
  readonly source: ByteSource;
}

/**
 * Reads and checks the header of a GGUF file, versions 2 and 3 (github.com/ggml-org/ggml, docs/gguf.md), of at most 128 MiB.
 * Counts are checked against the bytes that remain before anything is allocated: beside twice the bytes that have arrived, and
 * 1 MiB, it takes only what the values need, at most four times their bytes in the file. Tensors must lie aligned within the
 * file and may not overlap; gaps between them, and what stands in them, are not looked at.
 *
 * @param name what errors call the file.
 * @throws `bad-file` for a header that is not such a one, `unsupported` for version 1, big-endian files, arrays of arrays and
 *   unknown element types; whatever the source throws.
 */
export async function readGguf(source: ByteSource, name: string, fail: GgufFail): Promise<GgufFile> {
  const cursor = new Cursor(source, name, fail, MAX_HEADER);
  const { version, tensorCount, pairCount } = await cursor.step(() => readStart(cursor));
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < pairCount; i++) {
    const [key, value] = await cursor.step(() => readPair(cursor, metadata));
    metadata.set(key, value);
  }
  const alignment = alignmentOf(cursor, metadata);
  const infos: Info[] = [];
  const names = new Set<string>();
  for (let i = 0; i < tensorCount; i++) {
    const info = await cursor.step(() => readInfo(cursor, names));
    names.add(info.name);
    infos.push(info);
  }
  const dataStart = Math.ceil(cursor.at / alignment) * alignment;
  const tensors = place(infos, dataStart, alignment, source.size, cursor);
  const rest = source.sequential ? prefixed(source, cursor.held) : source;
  return { version, metadata, tensors, alignment, dataStart, source: rest };
}

function readStart(cursor: Cursor) {
  const magic = String.fromCharCode(...new Uint8Array(cursor.copy(4)));
  if (magic !== 'GGUF') throw cursor.error(`expected "GGUF" as the first bytes, got ${show(magic)}`);
  const version = cursor.u32();
  if (version === 1 || version === 2 << 24 || version === 3 << 24) {
    const got = version === 1 ? 'version 1' : 'big-endian numbers';
    throw cursor.unsupported(`expected version 2 or 3, little-endian, got ${got}`);
  }
  if (version !== 2 && version !== 3) throw cursor.error(`version: expected 2 or 3, got ${version}`);
  const tensorCount = cursor.count('number of tensors');
  const pairCount = cursor.count('number of key-value pairs');
  cursor.expectRoom('tensors', tensorCount, LEAST_TENSOR, MAX_COUNT);
  cursor.expectRoom('key-value pairs', pairCount, LEAST_PAIR, MAX_COUNT);
  return { version, tensorCount, pairCount };
}

function readPair(cursor: Cursor, before: ReadonlyMap<string, GgufValue>): [string, GgufValue] {
  const key = cursor.string('key', MAX_KEY);
  if (!/^[!-~]+$/.test(key)) throw cursor.error(`key: expected ASCII letters without blanks, got ${show(key)}`);
  if (before.has(key)) throw cursor.error(`${show(key)}: expected each key once`);
  return [key, readValue(cursor, show(key))];
}

function alignmentOf(cursor: Cursor, metadata: GgufMetadata): number {
  const alignment = metadata.get('general.alignment') ?? 32;
  const fits = typeof alignment === 'number' && alignment >= 8 && alignment <= 2 ** 30 && Number.isInteger(alignment);
  if (!fits || (alignment & (alignment - 1)) !== 0) {
    throw cursor.error(`general.alignment: expected a power of two of at least 8, got ${show(alignment)}`);
  }
  return alignment;
}

interface Info {
  readonly name: string;
  readonly type: number;
  readonly shape: readonly number[];
  /** Offset from the beginning of the data. */
  readonly offset: number;
  readonly bytes: number;
}

function readInfo(cursor: Cursor, before: ReadonlySet<string>): Info {
  const name = cursor.string('tensor name', MAX_NAME);
  if (before.has(name)) throw cursor.error(`tensor ${show(name)}: expected each name once`);
  const what = `tensor ${show(name)}`;
  const rank = cursor.u32();
  if (rank < 1 || rank > 4) throw cursor.error(`${what}: expected 1 to 4 dimensions, got ${rank}`);
  const sizes = Array.from({ length: rank }, (_, i) => cursor.count(`${what}: dimension ${i}`));
  const id = cursor.u32();
  const offset = cursor.count(`${what}: offset`);
  const type = ggmlType(id);
  if (type === undefined) throw cursor.unsupported(`${what}: element type ${id} is not known`);
  const elements = sizes.reduce((product, size) => product * size, 1);
  const [columns] = sizes as [number];
  if (elements < 1 || columns % type.block !== 0 || !Number.isSafeInteger(elements * type.bytes)) {
    const want = `dimensions from 1 on, the first a multiple of ${type.block}, fewer than 2^53 bytes`;
    throw cursor.error(`${what}: expected ${want} for ${type.name}, got ${show(sizes)}`);
  }
  return { name, type: id, shape: sizes.reverse(), offset, bytes: (elements / type.block) * type.bytes };
}

/** Checks where the tensors lie. */
function place(
  infos: Info[],
  dataStart: number,
  alignment: number,
  size: number | undefined,
  cursor: Cursor,
): Map<string, GgufTensor> {
  const tensors = new Map<string, GgufTensor>();
  let last = 0;
  for (const { name, type, shape, offset, bytes } of infos.sort((a, b) => a.offset - b.offset || a.bytes - b.bytes)) {
    const what = `tensor ${show(name)}`;
    if (offset % alignment !== 0) {
      throw cursor.error(`${what}: expected an offset that is a multiple of ${alignment}, got ${offset}`);
    }
    if (offset < last) throw cursor.error(`${what}: expected an offset of at least ${last}, got ${offset}, an overlap`);
    last = offset + bytes;
    const end = dataStart + last;
    if (!Number.isSafeInteger(end) || (size !== undefined && end > size)) {
      throw cursor.error(`${what}: expected its data to end within ${size ?? 2 ** 53} bytes, got ${end}`);
    }
    tensors.set(name, { type, shape, begin: dataStart + offset, end });
  }
  return tensors;
}
