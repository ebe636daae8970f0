import { GgufBytes } from '@gossamer/testkit/gguf';
import { generator } from '@gossamer/testkit/random';
import { expect, it } from 'vitest';
import type { ByteSource } from '../src/bytes.ts';
import { GGML, type GgufFile, type GgufValue, ggmlType, readGguf } from '../src/gguf.ts';
import { fail, KitFailure } from './failure.ts';
import { TYPE } from './gguf-file.ts';
import { type Header, parseGguf } from './gguf-oracle.ts';

const FILES = 24_000;
const LARGEST = 65_536;

class Dice {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = generator(seed);
  }

  below(n: number): number {
    return Math.floor(this.#next() * n);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

/** A file, and where its counts, lengths, types, dimensions and offsets are. */
interface Model {
  readonly file: Uint8Array<ArrayBuffer>;
  readonly fields: { readonly at: number; readonly bytes: 4 | 8 }[];
}

const NUMBERS = Object.values(TYPE).filter((type) => type !== TYPE.string && type !== TYPE.array);
const KEYS = ['general.architecture', 'lfm2.block_count', 'tokenizer.ggml.tokens', 'a', '__proto__', 'x.y'];
const TEXTS = ['', 'lfm2', 'é', '🙂', '\0', 'x'.repeat(200)];
const BYTES_OF: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};

/** A valid file of up to 7 pairs and 7 tensors; one in eight has something twice. */
function makeModel(dice: Dice): Model {
  const out = new GgufBytes();
  const fields: Model['fields'] = [];
  const u32 = (value: number) => {
    fields.push({ at: out.length, bytes: 4 });
    out.u32(value);
  };
  const u64 = (value: number) => {
    fields.push({ at: out.length, bytes: 8 });
    out.u64(value);
  };
  const string = (text: string) => {
    const bytes = new TextEncoder().encode(text);
    u64(bytes.length);
    out.bytes(bytes);
  };
  const numbers = (type: number, count: number) => {
    const most = type === TYPE.bool ? 2 : 256;
    out.bytes(Uint8Array.from({ length: count * (BYTES_OF[type] as number) }, () => dice.below(most)));
  };
  const twice = dice.below(8) === 0 ? 0 : 1;
  const keys = Array.from({ length: dice.below(7) }, (_, i) => dice.pick(KEYS) + (twice * i || ''));
  const names = Array.from(
    { length: dice.below(7) },
    (_, i) => dice.pick(['token_embd', 'blk.0.', 'é', '']) + twice * i,
  );
  const alignment = dice.pick([0, 0, 8, 16, 32, 64]);
  out.bytes(new TextEncoder().encode('GGUF'));
  u32(dice.pick([2, 3]));
  u64(names.length);
  u64(keys.length + (alignment > 0 ? 1 : 0));
  if (alignment > 0) {
    string('general.alignment');
    u32(TYPE.u32);
    u32(alignment);
  }
  for (const key of keys) {
    string(key);
    const type = dice.pick([...NUMBERS, TYPE.string, TYPE.array]);
    u32(type);
    if (type === TYPE.string) string(dice.pick(TEXTS));
    else if (type === TYPE.array) {
      const element = dice.pick([...NUMBERS, TYPE.string]);
      const count = dice.pick([0, 1, 2, 5, 100]);
      u32(element);
      u64(count);
      if (element === TYPE.string) for (let i = 0; i < count; i++) string(dice.pick(TEXTS));
      else numbers(element, count);
    } else numbers(type, 1);
  }
  const align = (size: number) => Math.ceil(size / (alignment || 32)) * (alignment || 32);
  let offset = 0;
  for (const name of names) {
    const id = dice.pick(Object.values(GGML));
    const { block, bytes } = ggmlType(id) as { block: number; bytes: number };
    const dims = Array.from({ length: 1 + dice.below(4) }, () => 1 + dice.below(3));
    string(name);
    u32(dims.length);
    for (const [i, size] of dims.entries()) u64(i === 0 ? size * block : size);
    u32(id);
    u64(offset);
    offset = align(offset + dims.reduce((a, b) => a * b, bytes));
  }
  const file = new Uint8Array(align(out.length) + offset);
  file.set(out.join());
  return { file, fields };
}

const ODD = [0n, 1n, 2n, 5n, 7n, 8n, 9n, 31n, 32n, 33n, 65n, 255n, 65_536n, 2n ** 24n, 2n ** 31n, 2n ** 32n - 1n];
const ODD_64 = [...ODD, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 56n, 2n ** 61n + 1n, 2n ** 63n, 2n ** 64n - 1n];

/** Changes one count, length, type, dimension or offset, to another altogether or to one nearby. */
function editField({ file, fields }: Model, dice: Dice): Uint8Array<ArrayBuffer> {
  const { at, bytes } = dice.pick(fields);
  const view = new DataView(file.buffer);
  const now = bytes === 4 ? BigInt(view.getUint32(at, true)) : view.getBigUint64(at, true);
  const near = now + dice.pick([-32n, -8n, -1n, 1n, 8n, 32n, 256n]);
  const value = dice.below(2) === 0 ? near : dice.pick(bytes === 4 ? ODD : ODD_64);
  if (bytes === 4) view.setUint32(at, Number(BigInt.asUintN(32, value)), true);
  else view.setBigUint64(at, value, true);
  return file;
}

/** Changes the bytes: flips, cuts, appends, moves, fills; mostly in the header. */
function editBytes(file: Uint8Array<ArrayBuffer>, dice: Dice): Uint8Array<ArrayBuffer> {
  const place = () => dice.below(dice.below(4) === 0 ? file.length : Math.min(file.length, 512));
  switch (dice.below(5)) {
    case 0:
      for (let i = dice.pick([1, 1, 2, 16]); i > 0; i--) {
        const at = place();
        file[at] = (file[at] as number) ^ (1 << dice.below(8));
      }
      return file;
    case 1:
      return file.slice(0, place());
    case 2: {
      const longer = new Uint8Array(file.length + dice.pick([1, 8, 100, 10_000]));
      longer.set(file);
      return longer;
    }
    case 3: {
      const from = place();
      file.copyWithin(place(), from, from + dice.below(64));
      return file;
    }
    default: {
      const at = place();
      file.fill(dice.below(256), at, at + dice.below(16));
      return file;
    }
  }
}

function mutate(dice: Dice): Uint8Array<ArrayBuffer> {
  const model = makeModel(dice);
  switch (dice.below(4)) {
    case 0:
      return model.file;
    case 1:
      return editBytes(editField(model, dice), dice);
    case 2:
      return editBytes(model.file, dice);
    default:
      return editField(model, dice);
  }
}

/** A source that notes the largest buffer that it was given to fill. */
class Watched implements ByteSource {
  readonly sequential = false;
  readonly size: number | undefined;
  room = 0;
  readonly #file: Uint8Array;

  constructor(file: Uint8Array, size: number | undefined) {
    this.#file = file;
    this.size = size;
  }

  async readSome(offset: number, into: Uint8Array): Promise<number> {
    this.room = Math.max(this.room, into.buffer.byteLength);
    const part = this.#file.subarray(offset, offset + into.length);
    into.set(part);
    return part.length;
  }

  async read(): Promise<never> {
    throw new Error('not used by the header reader');
  }

  async close(): Promise<void> {}
}

async function outcome(source: ByteSource): Promise<GgufFile | KitFailure> {
  try {
    return await readGguf(source, 'file', fail);
  } catch (error) {
    if (error instanceof KitFailure && (error.code === 'bad-file' || error.code === 'unsupported')) {
      return error;
    }
    throw error;
  }
}

function oracle(file: Uint8Array<ArrayBuffer>): Header | undefined {
  try {
    return parseGguf(Buffer.from(file.buffer, file.byteOffset, file.length));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** A value in the form of the oracle. */
function plain(value: GgufValue | bigint): unknown {
  if (ArrayBuffer.isView(value)) {
    const floats = value instanceof Float32Array || value instanceof Float64Array;
    return Array.from(value as ArrayLike<number | bigint>, (each) => (floats ? each : BigInt(each)));
  }
  return value;
}

/** Bytes that a value takes, those of JavaScript's own bookkeeping left out. */
function weight(value: GgufValue): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value === 'string') return value.length;
  return Array.isArray(value) ? value.reduce((sum, each) => sum + each.length, 0) : 1;
}

function expectSame(got: GgufFile, want: Header): void {
  const { version, alignment, dataStart } = got;
  expect({ version, alignment, dataStart }).toEqual({
    version: want.version,
    alignment: want.alignment,
    dataStart: want.dataStart,
  });
  expect([...got.tensors]).toEqual([...want.tensors]);
  expect([...got.metadata.keys()]).toEqual([...want.pairs.keys()]);
  for (const [key, value] of got.metadata) {
    const expected = want.pairs.get(key);
    const exact = typeof expected === 'bigint' && Number.isSafeInteger(Number(expected)) ? Number(expected) : expected;
    expect(plain(value)).toEqual(exact);
  }
}

it(`reads or refuses each of ${FILES} mutated files as another parser does, within its bounds`, async () => {
  let accepted = 0;
  let largest = 0;
  const complaints = new Set<string>();
  for (let seed = 0; seed < FILES; seed++) {
    const file = mutate(new Dice(seed));
    largest = Math.max(largest, file.length);
    const source = new Watched(file, file.length);
    const result = await outcome(source);
    const expected = oracle(file);
    if (result instanceof KitFailure !== (expected === undefined)) {
      throw new Error(`seed ${seed}: ${result instanceof KitFailure ? result.message : 'a bad file was read'}`);
    }
    if (source.room > file.length) throw new Error(`seed ${seed}: room for ${source.room} of ${file.length} bytes`);
    if (result instanceof KitFailure) {
      complaints.add(result.message.replace(/"(?:[^"\\]|\\.)*"|\[.*?\]|\d+/g, '…').slice(0, 40));
    } else if (expected !== undefined) {
      accepted++;
      expectSame(result, expected);
      const bytes = [...result.metadata.values()].reduce((sum: number, value) => sum + weight(value), 0);
      expect(bytes).toBeLessThanOrEqual(file.length);
    }
    if (seed % 8 === 0) {
      const stream = new Watched(file, undefined);
      const streamed = await outcome(stream);
      expect(stream.room).toBeLessThanOrEqual(2 ** 20); // as much as is made room for at first
      if (streamed instanceof KitFailure) {
        expect(result).toBeInstanceOf(KitFailure);
      } else if (result instanceof KitFailure) {
        expect(result.message).toContain('to end within'); // which a stream shows when its data are read
      }
    }
  }
  expect(largest).toBeLessThanOrEqual(LARGEST);
  // Both outcomes are exercised, and so are the rules.
  expect(accepted).toBeGreaterThan(FILES / 5);
  expect(accepted).toBeLessThan(FILES / 2);
  expect(complaints.size).toBeGreaterThan(20);
});
