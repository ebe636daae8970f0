import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openPath as openPathOnWeb } from '../src/bytes/file.web.ts';
import type { ByteSource, Progress, SourceInput } from '../src/bytes.ts';
import { isPlainName, openFolder, openSource, readAll, readText } from '../src/bytes.ts';
import { fail } from './failure.ts';

const SIZE = 10 * 1024 * 1024 + 7; // more than two steps
const BYTES = Uint8Array.from({ length: SIZE }, (_, i) => (i * 31 + (i >> 8)) & 255);
let folder: string;
let path: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kit-bytes-'));
  path = join(folder, 'data.bin');
  writeFileSync(path, BYTES);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The bytes in chunks of uneven length, some of them empty. */
function stream(bytes: Uint8Array = BYTES): ReadableStream<Uint8Array> {
  let at = 0;
  let turn = 0;
  return new ReadableStream({
    pull(controller) {
      const length = [1, 0, 100_000, 7, 65_536][turn++ % 5] as number;
      controller.enqueue(bytes.slice(at, at + length));
      at += length;
      if (at >= bytes.length) {
        controller.close();
      }
    },
  });
}

const KINDS: [string, () => SourceInput][] = [
  ['a path', () => path],
  ['a file URL', () => pathToFileURL(path)],
  ['a file URL in a string', () => pathToFileURL(path).href],
  ['a Blob', () => new Blob([BYTES])],
  ['bytes', () => BYTES],
  ['an ArrayBuffer', () => BYTES.buffer],
  ['a stream', () => stream()],
];
const RANDOM = KINDS.filter(([name]) => name !== 'a stream');

it.each(KINDS)('reads ascending pieces with gaps from %s', async (_, input) => {
  const source = await openSource(input(), fail);
  expect(await source.read(0, 8)).toEqual(BYTES.slice(0, 8));
  expect(await source.read(8, 0)).toEqual(new Uint8Array(0));
  expect(Buffer.compare(await source.read(100, 300_000), BYTES.subarray(100, 300_100))).toBe(0);
  const into = new Uint8Array(9_000_000);
  expect(await source.read(1_000_000, into.length, into)).toBe(into);
  expect(Buffer.compare(into, BYTES.subarray(1_000_000, 10_000_000))).toBe(0);
  expect(await source.read(SIZE - 3, 3)).toEqual(BYTES.slice(-3));
  expect(await source.readSome(SIZE, new Uint8Array(1))).toBe(0);
  await source.close();
});

it.each(RANDOM)('reads in any order from %s, whose size is known', async (_, input) => {
  const source = await openSource(input(), fail);
  expect([source.size, source.sequential]).toEqual([SIZE, false]);
  for (const at of [SIZE - 10, 5, 5_000_000, 0]) {
    expect(await source.read(at, 10)).toEqual(BYTES.slice(at, at + 10));
  }
  await source.close();
});

it.each(RANDOM)('refuses to read past the end of %s before it allocates', async (_, input) => {
  const source = await openSource(input(), fail);
  await expect(source.read(SIZE - 1, 2)).rejects.toMatchObject({ code: 'truncated' });
  await expect(source.read(0, 2 ** 50)).rejects.toMatchObject({ code: 'truncated' });
  await source.close();
});

it('reads a stream forwards only', async () => {
  const source = await openSource(stream(), fail);
  expect([source.size, source.sequential]).toEqual([undefined, true]);
  await source.read(10, 10);
  await expect(source.read(19, 1)).rejects.toMatchObject({
    code: 'out-of-order',
    message: expect.stringContaining('byte 19 was asked for after byte 20'),
  });
  expect(await source.read(20, 5)).toEqual(BYTES.slice(20, 25));
});

it('says where a stream ended, without taking memory for a length that it does not have', async () => {
  const source = await openSource(stream(BYTES.subarray(0, 1000)), fail);
  await expect(source.read(8, 2 ** 40)).rejects.toMatchObject({
    code: 'truncated',
    message: `stream: ended after 1000 bytes, byte ${2 ** 40 + 7} was needed`,
  });
  const beyond = await openSource(stream(BYTES.subarray(0, 1000)), fail);
  await expect(beyond.read(2000, 1)).rejects.toMatchObject({ code: 'truncated' });
});

it('reads into WebAssembly memory from every kind of source', async () => {
  const memory = new WebAssembly.Memory({ initial: 32 });
  for (const [, input] of KINDS) {
    const into = new Uint8Array(memory.buffer, 64, 1_000_000);
    into.fill(0);
    const source = await openSource(input(), fail);
    await source.read(4096, into.length, into);
    expect(Buffer.compare(into, BYTES.subarray(4096, 1_004_096))).toBe(0);
    await source.close();
  }
});

it('passes a source of the caller through its own checks', async () => {
  const inner: ByteSource = {
    size: 100,
    sequential: false,
    read: vi.fn(),
    readSome: async (offset, into) => {
      into[0] = offset;
      return 1;
    },
    close: vi.fn(async () => {}),
  };
  const source = await openSource(inner, fail);
  expect(await source.read(3, 4)).toEqual(Uint8Array.of(3, 4, 5, 6));
  await expect(source.read(99, 2)).rejects.toMatchObject({ code: 'truncated' });
  await source.close();
  expect(inner.close).toHaveBeenCalledOnce();
});

it('gives arrays that the caller may change', async () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const source = await openSource(bytes, fail);
  (await source.read(0, 3)).fill(9);
  expect(bytes).toEqual(Uint8Array.of(1, 2, 3));
});

it('refuses inputs that are no source, and arguments that are no range', async () => {
  for (const input of [undefined, null, 5, {}, []]) {
    await expect(openSource(input as unknown as string, fail)).rejects.toThrow(TypeError);
  }
  const source = await openSource(BYTES, fail);
  for (const [offset, length] of [
    [-1, 1],
    [0, -1],
    [0.5, 1],
    [0, Number.NaN],
    [2 ** 53, 1],
  ] as [number, number][]) {
    await expect(source.read(offset, length)).rejects.toThrow(TypeError);
  }
  await expect(source.readSome(0, new Uint8Array(0))).rejects.toThrow(TypeError);
  await expect(source.read(0, 4, new Uint8Array(5))).rejects.toMatchObject({
    code: 'bad-length',
    message: 'into: expected 4 elements, got 5',
  });
  const mixed = new ReadableStream({ start: (controller) => controller.enqueue('text') });
  await expect((await openSource(mixed, fail)).read(0, 1)).rejects.toThrow('expected chunks of Uint8Array, got "text"');
});

it('refuses a second read while one is under way, and any after close', async () => {
  const source = await openSource(new Blob([BYTES]), fail);
  const first = source.read(0, 10);
  await expect(source.read(10, 10)).rejects.toMatchObject({ code: 'out-of-order' });
  await first;
  await source.close();
  await source.close();
  await expect(source.read(0, 1)).rejects.toMatchObject({ code: 'disposed' });
});

it('tells a missing file from one that cannot be read', async () => {
  await expect(openSource(join(folder, 'none'), fail)).rejects.toMatchObject({ code: 'not-found' });
  await expect(openSource(folder, fail)).rejects.toMatchObject({
    code: 'bad-source',
    message: `${folder}: expected a file, got a directory`,
  });
  await expect(openSource(join(path, 'below'), fail)).rejects.toMatchObject({ code: 'bad-source' });
});

it('notices a file that is cut while it is read', async () => {
  const short = join(folder, 'short.bin');
  writeFileSync(short, BYTES.subarray(0, 100));
  const source = await openSource(short, fail);
  writeFileSync(short, BYTES.subarray(0, 50));
  await expect(source.read(0, 100)).rejects.toMatchObject({ code: 'truncated' });
  await source.close();
});

it('says that a host without files opens no path', async () => {
  await expect(openPathOnWeb('model.safetensors', fail)).rejects.toMatchObject({ code: 'unsupported' });
});

it.each(KINDS)('ends a read of %s with the reason of the signal', async (_, input) => {
  const reason = new Error('enough');
  const control = new AbortController();
  const onProgress = () => control.abort(reason);
  const source = await openSource(input(), fail, { signal: control.signal, onProgress });
  await expect(source.read(0, SIZE)).rejects.toBe(reason);
  await expect(source.read(0, 1)).rejects.toBe(reason);
  await expect(openSource(input(), fail, { signal: control.signal })).rejects.toBe(reason);
  await source.close();
});

it('ends a wait for a silent stream when the signal says so', async () => {
  const reason = new Error('enough');
  const control = new AbortController();
  const cancel = vi.fn();
  const source = await openSource(new ReadableStream<Uint8Array>({ cancel }), fail, { signal: control.signal });
  const read = source.read(0, 1);
  control.abort(reason);
  await expect(read).rejects.toBe(reason);
  expect(cancel).toHaveBeenCalledWith(reason);
});

it('passes on why a stream failed', async () => {
  const cause = new Error('disk');
  const source = await openSource(new ReadableStream<Uint8Array>({ pull: () => Promise.reject(cause) }), fail);
  await expect(source.read(0, 1)).rejects.toMatchObject({ code: 'bad-source', cause });
  await source.close();
});

it.each(KINDS)('reports the progress of reading %s', async (_, input) => {
  const seen: Progress[] = [];
  const source = await openSource(input(), fail, { onProgress: (progress) => seen.push(progress) });
  await source.read(0, 10);
  await source.read(10, SIZE - 10);
  const loaded = seen.map((progress) => progress.loaded);
  expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
  expect(loaded.length).toBeGreaterThan(3);
  expect(seen.at(-1)).toEqual({ loaded: SIZE, total: source.size });
  await source.close();
});

it('reads whole files up to a limit', async () => {
  for (const [, input] of KINDS) {
    const whole = await openSource(input(), fail);
    expect(Buffer.compare(await readAll(whole, 'data', SIZE, fail), BYTES)).toBe(0);
    await whole.close();
    const limited = await openSource(input(), fail);
    await expect(readAll(limited, 'data', SIZE - 1, fail)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining(`data: expected at most ${SIZE - 1} bytes, got`),
    });
    await limited.close();
  }
});

it('decodes whole files as strict UTF-8', async () => {
  const text = '\ufeffπ and 🙂';
  const good = await openSource(new TextEncoder().encode(text), fail);
  expect(await readText(good, 'config.json', 100, fail)).toBe(text);
  const bad = await openSource(Uint8Array.of(0xc3, 0x28), fail);
  await expect(readText(bad, 'config.json', 100, fail)).rejects.toMatchObject({
    code: 'bad-file',
    message: 'config.json: expected UTF-8',
  });
});

it('opens the files of a folder however it is given', async () => {
  const file = new File([BYTES], 'data.bin');
  const folders = [folder, `${folder}/`, pathToFileURL(folder), `${pathToFileURL(folder)}/`];
  const named = [new Map([['data.bin', BYTES]]), { 'data.bin': new Blob([BYTES]) }, { 'data.bin': path }, [file]];
  for (const input of [...folders, ...named]) {
    const models = openFolder(input, fail);
    const source = await models.openFile('data.bin');
    expect(await source.read(5, 5)).toEqual(BYTES.slice(5, 10));
    await source.close();
    await expect(models.openFile('other.bin')).rejects.toMatchObject({ code: 'not-found' });
  }
});

it('takes an empty folder path as the current folder', async () => {
  const source = await openFolder('', fail).openFile('package.json');
  expect(await readText(source, 'package.json', 10_000, fail)).toContain('@gossamer/kit');
  await source.close();
});

it('keeps to the folder', async () => {
  const names = ['', '.', '..', '../data.bin', 'a/b', '/etc/passwd', 'a\\b', 'a\0b', 'a\nb'];
  expect(names.filter(isPlainName)).toEqual([]);
  expect(['a', 'a b', '...', 'model-00001-of-00002.safetensors', 'é'].every(isPlainName)).toBe(true);
  for (const name of names) {
    await expect(openFolder(folder, fail).openFile(name)).rejects.toMatchObject({ code: 'bad-source' });
  }
});

it('keeps the query of a base URL and escapes the name', async () => {
  const asked: string[] = [];
  const fetch = async (url: unknown) => {
    asked.push(String(url));
    return new Response('x');
  };
  const models = openFolder('https://example.org/models/a?token=1', fail, { fetch: fetch as typeof globalThis.fetch });
  await models.openFile('a #1%.bin');
  expect(asked).toEqual(['https://example.org/models/a/a%20%231%25.bin?token=1']);
});

it('lays the options of a file over those of the folder', async () => {
  const reason = new Error('enough');
  const models = openFolder({ 'data.bin': BYTES }, fail, { signal: AbortSignal.abort(reason) });
  await expect(models.openFile('data.bin')).rejects.toBe(reason);
  const seen: Progress[] = [];
  const source = await models.openFile('data.bin', {
    signal: undefined,
    onProgress: (progress) => seen.push(progress),
  });
  await source.read(0, 1);
  expect(seen).toEqual([{ loaded: 1, total: SIZE }]);
});

it('refuses a list with one name twice, and inputs that are no folder', () => {
  const file = () => new File([BYTES], 'data.bin');
  expect(() => openFolder([file(), file()], fail)).toThrow('expected each name once, got "data.bin" twice');
  expect(() => openFolder(5 as unknown as string, fail)).toThrow(TypeError);
});
