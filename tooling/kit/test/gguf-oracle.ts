import { isUtf8 } from 'node:buffer';
import { ggmlType } from '../src/gguf.ts';

/** A GGUF header by other means, for files of at most 64 kB. */
export interface Header {
  readonly version: number;
  /** Numbers as bigints or floats, lists as arrays of them. */
  readonly pairs: ReadonlyMap<string, unknown>;
  readonly tensors: ReadonlyMap<string, { type: number; shape: number[]; begin: number; end: number }>;
  readonly alignment: number;
  readonly dataStart: number;
}

const SIZE: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };
const SIGNED = [1, 3, 5, 11];

function need(holds: boolean): asserts holds {
  if (!holds) throw new RangeError('not a GGUF file');
}

/** Walks over a file with bigints; throws a RangeError where a rule of the format is broken or the bytes end. */
export function parseGguf(file: Buffer): Header {
  let at = 0;
  const word = (bytes: number) => {
    need(at + bytes <= file.length);
    let value = 0n;
    for (let i = bytes - 1; i >= 0; i--) value = value * 256n + BigInt(file[at + i] as number);
    at += bytes;
    return value;
  };
  const string = (most: bigint) => {
    const length = word(8);
    need(length <= most && BigInt(at) + length <= BigInt(file.length));
    const bytes = file.subarray(at, at + Number(length));
    need(isUtf8(bytes));
    at += bytes.length;
    return bytes.toString('utf8');
  };
  const scalar = (type: number) => {
    const bytes = SIZE[type];
    need(bytes !== undefined);
    const value = word(bytes);
    if (type === 6) return file.readFloatLE(at - 4);
    if (type === 12) return file.readDoubleLE(at - 8);
    need(type !== 7 || value <= 1n);
    return SIGNED.includes(type) ? BigInt.asIntN(8 * bytes, value) : value;
  };
  const value = (type: number): unknown => {
    if (type === 8) return string(1n << 24n);
    if (type !== 9) return type === 7 ? scalar(7) === 1n : scalar(type);
    const element = Number(word(4));
    const length = word(8);
    need(element === 8 || element in SIZE);
    need(length * BigInt(SIZE[element] ?? 8) <= BigInt(file.length - at));
    return Array.from({ length: Number(length) }, () => (element === 8 ? string(1n << 24n) : scalar(element)));
  };

  need(file.toString('latin1', 0, 4) === 'GGUF');
  at = 4;
  const version = Number(word(4));
  need(version === 2 || version === 3);
  const [tensorCount, pairCount] = [word(8), word(8)];
  need(tensorCount <= 65_536n && pairCount <= 65_536n);
  const pairs = new Map<string, unknown>();
  for (let i = 0n; i < pairCount; i++) {
    const key = string(65_535n);
    need(/^[\x21-\x7e]+$/.test(key) && !pairs.has(key));
    pairs.set(key, value(Number(word(4))));
  }
  const alignment = Number(pairs.get('general.alignment') ?? 32);
  need([...Array(28).keys()].some((shift) => alignment === 8 << shift) && alignment <= 2 ** 30);
  need(!['string', 'boolean', 'object'].includes(typeof pairs.get('general.alignment')));
  const infos: { name: string; id: number; dims: bigint[]; offset: bigint; end: bigint }[] = [];
  for (let i = 0n; i < tensorCount; i++) {
    const name = string(64n);
    const rank = Number(word(4));
    need(rank >= 1 && rank <= 4);
    const dims = Array.from({ length: rank }, () => word(8));
    const id = Number(word(4));
    const offset = word(8);
    const type = ggmlType(id);
    need(type !== undefined && !infos.some((other) => other.name === name));
    const elements = dims.reduce((a, b) => a * b, 1n);
    need(elements > 0n && (dims[0] as bigint) % BigInt(type.block) === 0n && offset % BigInt(alignment) === 0n);
    infos.push({ name, id, dims, offset, end: offset + (elements / BigInt(type.block)) * BigInt(type.bytes) });
  }
  const dataStart = at + ((alignment - (at % alignment)) % alignment);
  for (const a of infos) {
    need(BigInt(dataStart) + a.end <= BigInt(file.length));
    for (const b of infos) need(a === b || a.end <= b.offset || b.end <= a.offset);
  }
  const ordered = infos.toSorted((a, b) => Number(a.offset - b.offset));
  const entries = ordered.map(({ name, id, dims, offset, end }) => {
    const shape = dims.map(Number).reverse();
    return [name, { type: id, shape, begin: dataStart + Number(offset), end: dataStart + Number(end) }] as const;
  });
  return { version, pairs, tensors: new Map(entries), alignment, dataStart };
}
