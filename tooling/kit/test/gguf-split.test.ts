import { readJson } from '@gossamer/testkit/fixtures';
import { expect, it } from 'vitest';
import { openSource } from '../src/bytes.ts';
import { type GgufFile, mergeSplits, readGguf, splitNames } from '../src/gguf.ts';
import { fail } from './failure.ts';
import { fileOf, type Piece, pair, TYPE, tensor } from './gguf-file.ts';

const FIXTURE = readJson<{ split: string[] }>(new URL('fixtures/gguf.json', import.meta.url));

async function read(file: Uint8Array, name = 'model'): Promise<GgufFile> {
  return readGguf(await openSource(file, fail), name, fail);
}

it('merges the parts of a split file', async () => {
  const names = splitNames('folder/model-00003-of-00004.gguf') as string[];
  expect(names).toEqual([1, 2, 3, 4].map((i) => `folder/model-0000${i}-of-00004.gguf`));
  const parts = new Map<string, GgufFile>();
  for (const [i, name] of names.entries())
    parts.set(name, await read(Buffer.from(FIXTURE.split[i] as string, 'base64'), name));
  const tensors = mergeSplits(parts, fail);
  expect([...tensors.keys()]).toEqual([0, 1, 2, 3, 4].map((i) => `${i}.weight`));
  for (const [i, { file, shape, begin }] of [...tensors.values()].entries()) {
    expect([file, shape]).toEqual([names[1 + (i >> 1)], [i + 1, 4]]);
    const bytes = (await parts.get(file)?.source.read(begin, 16 * (i + 1))) as Uint8Array;
    expect(new Float32Array(bytes.slice().buffer)).toEqual(new Float32Array(4 * (i + 1)).fill(i));
  }
});

it('names the parts of a split file by any of them', () => {
  expect(splitNames('a-00001-of-00001.gguf')).toEqual(['a-00001-of-00001.gguf']);
  expect(splitNames('-00002-of-00002.GGUF')).toEqual(['-00001-of-00002.GGUF', '-00002-of-00002.GGUF']);
  for (const name of ['a.gguf', 'a-1-of-2.gguf', 'a-00000-of-00002.gguf', 'a-00003-of-00002.gguf']) {
    expect(splitNames(name)).toBeUndefined();
  }
  expect(splitNames('a-00001-of-99999.gguf')).toBeUndefined();
});

/** Parts of a split file that say what is given of each other. */
async function parts(...all: { no?: number; count?: number; total?: number; names?: string[] }[]) {
  const files = new Map<string, GgufFile>();
  for (const [i, { no, count, total, names = [] }] of all.entries()) {
    const pairs: Piece[] = [];
    if (no !== undefined) pairs.push(pair('split.no', TYPE.u16, (out) => out.value('u16', no)));
    if (count !== undefined) pairs.push(pair('split.count', TYPE.u16, (out) => out.value('u16', count)));
    if (total !== undefined) pairs.push(pair('split.tensors.count', TYPE.i32, (out) => out.u32(total)));
    const tensors = names.map((name, t) => tensor({ name, offset: 32 * t }));
    files.set(`part${i}`, await read(fileOf({ pairs, tensors })));
  }
  return files;
}

it('refuses parts that do not belong together', async () => {
  const first = { no: 0, count: 2, total: 2, names: ['a'] };
  const second = { no: 1, count: 2, total: 2, names: ['b'] };
  const { no: _, ...unnumbered } = second;
  const { count: __, ...uncounted } = second;
  const { total: ___, ...unsummed } = second;
  expect(mergeSplits(await parts(first, second), fail).size).toBe(2);
  expect(mergeSplits(await parts(first, unsummed), fail).size).toBe(2);
  expect(mergeSplits(await parts({ names: ['a'] }), fail).size).toBe(1);
  expect(mergeSplits(await parts({ no: 0, count: 0, total: 9, names: ['a'] }), fail).size).toBe(1); // as llama-gguf-split merges
  for (const [files, message] of [
    [await parts(second, first), 'part0: split.no: expected 0, got 1'],
    [await parts(first, first), 'part1: split.no: expected 1, got 0'],
    [await parts(first, unnumbered), 'part1: split.no: expected 1, got undefined'],
    [await parts(first, uncounted), 'part1: split.count: expected 2, got undefined'],
    [await parts(first, { ...second, count: 3 }), 'part1: split.count: expected 2, got 3'],
    [await parts(first), 'part0: split.count: expected 1, got 2; a file in parts is opened by a name such as'],
    [await parts({ ...first, count: 1, no: 1 }), 'part0: split.no: expected 0, got 1'],
    [await parts(first, { ...second, names: ['a'] }), 'part1: tensor "a": expected it in one part only'],
    [
      await parts(first, { ...second, names: ['b', 'c'] }),
      'part0: split.tensors.count: expected 3, the tensors of all parts',
    ],
    [
      await parts(first, { ...second, total: 3 }),
      'part1: split.tensors.count: expected 2, the tensors of all parts, got 3',
    ],
  ] as const) {
    expect(() => mergeSplits(files, fail)).toThrow(message);
  }
});
