import { readJson } from '@gossamer/testkit/fixtures';
import { expect, it } from 'vitest';
import { type ByteSource, openSource } from '../src/bytes.ts';
import { GGML, type GgufFile, readGguf } from '../src/gguf.ts';
import { fail } from './failure.ts';
import { fileOf, list, type Parts, type Piece, pair, TYPE, tensor } from './gguf-file.ts';

const FIXTURE = readJson<{ types: { file: string } }>(new URL('fixtures/gguf.json', import.meta.url));
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));

async function read(file: Uint8Array): Promise<GgufFile> {
  return readGguf(await openSource(file, fail), 'model', fail);
}

async function streamed(file: Uint8Array): Promise<GgufFile> {
  return readGguf(await openSource(new Blob([file as BlobPart]).stream(), fail), 'model', fail);
}

/** Bytes and a stream of unknown size must both be refused; only the former knows what remains. */
async function refused(file: Uint8Array, message: string, code = 'bad-file', fromStream = message): Promise<void> {
  await expect(read(file)).rejects.toMatchObject({ code, message: expect.stringContaining(`model: ${message}`) });
  await expect(streamed(file)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(`model: ${fromStream}`),
  });
}

const u8 = (key: string) => pair(key, TYPE.u8, (out) => out.value('u8', 1));
const u32 = (key: string, value: number) => pair(key, TYPE.u32, (out) => out.u32(value));
/** An element type of a byte. */
const I8 = 24;
const nothing: Piece = (out) => out;
const ABSURD = [2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 61n, 2n ** 63n, 2n ** 64n - 1n] as const;

it.each<[string, Parts, string, code?: string]>([
  ['other letters', { magic: 'GGML' }, 'expected "GGUF" as the first bytes, got "GGML"'],
  ['letters in reverse', { magic: 'FUGG' }, 'expected "GGUF" as the first bytes'],
  ['version 0', { version: 0 }, 'version: expected 2 or 3, got 0'],
  ['version 1', { version: 1 }, 'expected version 2 or 3, little-endian, got version 1', 'unsupported'],
  ['version 4', { version: 4 }, 'version: expected 2 or 3, got 4'],
  ['version 2^32 − 1', { version: 2 ** 32 - 1 }, 'version: expected 2 or 3, got 4294967295'],
  ['version 2, big-endian', { version: 2 << 24 }, 'expected version 2 or 3, little-endian', 'unsupported'],
  ['a version that only looks big-endian', { version: 4 << 24 }, 'version: expected 2 or 3'],
])('refuses a file with %s', (_, parts, message, code) => refused(fileOf(parts), message, code));

it('refuses counts that the file cannot hold', async () => {
  for (const count of ABSURD) {
    const message = count < 2n ** 53n ? ': expected at most 65536, got' : ': expected a number below 2^53, got about';
    await refused(fileOf({ tensorCount: count }), `${count < 2n ** 53n ? 'tensors' : 'number of tensors'}${message}`);
    await refused(
      fileOf({ pairCount: count }),
      `${count < 2n ** 53n ? 'key-value pairs' : 'number of key-value pairs'}${message}`,
    );
  }
  await refused(fileOf({ tensorCount: 65_537 }), 'tensors: expected at most 65536, got 65537');
  // The smallest tensor needs 32 bytes, the smallest pair 13: a stream finds out by reading.
  const tight = 'tensors: expected at most 72 bytes more, got 3 of 32';
  await refused(fileOf({ tensorCount: 3 }), tight, 'bad-file', 'tensor "": expected 1 to 4 dimensions, got 0');
  await refused(
    fileOf({ pairCount: 6 }),
    'key-value pairs: expected at most 72 bytes',
    'bad-file',
    'key: expected ASCII',
  );
});

it('refuses counts that are smaller or larger than the truth', async () => {
  const tensors = [tensor(), tensor({ name: 'y', offset: 32 })];
  const pairs = [u8('a'), u8('b')];
  await expect(read(fileOf({ tensors, pairs }))).resolves.toBeDefined();
  await refused(fileOf({ tensors, pairs, pairCount: 1 }), 'tensor "b": expected 1 to 4 dimensions, got 0');
  await refused(fileOf({ tensors, pairs, pairCount: 3 }), 'tensor "": expected 1 to 4 dimensions, got 0');
  await refused(fileOf({ tensors, pairs, tensorCount: 3 }), 'tensor "": expected 1 to 4 dimensions, got 0');
});

it.each<[string, Piece, string, code?: string]>([
  ['an empty key', u8(''), 'key: expected ASCII letters without blanks, got ""'],
  ['a key that is not ASCII', u8('é'), 'key: expected ASCII letters without blanks, got "é"'],
  ['a key with a blank', u8('a b'), 'key: expected ASCII'],
  ['a key with NUL', u8('a\0'), 'key: expected ASCII'],
  ['a key that is not UTF-8', pair(Uint8Array.of(0xc3, 0x28), TYPE.u8, (o) => o.value('u8', 1)), 'key: expected UTF-8'],
  ['a key that is too long', u8('a'.repeat(65_536)), 'key: expected at most 65535 bytes, got 65536'],
  ['an unknown type', pair('a', 13, (o) => o.u64(0)), '"a": expected a value type from 0 to 12, got 13'],
  ['a type of 2^32 − 1', pair('a', 2 ** 32 - 1, (o) => o.u64(0)), '"a": expected a value type from 0 to 12'],
  ['a flag of 2', pair('a', TYPE.bool, (o) => o.value('u8', 2)), '"a": expected flags of 0 or 1, got 2'],
  ['a flag of 255', pair('a', TYPE.bool, (o) => o.value('u8', 255)), '"a": expected flags of 0 or 1, got 255'],
  ['a flag of 2 in a list', list('a', TYPE.bool, 2, (o) => o.value('u8', 1).value('u8', 2)), '"a": expected flags of'],
  ['a string that is not UTF-8', pair('a', TYPE.string, (o) => o.u64(1).value('u8', 0xff)), '"a": expected UTF-8'],
  [
    'a lone surrogate',
    pair('a', TYPE.string, (o) => o.u64(3).bytes(Uint8Array.of(0xed, 0xa0, 0x80))),
    '"a": expected UTF-8',
  ],
  ['an overlong NUL', pair('a', TYPE.string, (o) => o.u64(2).bytes(Uint8Array.of(0xc0, 0x80))), '"a": expected UTF-8'],
  [
    'a bad string in a list',
    list('a', TYPE.string, 2, (o) => o.string('x').u64(1).value('u8', 0x80)),
    '"a"[1]: expected',
  ],
  ['a list of an unknown type', list('a', 13, 0, nothing), '"a": expected a value type from 0 to 12, got 13'],
  [
    'a list of lists',
    list('a', TYPE.array, 1, (o) => o.u32(0).u64(0)),
    '"a": expected an array of numbers',
    'unsupported',
  ],
  ['an empty list of lists', list('a', TYPE.array, 0, nothing), '"a": expected an array of numbers', 'unsupported'],
])('refuses a pair with %s', (_, piece, message, code) =>
  refused(fileOf({ pairs: [piece], data: 70_000 }), message, code),
);

it('takes the longest key and the longest name', async () => {
  const pairs = [u8('a'.repeat(65_535))];
  const { metadata, tensors } = await read(fileOf({ pairs, tensors: [tensor({ name: 'é'.repeat(32) })] }));
  expect([[...metadata.keys()][0]?.length, [...tensors.keys()]]).toEqual([65_535, ['é'.repeat(32)]]);
});

it('refuses lengths beyond the file before anything of that size is allocated', async () => {
  for (const length of ABSURD) {
    const message = length < 2n ** 53n ? 'expected at most' : 'length: expected a number below 2^53';
    const piece = (key: string, write: Piece) => pair(key, TYPE.string, write);
    await refused(
      fileOf({ pairs: [(out) => out.u64(length)] }),
      `key${length < 2n ** 53n ? '' : ': length'}: expected`,
    );
    await refused(fileOf({ pairs: [piece('a', (out) => out.u64(length))] }), `"a": ${message}`);
    const numbers = length < 2n ** 53n ? '"a": expected at most' : '"a": length: expected';
    for (const type of [TYPE.u8, TYPE.i16, TYPE.f32, TYPE.bool, TYPE.u64]) {
      await refused(fileOf({ pairs: [list('a', type, length, nothing)] }), numbers);
    }
    const strings = length < 2n ** 53n ? '"a": strings: expected at most 4194304, got' : '"a": length: expected';
    await refused(fileOf({ pairs: [list('a', TYPE.string, length, nothing)] }), strings);
    await refused(fileOf({ tensors: [(out) => out.u64(length)] }), 'tensor name');
  }
  // products that wrap around in 32 or 64 bits
  await refused(fileOf({ pairs: [list('a', TYPE.u32, 2n ** 30n + 1n, nothing)] }), '"a": expected at most');
  await refused(fileOf({ pairs: [list('a', TYPE.f64, 2n ** 29n + 1n, nothing)] }), '"a": expected at most');
  const ten = fileOf({ pairs: [list('a', TYPE.string, 10, nothing)] });
  await refused(ten, '"a": strings: expected at most 79 bytes more, got 10 of 8', 'bad-file', 'header: ended');
  await refused(
    fileOf({ pairs: [pair('a', TYPE.string, (o) => o.u64(2 ** 24 + 1))] }),
    '"a": expected at most 16777216',
  );
});

it('refuses a key that occurs twice', async () => {
  await refused(fileOf({ pairs: [u8('a'), u8('b'), u32('a', 1)] }), '"a": expected each key once');
});

it.each<[string, Piece, string]>([
  ['0', u32('general.alignment', 0), 'got 0'],
  ['1', u32('general.alignment', 1), 'got 1'],
  ['4', u32('general.alignment', 4), 'got 4'],
  ['24, a multiple of 8', u32('general.alignment', 24), 'got 24'],
  ['2^31', u32('general.alignment', 2 ** 31), 'got 2147483648'],
  ['2^63', pair('general.alignment', TYPE.u64, (o) => o.u64(2n ** 63n)), 'got 9223372036854775808'],
  ['−32', pair('general.alignment', TYPE.i32, (o) => o.u32(-32)), 'got -32'],
  ['32.5', pair('general.alignment', TYPE.f32, (o) => o.value('f32', 32.5)), 'got 32.5'],
  ['a string', pair('general.alignment', TYPE.string, (o) => o.string('32')), 'got "32"'],
  ['a flag', pair('general.alignment', TYPE.bool, (o) => o.value('u8', 1)), 'got true'],
  ['a list', list('general.alignment', TYPE.u32, 1, (o) => o.u32(32)), 'got Uint32Array'],
])('refuses an alignment of %s', (_, piece, got) => {
  return refused(fileOf({ pairs: [piece] }), `general.alignment: expected a power of two of at least 8, ${got}`);
});

it.each([8, 16, 32, 4096])('places data at an alignment of %i', async (alignment) => {
  const tensors = [tensor({ dims: [1], offset: 0 }), tensor({ name: 'y', dims: [1], offset: alignment })];
  const parts = { pairs: [u32('general.alignment', alignment)], alignment, data: alignment + 4 };
  const file = await read(fileOf({ ...parts, tensors }));
  expect([file.dataStart % alignment, file.tensors.get('y')?.begin]).toEqual([0, file.dataStart + alignment]);
  const crooked = [tensor({ dims: [1] }), tensor({ name: 'y', dims: [1], offset: alignment - 4 })];
  const message = `tensor "y": expected an offset that is a multiple of ${alignment}, got ${alignment - 4}`;
  await refused(fileOf({ ...parts, tensors: crooked }), message);
});

it.each<[string, Parameters<typeof tensor>[0], string, code?: string]>([
  ['a name of 65 bytes', { name: 'x'.repeat(65) }, 'tensor name: expected at most 64 bytes, got 65'],
  ['a name of 33 letters and 66 bytes', { name: 'é'.repeat(33) }, 'tensor name: expected at most 64 bytes, got 66'],
  ['a name that is not UTF-8', { name: Uint8Array.of(0xff) }, 'tensor name: expected UTF-8'],
  ['no dimensions', { dims: [] }, 'tensor "x": expected 1 to 4 dimensions, got 0'],
  ['five dimensions', { dims: [1, 1, 1, 1, 1] }, 'tensor "x": expected 1 to 4 dimensions, got 5'],
  ['2^32 − 1 dimensions', { rank: 2 ** 32 - 1 }, 'tensor "x": expected 1 to 4 dimensions, got 4294967295'],
  ['a dimension of 0', { dims: [8, 0] }, 'tensor "x": expected dimensions from 1 on'],
  ['no columns', { dims: [0] }, 'tensor "x": expected dimensions from 1 on'],
  ['a dimension of 0 before an overflow', { dims: [0, 2 ** 52, 2 ** 52, 2 ** 52] }, 'tensor "x": expected dimensions'],
  ['a dimension of 2^53', { dims: [2n ** 53n] }, 'tensor "x": dimension 0: expected a number below 2^53'],
  ['a dimension of −1', { dims: [8, -1] }, 'tensor "x": dimension 1: expected a number below 2^53'],
  ['a product of 2^64', { dims: [2 ** 32, 2 ** 32] }, 'tensor "x": expected dimensions from 1 on'],
  ['a product of 2^64 + 8', { dims: [8, 2n ** 61n + 1n] }, 'tensor "x": dimension 1: expected'],
  ['a product of 2^64 from four', { dims: [65_536, 65_536, 65_536, 65_536] }, 'tensor "x": expected dimensions'],
  ['bytes beyond 2^53', { dims: [2 ** 51] }, 'tensor "x": expected dimensions from 1 on'],
  [
    'half a block',
    { dims: [16, 2], type: GGML.Q4_0 },
    'the first a multiple of 32, fewer than 2^53 bytes for Q4_0, got [16',
  ],
  ['blocks across rows', { dims: [128, 2], type: GGML.Q4_K }, 'the first a multiple of 256'],
  ['a type that was removed', { type: 4 }, 'tensor "x": element type 4 is not known', 'unsupported'],
  ['a type of 2^32 − 1', { type: 2 ** 32 - 1 }, 'tensor "x": element type 4294967295 is not known', 'unsupported'],
  ['an offset of 31', { offset: 31 }, 'tensor "x": expected an offset that is a multiple of 32, got 31'],
  ['an offset of 2^53', { offset: 2n ** 53n }, 'tensor "x": offset: expected a number below 2^53'],
  ['an offset of −32', { offset: -32 }, 'tensor "x": offset: expected a number below 2^53'],
  ['an end beyond 2^53', { offset: 2 ** 53 - 32 }, 'tensor "x": expected its data to end within'],
])('refuses a tensor with %s', async (_, changes, message, code) => {
  const file = fileOf({ tensors: [tensor(changes)] });
  const error = { code: code ?? 'bad-file', message: expect.stringContaining(message) };
  await expect(read(file)).rejects.toMatchObject(error);
  await expect(streamed(file)).rejects.toMatchObject(error);
});

it.each<[string, number[], number, number]>([
  ['a byte', [9], I8, 32],
  ['a block', [64], GGML.Q4_0, 32],
  ['far', [2 ** 40], I8, 0],
  ['its whole length', [8], I8, 64],
  ['all rows but one', [8, 2 ** 20], I8, 32],
])('refuses data that ends past the file by %s', async (_, dims, type, offset) => {
  const file = fileOf({ tensors: [tensor({ dims, type, offset })], data: 40 });
  const end = file.length - 40 + offset + (type === I8 ? dims.reduce((a, b) => a * b) : 36);
  const message = `tensor "x": expected its data to end within ${file.length} bytes, got ${end}`;
  await expect(read(file)).rejects.toMatchObject({ code: 'bad-file', message: `model: ${message}` });
});

it('takes data that ends with the file', async () => {
  const file = fileOf({ tensors: [tensor({ dims: [8], type: I8, offset: 32 })], data: 40 });
  expect((await read(file)).tensors.get('x')?.end).toBe(file.length);
});

it('refuses overlaps, wherever they are in the table', async () => {
  const at = (name: string, offset: number, columns: number) => tensor({ name, offset, dims: [columns] });
  await expect(read(fileOf({ tensors: [at('b', 32, 8), at('a', 0, 8)] }))).resolves.toBeDefined();
  for (const tensors of [
    [at('a', 0, 9), at('b', 32, 1)],
    [at('b', 32, 1), at('a', 0, 9)],
    [at('a', 0, 1), at('b', 0, 1)],
    [at('a', 0, 16), at('b', 32, 8)],
    [at('a', 0, 8), at('b', 32, 8), at('c', 32, 8)],
  ]) {
    await refused(fileOf({ tensors }), 'tensor');
    await expect(read(fileOf({ tensors }))).rejects.toThrow('an overlap');
  }
});

it('refuses a tensor that occurs twice', async () => {
  await refused(fileOf({ tensors: [tensor(), tensor({ offset: 32 })] }), 'tensor "x": expected each name once');
});

it('refuses the header cut at each byte', async () => {
  const file = bytesOf(FIXTURE.types.file);
  const { dataStart, alignment } = await read(file);
  for (let length = 0; length < dataStart; length++) {
    await expect(read(file.subarray(0, length))).rejects.toMatchObject({ code: 'bad-file' });
  }
  // A stream does not miss the padding and the data before they are read.
  for (let length = 0; length < dataStart - alignment; length += 7) {
    await expect(streamed(file.subarray(0, length))).rejects.toMatchObject({ code: 'bad-file' });
  }
  await expect(read(file.subarray(0, dataStart))).rejects.toThrow('to end within');
});

/** A source that never tells its size, gives what it has, and notes how much room it was offered. */
class Watched implements ByteSource {
  readonly size: undefined;
  readonly sequential = false;
  room = 0;
  readonly #file: Uint8Array;

  constructor(file: Uint8Array) {
    this.#file = file;
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

it('makes room for twice what has arrived, whatever a length says', async () => {
  for (const bytes of [10, 2 ** 20 + 5, 3 * 2 ** 20]) {
    const source = new Watched(fileOf({ pairs: [list('a', TYPE.u64, 2 ** 23, nothing)], data: bytes }));
    await expect(readGguf(source, 'model', fail)).rejects.toThrow('header: ended after');
    expect(source.room).toBeLessThanOrEqual(Math.max(2 ** 20, 2 * (bytes + 128)));
  }
});

it('refuses a header over 128 MiB before it is read', async () => {
  const source = new Watched(fileOf({ pairs: [list('a', TYPE.u8, 2 ** 27, nothing)] }));
  await expect(readGguf(source, 'model', fail)).rejects.toThrow(/"a": expected at most 13421\d{4} bytes more/);
  expect(source.room).toBe(2 ** 20);
});

it('passes on what the source throws', async () => {
  const source = await openSource(fileOf(), fail);
  await source.close();
  await expect(readGguf(source, 'model', fail)).rejects.toMatchObject({ code: 'disposed' });
});
