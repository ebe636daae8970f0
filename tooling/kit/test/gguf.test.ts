import { readJson } from '@gossamer/testkit/fixtures';
import { GgufBytes, type GgufField, ggufFile, ggufHeader } from '@gossamer/testkit/gguf';
import { expect, it } from 'vitest';
import { openSource } from '../src/bytes.ts';
import { GGML, type GgufTensor, type GgufValue, ggmlType, readGguf } from '../src/gguf.ts';
import { fail } from './failure.ts';
import { fileOf, list, pair, TYPE, tensor } from './gguf-file.ts';

type Plain = number | string | boolean;

interface Fixture {
  readonly golden: string;
  readonly types: {
    readonly metadata: [key: string, type: string, value: Plain | Plain[]][];
    readonly tensors: [name: string, type: string, shape: number[], bytes: number][];
    readonly file: string;
  };
  readonly bigEndian: string;
  readonly elementTypes: [id: number, name: string, block: number, bytes: number][];
}

const FIXTURE = readJson<Fixture>(new URL('fixtures/gguf.json', import.meta.url));
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));

async function read(file: Uint8Array | ReadableStream<Uint8Array>, name = 'model') {
  return readGguf(await openSource(file, fail), name, fail);
}

/** A stream that comes in pieces of `size` bytes. */
function trickle(file: Uint8Array, size: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= file.length) return controller.close();
      controller.enqueue(file.slice(at, at + size));
      at += size;
    },
  });
}

/** Bytes 0x00 to 0x101 of the golden file of specs/lfm2.md §3. */
const GOLDEN = `
  474755460300000002000000000000000300000000000000140000000000000067656e6572616c2e6172636869746563
  747572650800000004000000000000006c666d3216000000000000006c666d322e73686f7274636f6e762e6c5f636163
  686504000000030000001c000000000000006c666d322e617474656e74696f6e2e686561645f636f756e745f6b760900
  00000500000003000000000000000000000000000000080000000800000000000000612e776569676874020000000300
  00000000000002000000000000000000000000000000000000000800000000000000622e776569676874010000000500
  000000000000010000002000000000000000`;

it('reads the golden file, values, shapes and offsets', async () => {
  const file = new Uint8Array(352);
  file.set(Buffer.from(GOLDEN.replace(/\s/g, ''), 'hex'));
  file.set(new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer), 288);
  file.set(new Uint8Array(new Uint16Array(5).fill(0x3c00).buffer), 320);
  expect(bytesOf(FIXTURE.golden)).toEqual(file);
  const { version, metadata, tensors, alignment, dataStart, source } = await read(file);
  expect([version, alignment, dataStart]).toEqual([3, 32, 288]);
  expect([...metadata]).toEqual([
    ['general.architecture', 'lfm2'],
    ['lfm2.shortconv.l_cache', 3],
    ['lfm2.attention.head_count_kv', Int32Array.of(0, 0, 8)],
  ]);
  expect([...tensors]).toEqual([
    ['a.weight', { type: GGML.F32, shape: [2, 3], begin: 288, end: 312 }],
    ['b.weight', { type: GGML.F16, shape: [5], begin: 320, end: 330 }],
  ]);
  expect(await source.read(320, 10)).toEqual(file.subarray(320, 330));
});

it('writes the golden file of the test kit as gguf-py does', () => {
  const metadata: Record<string, GgufField> = {
    'general.architecture': ['string', 'lfm2'],
    'lfm2.shortconv.l_cache': ['u32', 3],
    'lfm2.attention.head_count_kv': ['i32s', [0, 0, 8]],
  };
  const tensors = [
    { name: 'a.weight', type: GGML.F32, dims: [3, 2], bytes: 24 },
    { name: 'b.weight', type: GGML.F16, dims: [5], bytes: 10 },
  ];
  const data = [Float32Array.of(0, 1, 2, 3, 4, 5), new Uint16Array(5).fill(0x3c00)];
  const file = ggufFile(
    { metadata, tensors },
    data.map(({ buffer }) => new Uint8Array(buffer)),
  );
  expect(file).toEqual(bytesOf(FIXTURE.golden));
});

const ARRAYS: Record<string, (values: (number | bigint)[]) => GgufValue> = {
  UINT8: (values) => Uint8Array.from(values as number[]),
  INT8: (values) => Int8Array.from(values as number[]),
  UINT16: (values) => Uint16Array.from(values as number[]),
  INT16: (values) => Int16Array.from(values as number[]),
  UINT32: (values) => Uint32Array.from(values as number[]),
  INT32: (values) => Int32Array.from(values as number[]),
  UINT64: (values) => BigUint64Array.from(values as bigint[]),
  INT64: (values) => BigInt64Array.from(values as bigint[]),
  FLOAT32: (values) => Float32Array.from(values as number[]),
  FLOAT64: (values) => Float64Array.from(values as number[]),
  BOOL: (values) => Uint8Array.from(values as number[]),
};

/** A value of the fixture with the type that JavaScript has for it. */
function scalarOf(type: string, value: Plain): number | bigint | string | boolean {
  if (type === 'STRING' || type === 'BOOL') return value;
  return type.endsWith('INT64') ? BigInt(value) : Number(value);
}

function expectedValue(type: string, value: Plain | Plain[]): GgufValue {
  if (Array.isArray(value)) {
    const values = value.map((each) => scalarOf(type.slice(0, -2), each));
    return ARRAYS[type.slice(0, -2)]?.(values as number[]) ?? (values as string[]);
  }
  const scalar = scalarOf(type, value);
  if (type === 'FLOAT32') return Math.fround(scalar as number);
  const unsafe = typeof scalar === 'bigint' && !Number.isSafeInteger(Number(scalar));
  return typeof scalar === 'bigint' && !unsafe ? Number(scalar) : scalar;
}

function fieldOf(type: string, value: Plain | Plain[]): GgufField {
  const short = type.toLowerCase().replace('uint', 'u').replace('int', 'i').replace('float', 'f').replace('[]', 's');
  const scalar = type.replace('[]', '');
  const typed = Array.isArray(value) ? value.map((each) => scalarOf(scalar, each)) : scalarOf(scalar, value);
  return [short, typed] as unknown as GgufField;
}

it('reads every type of value, and tensors, as gguf-py wrote them', async () => {
  const { metadata, tensors, file } = FIXTURE.types;
  const bytes = bytesOf(file);
  for (const size of [bytes.length, 1, 1000]) {
    const got = await read(size === bytes.length ? bytes : trickle(bytes, size));
    expect(got.alignment).toBe(64);
    expect([...got.metadata]).toEqual(metadata.map(([key, type, value]) => [key, expectedValue(type, value)]));
    let at = got.dataStart;
    expect(at % 64).toBe(0);
    const entries = tensors.map(([name, type, shape, count]) => {
      const begin = at;
      at = begin + Math.ceil(count / 64) * 64;
      return [name, { type: GGML[type as keyof typeof GGML] ?? 39, shape, begin, end: begin + count }];
    });
    expect([...got.tensors]).toEqual(entries);
    expect(at).toBe(bytes.length);
    for (const [i, { begin, end }] of [...got.tensors.values()].entries()) {
      const want = Uint8Array.from({ length: end - begin }, (_, j) => 7 * j + i);
      expect(await got.source.read(begin, end - begin)).toEqual(want);
    }
  }
});

it('writes every type of value, and tensors, in the bytes of gguf-py', () => {
  const { metadata, tensors, file } = FIXTURE.types;
  const spec = {
    metadata: Object.fromEntries(metadata.map(([key, type, value]) => [key, fieldOf(type, value)])),
    tensors: tensors.map(([name, type, shape, bytes]) => {
      return { name, type: GGML[type as keyof typeof GGML] ?? 39, dims: shape.toReversed(), bytes };
    }),
  };
  const data = tensors.map(([, , , bytes], i) => Uint8Array.from({ length: bytes }, (_, j) => 7 * j + i));
  expect(ggufFile(spec, data)).toEqual(bytesOf(file));
});

it('reads version 2, which differs in its number only', async () => {
  const file = bytesOf(FIXTURE.types.file);
  const three = await read(file);
  file[4] = 2;
  const { version, metadata, tensors } = await read(file);
  expect(version).toBe(2);
  expect([metadata, tensors]).toEqual([three.metadata, three.tensors]);
});

it('knows the block sizes of gguf-py', () => {
  const activations = ['Q8_1', 'Q8_K']; // never in a file
  for (const [id, name, block, bytes] of FIXTURE.elementTypes) {
    expect(ggmlType(id)).toEqual(activations.includes(name) ? undefined : { id, name, block, bytes });
  }
  for (const [name, id] of Object.entries(GGML)) expect(ggmlType(id)?.name).toBe(name);
  expect([4, 5, 31, 42, 2 ** 32 - 1].map(ggmlType)).toEqual(Array(5).fill(undefined)); // removed, or not yet defined
});

it('reads files without tensors, without pairs, and without anything', async () => {
  expect((await read(fileOf({ data: 0 }))).tensors.size).toBe(0);
  expect((await read(fileOf({ data: 0 }).slice(0, 24))).metadata.size).toBe(0);
  expect((await read(fileOf({ tensors: [tensor()], data: 32 }))).tensors.size).toBe(1);
  expect((await read(ggufHeader({ metadata: { a: ['strings', []], b: ['u64s', []] }, tensors: [] }))).metadata).toEqual(
    new Map<string, GgufValue>([['a', []], ['b', new BigUint64Array(0)]]), // biome-ignore format: two pairs
  );
});

it('gives tensors in the order of the data, over gaps between them', async () => {
  const tensors = [
    tensor({ name: 'late', offset: 96 }),
    tensor({ name: 'early', dims: [1, 1, 1, 3] }),
    tensor({ name: '', dims: [2], offset: 32 }),
  ];
  const file = fileOf({ tensors, data: 128 });
  const { dataStart, tensors: got } = await read(file);
  expect([...got]).toEqual([
    ['early', { type: 0, shape: [3, 1, 1, 1], begin: dataStart, end: dataStart + 12 }],
    ['', { type: 0, shape: [2], begin: dataStart + 32, end: dataStart + 40 }],
    ['late', { type: 0, shape: [8], begin: dataStart + 96, end: dataStart + 128 }],
  ]);
});

it('keeps names apart that mean something to JavaScript', async () => {
  const pairs = ['__proto__', 'constructor'].map((key, i) => pair(key, TYPE.u8, (out) => out.value('u8', i)));
  const tensors = ['__proto__', 'toString'].map((name, i) => tensor({ name, offset: 32 * i }));
  const file = await read(fileOf({ pairs, tensors }));
  expect([...file.metadata]).toEqual([['__proto__', 0], ['constructor', 1]]); // biome-ignore format: two pairs
  expect([...file.tensors.keys()]).toEqual(['__proto__', 'toString']);
});

it('keeps a byte order mark, and NUL, as part of a text', async () => {
  const pairs = [list('a', TYPE.string, 2, (out) => out.string('\ufeffx').string('\0'))];
  const file = await read(fileOf({ pairs, tensors: [tensor({ name: '\ufeff\0' })] }));
  expect([file.metadata.get('a'), [...file.tensors.keys()]]).toEqual([['\ufeffx', '\0'], ['\ufeff\0']]);
});

it('hands out arrays that do not hold on to the file', async () => {
  const file = fileOf({ pairs: [list('a', TYPE.u16, 2, (out) => out.value('u16', 5).value('u16', 6))] });
  const value = (await read(file)).metadata.get('a') as Uint16Array;
  expect([value, value.buffer.byteLength]).toEqual([Uint16Array.of(5, 6), 4]);
});

it('reads a stream over several growing pieces, and the data behind them', async () => {
  const tokens = Array.from({ length: 200_000 }, (_, i) => `token${i}`);
  const weights = Uint8Array.from({ length: 3_000_000 }, (_, i) => i % 251);
  const spec = {
    metadata: { before: ['u8', 1], tokens: ['strings', tokens], after: ['i64', -1] },
    tensors: [
      { name: 'a', type: GGML.F32, dims: [10], bytes: 40 },
      { name: 'b', type: 24, dims: [weights.length], bytes: weights.length },
    ],
  } as const;
  const file = ggufFile(spec, [weights.subarray(0, 40), weights]);
  const { metadata, tensors, source } = await read(trickle(file, 70_000));
  expect([metadata.get('before'), metadata.get('after')]).toEqual([1, -1]);
  expect((metadata.get('tokens') as string[]).join()).toBe(tokens.join());
  const [a, b] = [...tensors.values()] as [GgufTensor, GgufTensor];
  expect(await source.read(a.begin, 40)).toEqual(weights.subarray(0, 40));
  const into = new Uint8Array(1000);
  expect(await source.read(b.begin, 1000, into)).toBe(into);
  expect(into).toEqual(weights.subarray(0, 1000));
  const rest = await source.read(b.begin + 1000, weights.length - 1000); // the header's last read took some of it
  expect(Buffer.compare(rest, weights.subarray(1000))).toBe(0);
  expect(await source.readSome(file.length, into)).toBe(0);
});

it('refuses the other byte order', async () => {
  await expect(read(bytesOf(FIXTURE.bigEndian))).rejects.toMatchObject({
    code: 'unsupported',
    message: 'model: expected version 2 or 3, little-endian, got big-endian numbers',
  });
  await expect(read(new GgufBytes().bytes(new TextEncoder().encode('GGUF')).join())).rejects.toMatchObject({
    code: 'bad-file',
  });
});
