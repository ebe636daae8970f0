import { expect, it } from 'vitest';
import { openSource } from '../src/bytes.ts';
import { DTYPE_BITS, readSafetensorsHeader, readSafetensorsIndex } from '../src/safetensors.ts';
import { fail } from './failure.ts';
import type { Fields } from './safetensors-file.ts';
import { fileOf, tensor } from './safetensors-file.ts';

async function read(file: Uint8Array, maxHeaderBytes?: number) {
  return readSafetensorsHeader(await openSource(file, fail), 'model', fail, maxHeaderBytes);
}

function refused(file: Uint8Array, message: string, maxHeaderBytes?: number) {
  return expect(read(file, maxHeaderBytes)).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringContaining(message),
  });
}

function withHeader(header: Fields, dataBytes: number): Uint8Array {
  return fileOf(JSON.stringify(header), dataBytes);
}

it('reads tensors in the order of the file, whatever the order of the header', async () => {
  const header = {
    late: tensor('F32', [2, 3], 8, 32),
    __metadata__: { format: 'pt', 'a "b"': 'é' },
    early: tensor('BF16', [4], 0, 8),
    none: tensor('F64', [0, 7], 32, 32),
    'scalar.é🙂': tensor('U8', [], 32, 33),
  };
  const text = `${JSON.stringify(header)}   `; // blanks pad a header to a multiple of 8
  const { tensors, metadata, dataStart, fileSize } = await read(fileOf(text, 33));
  const start = 8 + new TextEncoder().encode(text).length;
  expect([dataStart, fileSize]).toEqual([start, start + 33]);
  expect([...tensors]).toEqual([
    ['early', { dtype: 'BF16', shape: [4], begin: start, end: start + 8 }],
    ['late', { dtype: 'F32', shape: [2, 3], begin: start + 8, end: start + 32 }],
    ['none', { dtype: 'F64', shape: [0, 7], begin: start + 32, end: start + 32 }],
    ['scalar.é🙂', { dtype: 'U8', shape: [], begin: start + 32, end: start + 33 }],
  ]);
  expect([...metadata]).toEqual([['format', 'pt'], ['a "b"', 'é']]); // biome-ignore format: two pairs
});

it('knows every element type', async () => {
  for (const [dtype, bits] of Object.entries(DTYPE_BITS)) {
    const { tensors } = await read(withHeader({ x: tensor(dtype, [4, 2], 0, bits) }, bits));
    expect(tensors.get('x')?.dtype).toBe(dtype);
  }
});

it('reads a file without tensors', async () => {
  const { tensors, metadata, fileSize } = await read(fileOf('{}', 0));
  expect([tensors.size, metadata.size, fileSize]).toEqual([0, 0, 10]);
});

it('keeps names apart that mean something to JavaScript', async () => {
  const header =
    '{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"constructor":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}';
  expect([...(await read(fileOf(header, 2))).tensors.keys()]).toEqual(['__proto__', 'constructor']);
});

it('refuses a file that ends before its header', async () => {
  for (const length of [0, 1, 7]) {
    await expect(read(new Uint8Array(length))).rejects.toMatchObject({ code: 'truncated' });
  }
  await refused(fileOf('{}', 0, 3n), 'model: expected a header of at most 2 bytes, got a length of 3');
  await refused(fileOf('{}', 0, 2n ** 64n - 1n), 'expected a header of at most 2 bytes');
  await refused(fileOf('{}', 0, 100_000_001n), 'at most 2 bytes');
  await refused(fileOf('{}', 100), 'at most 1 bytes', 1);
});

it('refuses a length over the limit before it reads on, also when the size is unknown', async () => {
  let read = 0;
  const stream = new ReadableStream<Uint8Array>(
    { pull: (controller) => controller.enqueue(read++ === 0 ? fileOf('', 0, 100_000_001n) : new Uint8Array(1 << 20)) },
    { highWaterMark: 0 },
  );
  const source = await openSource(stream, fail);
  await expect(readSafetensorsHeader(source, 'model', fail)).rejects.toMatchObject({
    code: 'bad-file',
    message: 'model: expected a header of at most 100000000 bytes, got a length of 100000001',
  });
  expect(read).toBe(1);
});

it('refuses a header that is not JSON of the right form', async () => {
  await refused(fileOf(Uint8Array.of(0x7b, 0xc3, 0x28, 0x7d), 0), 'model: header: expected UTF-8');
  await refused(fileOf(' {}', 0), `starts with '{', got " {}"`);
  await refused(fileOf('\ufeff{}', 0), `starts with '{'`);
  await refused(fileOf('', 0), `starts with '{'`);
  await refused(fileOf('[]', 0), `starts with '{'`);
  await refused(fileOf('{} x', 0), 'expected nothing more, got "x"');
  await refused(fileOf('{"a":1}', 0), '"a": expected an object, got "1}"');
  await refused(fileOf('{"__metadata__":{"a":1}}', 0), '"a": expected a string');
  await refused(fileOf('{"__metadata__":null}', 0), '__metadata__: expected an object');
  const a = '"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}';
  await refused(fileOf(`{${a},${a}}`, 0), 'header: expected each key once, got "a" twice');
});

it.each<[string, Fields, string]>([
  ['an unknown type', tensor('F128', [1], 0, 4), '"x".dtype: expected one of BOOL F4'],
  ['a type that JavaScript objects have', tensor('toString', [1], 0, 4), '"x".dtype: expected one of'],
  ['no type', { shape: [1], data_offsets: [0, 4] }, 'got not all of them'],
  ['no shape', { dtype: 'F32', data_offsets: [0, 4] }, 'got not all of them'],
  ['no offsets', { dtype: 'F32', shape: [1] }, 'got not all of them'],
  ['another field', { ...tensor('F32', [1], 0, 4), stride: 1 }, 'expected dtype, shape and data_offsets, got "stride"'],
  ['a negative extent', tensor('F32', [-1], 0, 4), '"x".shape: expected an integer from 0'],
  ['a fractional extent', tensor('F32', [1.5], 0, 4), '"x".shape: expected an integer from 0'],
  ['a huge extent', tensor('F32', [2 ** 53], 0, 4), '"x".shape: expected an integer from 0'],
  ['a product that overflows', tensor('U8', [2 ** 27, 2 ** 27], 0, 4), 'expected a whole number of bytes below 2^53'],
  ['a product that overflows before a zero', tensor('U8', [2 ** 27, 2 ** 27, 0], 0, 0), 'a whole number of bytes'],
  ['a size that overflows', tensor('F64', [2 ** 50], 0, 4), 'a whole number of bytes below 2^53'],
  ['half a byte', tensor('F4', [3], 0, 2), 'a whole number of bytes'],
  ['too few bytes', tensor('F32', [2], 0, 4), '"x": expected 8 bytes for F32 [2], got data_offsets of 4 bytes'],
  ['too many bytes', tensor('F32', [1], 0, 5), '"x": expected 4 bytes'],
  ['descending offsets', tensor('F32', [1], 4, 0), '"x".data_offsets: expected two ascending offsets, got [4, 0]'],
  ['one offset', { dtype: 'F32', shape: [1], data_offsets: [4] }, 'expected two ascending offsets, got [4]'],
  ['three offsets', { dtype: 'F32', shape: [1], data_offsets: [0, 4, 8] }, 'expected two ascending offsets'],
  ['offsets beyond 2^53', tensor('U8', [1], 2 ** 53 - 2, 2 ** 53 - 1), 'expected offsets below 2^53'],
  ['a hole before the first tensor', tensor('F32', [1], 4, 8), '"x": expected data from offset 0 on, got 4, a hole'],
])('refuses a tensor with %s', async (_, entry, message) => {
  await refused(withHeader({ x: entry }, 4), message);
});

it('refuses overlaps, holes, and data that the header does not cover', async () => {
  const two = (begin: number, bytes: number) =>
    withHeader({ x: tensor('U8', [4], 0, 4), y: tensor('U8', [4], begin, begin + 4) }, bytes);
  await refused(two(3, 7), '"y": expected data from offset 4 on, got 3, an overlap');
  await refused(two(0, 4), '"y": expected data from offset 4 on, got 0, an overlap');
  await refused(two(5, 9), '"y": expected data from offset 4 on, got 5, a hole');
  await refused(two(4, 9), 'according to the header');
  await refused(two(4, 7), 'according to the header');
  await expect(read(two(4, 8))).resolves.toBeDefined();
});

it('tells the size that a stream must have', async () => {
  const file = withHeader({ x: tensor('U8', [4], 0, 4) }, 5);
  const source = await openSource(new Blob([file as BlobPart]).stream(), fail);
  const { fileSize } = await readSafetensorsHeader(source, 'model', fail);
  expect(fileSize).toBe(file.length - 1);
  expect(await source.readSome(fileSize, new Uint8Array(1))).toBe(1); // how a loader finds the byte too many
});

it('reads the index of a model in several files', () => {
  const index = '{"metadata":{"total_size":1.5e3,"x":[{}]},"weight_map":{"a":"m-1.safetensors","b":"m-2.safetensors"}}';
  expect([...readSafetensorsIndex(index, 'index', fail)]).toEqual([
    ['a', 'm-1.safetensors'],
    ['b', 'm-2.safetensors'],
  ]);
});

it.each([
  ['{}', 'expected a weight_map, got none'],
  ['{"weight_map":[]}', 'weight_map: expected an object'],
  ['{"weight_map":{"a":1}}', '"a": expected a string'],
  ['{"weight_map":{"a":"../m"}}', '"a": expected a plain file name, got "../m"'],
  ['{"weight_map":{"a":"/m"}}', 'expected a plain file name'],
  ['{"weight_map":{"a":"c\\\\m"}}', 'expected a plain file name'],
  ['{"weight_map":{"a":"m","a":"n"}}', 'expected each key once, got "a" twice'],
  ['{"weight_map":{}} {}', 'expected nothing more'],
])('refuses the index %s', (text, message) => {
  expect(() => readSafetensorsIndex(text, 'index', fail)).toThrow(message);
});
