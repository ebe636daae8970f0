import { generator } from '@gossamer/testkit/random';
import { expect, it } from 'vitest';
import type { ByteSource } from '../src/bytes.ts';
import { openSource } from '../src/bytes.ts';
import type { SafetensorsHeader } from '../src/safetensors.ts';
import { DTYPE_BITS, readSafetensorsHeader } from '../src/safetensors.ts';
import { fail, KitFailure } from './failure.ts';
import type { Fields } from './safetensors-file.ts';
import { fileOf, tensor } from './safetensors-file.ts';

const FILES = 12_000;
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

interface Model {
  header: Record<string, Fields>;
  dataBytes: number;
}

/** A valid file of up to 12 tensors. */
function makeModel(dice: Dice): Model {
  const header: Record<string, Fields> = {};
  if (dice.below(2) === 0) {
    header.__metadata__ = { format: 'pt', note: dice.pick(['', 'é', '"', '\\']) };
  }
  let at = 0;
  for (let i = dice.below(13); i > 0; i--) {
    const dtype = dice.pick(Object.keys(DTYPE_BITS) as (keyof typeof DTYPE_BITS)[]);
    const shape = Array.from({ length: dice.below(4) }, () => dice.pick([0, 1, 2, 3, 4, 8, 10]));
    const bits = shape.reduce((a, b) => a * b, DTYPE_BITS[dtype]);
    if (bits % 8 === 0) {
      header[`${dice.pick(['model.layers.', 'lm_head.', 'é', ''])}${i}`] = tensor(dtype, shape, at, at + bits / 8);
      at += bits / 8;
    }
  }
  return { header, dataBytes: at };
}

const NUMBERS = [
  0,
  1,
  -1,
  2,
  3,
  7,
  8,
  255,
  2 ** 31,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 64,
  1e308,
  0.5,
  -0,
  null,
  '1',
  [],
];
const DTYPES = [...Object.keys(DTYPE_BITS), 'F128', 'f32', '', 'toString', 32, null];

/** Changes the meaning of the header: one offset, extent, type, field or tensor. */
function editHeader({ header, dataBytes }: Model, dice: Dice): Uint8Array {
  const edited = structuredClone(header);
  const name = dice.pick([...Object.keys(edited).filter((key) => key !== '__metadata__'), 'new']);
  const entry = edited[name] ?? tensor('U8', [], 0, 1);
  edited[name] = entry;
  const near = (value: unknown) => (typeof value === 'number' ? value + dice.pick([-8, -1, 1, 8]) : dice.pick(NUMBERS));
  const list = dice.pick([entry.shape, entry.data_offsets]) as unknown[];
  switch (dice.below(9)) {
    case 0:
      list[dice.below(list.length + 1)] = dice.pick(NUMBERS);
      break;
    case 1: {
      const at = dice.below(list.length);
      list[at] = near(list[at]);
      break;
    }
    case 2:
      entry.dtype = dice.pick(DTYPES);
      break;
    case 3:
      entry[dice.pick(['stride', 'dtype ', '__proto__', 'shape'])] = dice.pick([1, [1], {}, null]);
      break;
    case 4:
      delete entry[dice.pick(['dtype', 'shape', 'data_offsets'])];
      break;
    case 5:
      delete edited[name];
      break;
    case 6:
      edited[`${name}'`] = entry; // the same bytes twice
      break;
    case 7:
      edited.__metadata__ = dice.pick([null, [], 5, { a: 1 }, { a: null }, { a: { b: 'c' } }]) as Fields;
      break;
    default:
      list.push(...dice.pick([[0], [1, 1], Array(1000).fill(1), Array(40).fill(2), [2 ** 40, 2 ** 40, 0]]));
  }
  return fileOf(JSON.stringify(edited), dataBytes);
}

/** Changes the text of the header: a key twice, a stray or missing character, deep nesting, another notation. */
function editText({ header, dataBytes }: Model, dice: Dice): Uint8Array {
  let text = JSON.stringify(header);
  const at = dice.below(text.length);
  const insert = dice.pick([
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '0',
    '-',
    'e9',
    '.0',
    ' ',
    '\n',
    '\0',
    '\u00e9',
    '\\ud800',
    'null',
  ]);
  switch (dice.below(6)) {
    case 0:
      text = text.slice(0, at) + insert + text.slice(at);
      break;
    case 1:
      text = text.slice(0, at) + text.slice(at + 1 + dice.below(8));
      break;
    case 2:
      text = `${text.slice(0, -1)}${text.length > 2 ? ',' : ''}${text.slice(1)}`;
      break;
    case 3:
      text = `{"x":${dice.pick(['[', '{"a":', '[{"a":']).repeat(dice.pick([3, 70, 10_000]))}`;
      break;
    case 4:
      text = text.replace(/\d+/, (digits) =>
        dice.pick([`${digits}.0`, `${digits}e0`, `0${digits}`, `-${digits}`, `${digits}0000000000000000000`]),
      );
      break;
    default:
      text += dice.pick([' ', '   ', '\n', '\t\r\n', '\0', 'x', '{}']);
  }
  return fileOf(text, dataBytes);
}

/** Changes the bytes: flips, cuts, appends, splices, other lengths. */
function editBytes(file: Uint8Array, dice: Dice): Uint8Array {
  const view = new DataView(file.buffer);
  const length = view.getBigUint64(0, true);
  switch (dice.below(6)) {
    case 0:
      for (let i = dice.pick([1, 1, 2, 16]); i > 0; i--) {
        const at = dice.below(file.length);
        file[at] = (file[at] as number) ^ (1 << dice.below(8));
      }
      return file;
    case 1:
      return file.slice(0, dice.below(file.length));
    case 2: {
      const longer = new Uint8Array(file.length + dice.pick([1, 8, 100, 10_000]));
      longer.set(file);
      return longer;
    }
    case 3:
      view.setBigUint64(
        0,
        dice.pick([
          0n,
          1n,
          length - 1n,
          length + 1n,
          length + 8n,
          BigInt(file.length),
          100_000_000n,
          2n ** 32n,
          2n ** 63n,
          2n ** 64n - 1n,
        ]),
        true,
      );
      return file;
    case 4: {
      const from = dice.below(file.length);
      file.copyWithin(dice.below(file.length), from, from + dice.below(64));
      return file;
    }
    default: {
      const at = dice.below(file.length);
      file.fill(dice.below(256), at, at + dice.below(16));
      return file;
    }
  }
}

function mutate(dice: Dice): Uint8Array {
  const model = makeModel(dice);
  switch (dice.below(4)) {
    case 0:
      return editHeader(model, dice);
    case 1:
      return editText(model, dice);
    case 2:
      return editBytes(editHeader(model, dice), dice);
    default:
      return editBytes(fileOf(JSON.stringify(model.header), model.dataBytes), dice);
  }
}

/** A source that counts what is asked of it. */
class Counted implements ByteSource {
  readonly sequential = false;
  readonly size: number;
  asked = 0;
  readonly #file: Uint8Array;

  constructor(file: Uint8Array) {
    this.#file = file;
    this.size = file.length;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    this.asked += length;
    if (offset + length > this.size) {
      throw fail('truncated', 'end');
    }
    return this.#file.slice(offset, offset + length);
  }

  async readSome(): Promise<number> {
    throw new Error('not used by the header reader');
  }

  async close(): Promise<void> {}
}

async function outcome(source: ByteSource): Promise<SafetensorsHeader | KitFailure> {
  try {
    return await readSafetensorsHeader(source, 'file', fail);
  } catch (error) {
    if (error instanceof KitFailure && (error.code === 'bad-file' || error.code === 'truncated')) {
      return error;
    }
    throw error;
  }
}

/** What an accepted file must be, by other means: JSON.parse, BigInt and a map of every byte. */
function expectConsistent(file: Uint8Array, header: SafetensorsHeader): void {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const json = JSON.parse(new TextDecoder().decode(file.slice(8, 8 + length)));
  const { __metadata__: metadata = {}, ...tensors } = json as Record<string, Fields>;
  expect(Object.fromEntries(header.metadata)).toEqual(metadata);
  expect(header.tensors.size).toBe(Object.keys(tensors).length);
  const owners = new Uint8Array(file.length - 8 - length);
  let previous = 0;
  for (const [name, { dtype, shape, begin, end }] of header.tensors) {
    expect(tensors[name]).toEqual({ dtype, shape, data_offsets: [begin - 8 - length, end - 8 - length] });
    const bits = shape.reduce((a, b) => a * BigInt(b), BigInt(DTYPE_BITS[dtype]));
    expect(BigInt(end - begin) * 8n).toBe(bits);
    expect(begin).toBeGreaterThanOrEqual(previous);
    previous = begin;
    for (let at = begin; at < end; at++) {
      owners[at - 8 - length] = (owners[at - 8 - length] as number) + 1;
    }
  }
  expect(owners.every((count) => count === 1)).toBe(true);
  expect(header.fileSize).toBe(file.length);
}

it(`reads or refuses each of ${FILES} mutated files, and asks for no more than the file holds`, async () => {
  let accepted = 0;
  let largest = 0;
  for (let seed = 0; seed < FILES; seed++) {
    const file = mutate(new Dice(seed));
    largest = Math.max(largest, file.length);
    const source = new Counted(file);
    const result = await outcome(source);
    if (source.asked > Math.max(8, file.length)) {
      throw new Error(`seed ${seed}: ${source.asked} bytes asked of ${file.length}`);
    }
    if (!(result instanceof KitFailure)) {
      accepted++;
      expectConsistent(file, result);
    }
    if (seed % 4 === 0) {
      const stream = await openSource(new Blob([file as BlobPart]).stream(), fail);
      const streamed = await outcome(stream);
      const fits = !(streamed instanceof KitFailure) && streamed.fileSize === file.length;
      if (fits === result instanceof KitFailure) {
        throw new Error(`seed ${seed}: a stream and bytes differ`);
      }
    }
  }
  expect(largest).toBeLessThanOrEqual(LARGEST);
  // Both outcomes are exercised: most mutations break a file, some leave a valid one.
  expect(accepted).toBeGreaterThan(FILES / 20);
  expect(accepted).toBeLessThan(FILES / 2);
});
