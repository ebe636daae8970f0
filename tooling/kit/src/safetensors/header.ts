import type { ByteSource } from '../bytes/source.ts';
import { decodeUtf8 } from '../bytes/whole.ts';
import type { Fail } from '../errors.ts';
import { show } from '../errors.ts';
import { JsonReader } from '../json.ts';
import type { Dtype } from './dtype.ts';
import { DTYPE_BITS, isDtype } from './dtype.ts';

/** Codes of the readers of this format. */
export type SafetensorsFail = Fail<'bad-file'>;

/** The limit of the reference implementation. */
const MAX_HEADER_BYTES = 100_000_000;

/** Where a tensor lies in its file, and what its bytes mean (little-endian, row-major). */
export interface TensorEntry {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Offset in the file of the first byte. */
  readonly begin: number;
  /** Offset in the file behind the last byte. */
  readonly end: number;
}

/** What stands before the data of a safetensors file. */
export interface SafetensorsHeader {
  /** By name, in the order of the file: reading them in turn never goes back. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: ReadonlyMap<string, string>;
  /** Offset in the file of the first byte of data. */
  readonly dataStart: number;
  /** Size of the file. A source that did not know its size is sure to have no more only once it was read up to here. */
  readonly fileSize: number;
}

/**
 * Reads and checks the header of a safetensors file (format of github.com/huggingface/safetensors). Strict: each byte of
 * the data belongs to exactly one tensor, each tensor has the bytes that its type and shape need, and the header holds
 * nothing that the format does not define. No more is allocated than the file is long.
 *
 * @param name what errors call the file.
 * @param maxHeaderBytes a lower limit for the header than the format's 100 MB.
 * @throws `bad-file` for a header that is not such a one; whatever the source throws, `truncated` among it.
 */
export async function readSafetensorsHeader(
  source: ByteSource,
  name: string,
  fail: SafetensorsFail,
  maxHeaderBytes: number = MAX_HEADER_BYTES,
): Promise<SafetensorsHeader> {
  const prefix = await source.read(0, 8);
  const view = new DataView(prefix.buffer, prefix.byteOffset, 8);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  const most = Math.min(maxHeaderBytes, source.size === undefined ? maxHeaderBytes : source.size - 8);
  if (length > most) {
    throw fail('bad-file', `${name}: expected a header of at most ${most} bytes, got a length of ${length}`);
  }
  const text = decodeUtf8(await source.read(8, length), `${name}: header`, fail);
  if (!text.startsWith('{')) {
    throw fail('bad-file', `${name}: expected a header that starts with '{', got ${show(text.slice(0, 16))}`);
  }
  const dataStart = 8 + length;
  const { entries, metadata } = parse(text, dataStart, name, fail);
  entries.sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  const fileSize = checkCoverage(entries, dataStart, name, fail);
  if (source.size !== undefined && fileSize !== source.size) {
    throw fail('bad-file', `${name}: expected ${fileSize} bytes according to the header, got ${source.size}`);
  }
  return { tensors: new Map(entries), metadata, dataStart, fileSize };
}

type Named = [name: string, entry: TensorEntry];

function parse(text: string, dataStart: number, name: string, fail: SafetensorsFail) {
  const json = new JsonReader(text, `${name}: header`, fail);
  const entries: Named[] = [];
  const metadata = new Map<string, string>();
  json.object('header', (key) => {
    if (key === '__metadata__') {
      json.object(key, (field) => void metadata.set(field, json.string(show(field))));
    } else {
      entries.push([key, parseEntry(json, show(key), dataStart)]);
    }
  });
  json.end();
  return { entries, metadata };
}

function parseEntry(json: JsonReader, what: string, dataStart: number): TensorEntry {
  let dtype: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  const counts = (field: string) => {
    const list: number[] = [];
    json.array(field, () => void list.push(json.count(field)));
    return list;
  };
  json.object(what, (field) => {
    if (field === 'dtype') {
      dtype = json.string(`${what}.dtype`);
    } else if (field === 'shape') {
      shape = counts(`${what}.shape`);
    } else if (field === 'data_offsets') {
      offsets = counts(`${what}.data_offsets`);
    } else {
      throw json.error(`${what}: expected dtype, shape and data_offsets, got ${show(field)}`);
    }
  });
  if (dtype === undefined || shape === undefined || offsets === undefined) {
    throw json.error(`${what}: expected dtype, shape and data_offsets, got not all of them`);
  }
  if (!isDtype(dtype)) {
    throw json.error(`${what}.dtype: expected one of ${Object.keys(DTYPE_BITS).join(' ')}, got ${show(dtype)}`);
  }
  const [begin, end] = offsets;
  if (offsets.length !== 2 || begin === undefined || end === undefined || end < begin) {
    throw json.error(`${what}.data_offsets: expected two ascending offsets, got ${show(offsets)}`);
  }
  const size = byteSize(dtype, shape);
  if (size !== end - begin) {
    const need = Number.isInteger(size) ? `${size} bytes` : 'a whole number of bytes below 2^53';
    throw json.error(`${what}: expected ${need} for ${dtype} ${show(shape)}, got data_offsets of ${end - begin} bytes`);
  }
  if (!Number.isSafeInteger(dataStart + end)) {
    throw json.error(`${what}.data_offsets: expected offsets below 2^53, got ${show(offsets)}`);
  }
  return { dtype, shape, begin: dataStart + begin, end: dataStart + end };
}

/** Bytes of a tensor; NaN when the number of its elements or bits overflows, as in the reference also before a zero. */
function byteSize(dtype: Dtype, shape: readonly number[]): number {
  let count = 1;
  for (const extent of shape) {
    count *= extent;
    if (!Number.isSafeInteger(count)) {
      return Number.NaN;
    }
  }
  const bits = count * DTYPE_BITS[dtype];
  return Number.isSafeInteger(bits) ? bits / 8 : Number.NaN;
}

/** The tensors must follow each other without gap or overlap; returns where the last one ends. */
function checkCoverage(entries: readonly Named[], dataStart: number, name: string, fail: SafetensorsFail): number {
  let at = dataStart;
  for (const [tensor, { begin, end }] of entries) {
    if (begin !== at) {
      const [expected, got] = [at - dataStart, begin - dataStart];
      const what = begin > at ? 'a hole' : 'an overlap';
      throw fail('bad-file', `${name}: ${show(tensor)}: expected data from offset ${expected} on, got ${got}, ${what}`);
    }
    at = end;
  }
  return at;
}
