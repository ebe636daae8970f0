import { expect, it, vi } from 'vitest';
import { Arena, instantiate, MemoryPool } from '../src/memory.ts';
import { fail, thrownBy } from './failure.ts';

const PAGE = 65536;
const GIB4 = 2 ** 32;

function pool() {
  return new MemoryPool(fail);
}

function bytesOf(memory: WebAssembly.Memory) {
  return memory.buffer.byteLength;
}

it('makes a memory of whole pages that suffices', () => {
  expect([0, 1, PAGE, PAGE + 1].map((bytes) => bytesOf(pool().acquire(bytes)))).toEqual([PAGE, PAGE, PAGE, 2 * PAGE]);
});

it('reuses the smallest returned memory that suffices', () => {
  const memories = pool();
  const [large, small, middle] = [5, 1, 3].map((pages) => memories.acquire(pages * PAGE)) as [
    WebAssembly.Memory,
    WebAssembly.Memory,
    WebAssembly.Memory,
  ];
  for (const memory of [large, small, middle]) {
    memories.release(memory);
  }
  expect(memories.acquire(2 * PAGE)).toBe(middle);
  expect(memories.acquire(2 * PAGE)).toBe(large);
  expect(memories.acquire(1)).toBe(small);
});

it('grows the largest returned memory when none suffices, so that rising sizes do not pile up', () => {
  const memories = pool();
  const first = memories.acquire(PAGE);
  memories.release(first);
  for (let pages = 2; pages < 40; pages++) {
    const next = memories.acquire(pages * PAGE);
    expect(next).toBe(first);
    expect(bytesOf(next)).toBe(pages * PAGE);
    memories.release(next);
  }
});

it('never gives one memory to two owners', () => {
  const memories = pool();
  const memory = memories.acquire(1);
  expect(memories.acquire(1)).not.toBe(memory);
  memories.release(memory);
  expect(() => memories.release(memory)).toThrow('released twice');
});

it('refuses more than 4 GiB with the number', () => {
  for (const bytes of [GIB4 + 1, 2 ** 60, Number.NaN, -1]) {
    expect(thrownBy(() => pool().acquire(bytes))).toMatchObject({
      code: 'out-of-memory',
      message: expect.stringContaining(String(bytes)),
    });
  }
});

it('says out-of-memory when the host refuses a memory, and keeps the returned one that could not grow', () => {
  const memories = pool();
  const memory = memories.acquire(PAGE);
  memories.release(memory);
  memory.grow = vi.fn(() => {
    throw new RangeError('refused');
  });
  expect(thrownBy(() => memories.acquire(2 * PAGE))).toMatchObject({ code: 'out-of-memory' });
  expect(memories.acquire(PAGE)).toBe(memory);
  vi.stubGlobal('WebAssembly', {
    Memory: class {
      constructor() {
        throw new RangeError('refused');
      }
    },
  });
  try {
    expect(thrownBy(() => memories.acquire(123456789))).toMatchObject({
      code: 'out-of-memory',
      message: expect.stringContaining('123456789'),
    });
  } finally {
    vi.unstubAllGlobals();
  }
});

it('keeps the number of memories flat over many owners', () => {
  const memories = pool();
  const seen = new Set<WebAssembly.Memory>();
  for (let i = 0; i < 100_000; i++) {
    const memory = memories.acquire(1 + ((i * 7919) % (4 * PAGE)));
    seen.add(memory);
    memories.release(memory);
  }
  expect(seen.size).toBe(1);
});

function arena(base?: number) {
  return new Arena(pool().acquire(1), fail, base);
}

it('aligns blocks, keeps them apart and never gives the address 0', () => {
  const blocks = arena();
  const sizes: [number, number][] = [
    [1, 1],
    [3, 4],
    [0, 16],
    [5, 2],
    [100, 64],
    [7, 16],
  ]; // bytes, alignment
  let end = 1;
  for (const [bytes, align] of sizes) {
    const at = blocks.alloc(bytes, align);
    expect(at % align).toBe(0);
    expect(at).toBeGreaterThanOrEqual(end);
    end = at + bytes;
    expect(blocks.used).toBe(end);
  }
});

it('starts at the base that the module leaves free', () => {
  expect(arena(1000).alloc(4, 8)).toBe(1000);
  expect(arena(1001).alloc(4, 8)).toBe(1008);
});

it('grows the memory when it is full and keeps what was written', () => {
  const blocks = arena();
  const first = blocks.alloc(16);
  blocks.i32(first, 4).set([1, 2, 3, 4]);
  blocks.alloc(10 * PAGE);
  expect(bytesOf(blocks.memory)).toBe(11 * PAGE);
  expect([...blocks.i32(first, 4)]).toEqual([1, 2, 3, 4]);
});

it('refuses to pass 4 GiB before anything changes', () => {
  const blocks = arena();
  blocks.alloc(100);
  const { used } = blocks;
  expect(thrownBy(() => blocks.alloc(GIB4 - used + 1, 1))).toMatchObject({
    code: 'out-of-memory',
    message: `${GIB4 + 1} bytes are needed, a WebAssembly memory holds ${GIB4}`,
  });
  expect(blocks.used).toBe(used);
  expect(bytesOf(blocks.memory)).toBe(PAGE);
});

it('gives pointers over 2 GiB as positive numbers', () => {
  const blocks = arena(2 ** 31 + 12); // the memory is grown to just over 2 GiB, its pages stay untouched
  const at = blocks.alloc(16);
  expect(at).toBe(2 ** 31 + 16);
  blocks.f32(at, 1)[0] = 0.5;
  expect(blocks.f32(at, 1)[0]).toBe(0.5);
});

it('drops what lies above a mark', () => {
  const blocks = arena();
  blocks.alloc(10);
  const mark = blocks.mark();
  const at = blocks.alloc(10);
  blocks.reset(mark);
  expect(blocks.used).toBe(mark);
  expect(blocks.alloc(10)).toBe(at);
  expect(() => blocks.reset(blocks.used + 1)).toThrow(TypeError);
  expect(() => blocks.reset(0)).toThrow(TypeError);
});

it('refuses sizes and alignments that make no block', () => {
  const blocks = arena();
  const wrong: [number, number][] = [
    [-1, 16],
    [1.5, 16],
    [Number.NaN, 16],
    [8, 0],
    [8, 3],
    [8, 2 * PAGE],
  ];
  for (const [bytes, align] of wrong) {
    expect(() => blocks.alloc(bytes, align)).toThrow(TypeError);
  }
});

it('hides what the last owner of a reused memory wrote', () => {
  const memories = pool();
  const memory = memories.acquire(PAGE);
  const first = new Arena(memory, fail);
  first.u8(first.alloc(1000), 1000).fill(0xff);
  memories.release(memory);
  const next = new Arena(memories.acquire(PAGE), fail);
  expect(next.memory).toBe(memory);
  expect(next.u8(next.allocZeroed(1000), 1000).every((byte) => byte === 0)).toBe(true);
});

it('views the memory in each element type at a byte address', () => {
  const blocks = arena();
  const at = blocks.allocZeroed(16);
  blocks.u8(at, 4).set([0, 0, 0x80, 0xbf]);
  expect(blocks.f32(at, 1)[0]).toBe(-1);
  expect(blocks.u32(at, 1)[0]).toBe(0xbf800000);
  expect(blocks.i32(at, 1)[0]).toBe(0xbf800000 | 0);
  expect([...blocks.u16(at, 2)]).toEqual([0, 0xbf80]);
  expect([...blocks.i8(at, 4)]).toEqual([0, 0, -128, -65]);
});

/** (import "env" "memory" (memory 1)) (import "env" "abort" (func (param i32 i32 i32 i32))) */
const IMPORTS = [
  0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0x01, 8, 1, 0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 0, 0x02, 27, 2, 3, 0x65, 0x6e, 0x76,
  6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 0, 1, 3, 0x65, 0x6e, 0x76, 5, 0x61, 0x62, 0x6f, 0x72, 0x74, 0, 0,
];
/** (export "abort" (func 0)) */
const EXPORTS = [0x07, 9, 1, 5, 0x61, 0x62, 0x6f, 0x72, 0x74, 0, 0];

it('instantiates a module over the given memory, with an abort that names the place', () => {
  const module = new WebAssembly.Module(Uint8Array.from([...IMPORTS, ...EXPORTS]));
  const kernel = instantiate<{ abort(message: number, file: number, line: number, column: number): void }>(
    module,
    pool().acquire(1),
  );
  expect(() => kernel.abort(0, 0, 12, 34)).toThrow('line 12, column 34');
});
