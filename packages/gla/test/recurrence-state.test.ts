import { kernelVariants } from '@gossamer/testkit/kernels';
import { describe, expect, it, vi } from 'vitest';
import { GlaError, type GlaErrorCode, GlaRecurrence, gla } from '../src/index.ts';
import type { Sizes } from './oracle.ts';
import { expectSameBits, problem, slice, someState } from './problems.ts';

const SIZES: Sizes = { tokens: 50, heads: 4, kvHeads: 2, keySize: 12, valueSize: 20 };

describe.each(kernelVariants())('the state of a GlaRecurrence on %s', (variant) => {
  const x = problem(50, SIZES);
  const [head, tail] = [slice(x, SIZES, 0, 20), slice(x, SIZES, 20, 50)];

  it('goes on with the same bits after saving and restoring, in another recurrence', () => {
    const one = new GlaRecurrence(SIZES, { variant });
    one.forward(head);
    const state = one.saveState();
    const want = one.forward(tail);
    const two = new GlaRecurrence(SIZES, { variant, initialState: someState(3, SIZES) });
    two.restoreState(state);
    expectSameBits(two.forward(tail), want);
    one.restoreState(state);
    expectSameBits(one.forward(tail), want);
    one.dispose();
    two.dispose();
  });

  it('goes on with the same bits after serialising', () => {
    const one = new GlaRecurrence({ ...SIZES, sequences: 1 }, { variant, scale: 0.123 });
    one.forward(head);
    const bytes = one.serialize();
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const two = GlaRecurrence.deserialize(shifted.subarray(3), { variant });
    expect([two.sequences, two.heads, two.kvHeads, two.keySize, two.valueSize]).toEqual([1, 4, 2, 12, 20]);
    expect(two.scale).toBe(0.123);
    expectSameBits(two.forward(tail), one.forward(tail));
    expect(two.serialize()).toEqual(one.serialize());
    one.dispose();
    two.dispose();
  });

  it('is its own in a fork', () => {
    const one = new GlaRecurrence(SIZES, { variant, scale: 2 });
    one.forward(head);
    const before = one.saveState();
    const fork = one.fork();
    const forked = fork.forward(tail);
    expectSameBits(one.saveState(), before);
    const after = fork.saveState();
    one.reset();
    expectSameBits(fork.saveState(), after);
    fork.dispose();
    one.restoreState(before);
    expectSameBits(one.forward(tail), forked);
    one.dispose();
  });

  it('is zero at first and after reset, whatever the memory held before', () => {
    const one = new GlaRecurrence(SIZES, { variant });
    one.restoreState(new Float32Array(2 * 12 * 20).fill(Number.NaN));
    one.dispose();
    const two = new GlaRecurrence(SIZES, { variant });
    expect(two.saveState().every((s) => s === 0)).toBe(true);
    two.forward(head);
    two.reset();
    expect(two.saveState().every((s) => s === 0)).toBe(true);
    two.dispose();
  });

  it('is a copy: neither what was saved nor what was given is tied to it', () => {
    const initialState = someState(1, SIZES);
    const recurrence = new GlaRecurrence(SIZES, { variant, initialState });
    const saved = recurrence.saveState();
    const copy = saved.slice();
    recurrence.forward(head);
    expectSameBits(saved, copy);
    expectSameBits(initialState, copy);
    recurrence.dispose();
  });

  it('takes a million tokens in memory that does not grow', () => {
    const sizes: Sizes = { tokens: 100_000, heads: 1, kvHeads: 1, keySize: 16, valueSize: 32 };
    const million = problem(51, sizes);
    const out = new Float32Array(100_000 * 32);
    const recurrence = new GlaRecurrence(sizes, { variant });
    const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow');
    for (let part = 0; part < 10; part++) recurrence.forward(million, {}, out);
    expect(grow).not.toHaveBeenCalled();
    grow.mockRestore();
    expect(out.every(Number.isFinite)).toBe(true);
    recurrence.dispose();
  });

  it('gives its memory to the next recurrence: 100,000 of them do with one', () => {
    const Memory = vi.spyOn(WebAssembly, 'Memory');
    new GlaRecurrence(SIZES, { variant }).dispose();
    const before = process.memoryUsage();
    const made = Memory.mock.calls.length;
    for (let i = 0; i < 100_000; i++) new GlaRecurrence(SIZES, { variant }).dispose();
    const after = process.memoryUsage();
    expect(Memory.mock.calls.length).toBe(made);
    Memory.mockRestore();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(2 ** 24);
    expect(after.rss - before.rss).toBeLessThan(2 ** 28);
  });
});

/** What a call throws. */
function thrown(action: () => unknown): { code?: GlaErrorCode; message: string } {
  try {
    action();
  } catch (error) {
    if (error instanceof GlaError) return { code: error.code, message: error.message };
    if (error instanceof TypeError) return { message: error.message };
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('bad input', () => {
  const shape = { length: 2, heads: 2, keySize: 3, valueSize: 4 };
  const sizes: Sizes = { tokens: 2, heads: 2, kvHeads: 2, keySize: 3, valueSize: 4 };
  const good = problem(60, sizes);

  it.each([
    ['heads', { heads: 0 }, 'heads: expected a positive integer, got 0'],
    ['keySize', { keySize: 2.5 }, 'keySize: expected a positive integer, got 2.5'],
    ['valueSize', { valueSize: Number.NaN }, 'valueSize: expected a positive integer, got NaN'],
    ['sequences', { sequences: -1 }, 'sequences: expected a positive integer, got -1'],
    ['kvHeads', { kvHeads: 3 }, 'kvHeads: expected a divisor of the 2 heads, got 3'],
    ['length', { length: -1 }, 'length: expected an integer ≥ 0, got -1'],
    ['heads', { heads: 2 ** 17 }, 'heads: expected at most 65536, got 131072'],
    ['size', { keySize: 2 ** 20 }, 'heads × size: expected at most 1048576 channels, got 2 × 1048576'],
  ])('is refused with bad-shape: %s', (_, part, message) => {
    expect(thrown(() => gla(good, { ...shape, ...part }))).toEqual({ code: 'bad-shape', message });
  });

  it.each([
    ['q', { q: new Float32Array(5) }, 'q: expected 12 elements, got 5'],
    ['k', { k: new Float32Array(13) }, 'k: expected 12 elements, got 13'],
    ['v', { v: new Float32Array(0) }, 'v: expected 16 elements, got 0'],
    ['g', { g: new Float32Array(11) }, 'g: expected 12 elements, got 11'],
  ])('is refused with bad-length: %s', (_, part, message) => {
    expect(thrown(() => gla({ ...good, ...part }, shape))).toEqual({ code: 'bad-length', message });
  });

  it.each([
    ['initialState', { initialState: new Float32Array(3) }, 'bad-length', 'initialState: expected 24 elements, got 3'],
    ['out', { out: new Float32Array(3) }, 'bad-length', 'out: expected 16 elements, got 3'],
    ['scale', { scale: Number.NaN }, 'bad-value', 'scale: expected a finite number, got NaN'],
    ['mode', { mode: 'fused' as 'auto' }, 'bad-option', "mode: expected 'auto', 'recurrent' or 'chunk', got \"fused\""],
    [
      'cuSeqlens',
      { cuSeqlens: Int32Array.of(0, 3) },
      'bad-value',
      'cuSeqlens: expected offsets from 0 to 2, got 0 to 3',
    ],
    [
      'cuSeqlens',
      { cuSeqlens: Int32Array.of(0, 2, 1, 2) },
      'bad-value',
      'cuSeqlens: expected offsets that never decrease, got 1 after 2',
    ],
  ] as const)('is refused in the options: %s', (_, options, code, message) => {
    expect(thrown(() => gla(good, shape, options))).toEqual({ code, message });
  });

  it('is refused when cuSeqlens and sequences disagree', () => {
    expect(thrown(() => gla(good, { ...shape, sequences: 2 }, { cuSeqlens: Int32Array.of(0, 2) }))).toEqual({
      code: 'bad-length',
      message: 'cuSeqlens: expected 3 elements, got 2',
    });
  });

  it('is refused with bad-option for an unknown build', () => {
    expect(thrown(() => gla(good, shape, { variant: 'avx' as 'simd' })).code).toBe('bad-option');
  });

  it('is refused with unsupported for a build this host cannot run, and only then', () => {
    const relaxed = kernelVariants().includes('relaxed');
    const call = () => gla(good, shape, { variant: 'relaxed' });
    if (relaxed) expect(call().o.length).toBe(16);
    else expect(thrown(call).code).toBe('unsupported');
    expect(new GlaRecurrence(shape).variant).toBe(relaxed ? 'relaxed' : 'simd');
  });

  it('is refused with a TypeError when an array has another type', () => {
    const q = new Float64Array(12) as unknown as Float32Array;
    expect(thrown(() => gla({ ...good, q }, shape))).toEqual({
      message: 'q: expected a Float32Array, got Float64Array',
    });
    const cuSeqlens = [0, 2] as unknown as Int32Array;
    expect(thrown(() => gla(good, shape, { cuSeqlens }))).toEqual({
      message: 'cuSeqlens: expected an Int32Array, got [0, 2]',
    });
    const bytes = new ArrayBuffer(64) as unknown as Uint8Array;
    expect(thrown(() => GlaRecurrence.deserialize(bytes))).toEqual({
      message: 'bytes: expected a Uint8Array, got ArrayBuffer',
    });
  });

  it('is refused with out-of-memory when the states cannot fit, before anything is allocated', () => {
    const huge = { sequences: 5000, heads: 4, keySize: 256, valueSize: 256 };
    const { code, message } = thrown(() => new GlaRecurrence(huge));
    expect(code).toBe('out-of-memory');
    expect(message).toMatch(/^52\d{8} bytes are needed/);
  });

  it('changes no state, in any method', () => {
    const recurrence = new GlaRecurrence(sizes, { initialState: someState(1, sizes) });
    const before = recurrence.saveState();
    const positive = { ...good, g: good.g.with(11, 1e-30) };
    const refused: Array<[() => unknown, GlaErrorCode]> = [
      [() => recurrence.forward(positive), 'bad-value'],
      [() => recurrence.step({ ...good }), 'bad-length'],
      [() => recurrence.step(slice(positive, sizes, 1, 2)), 'bad-value'],
      [() => recurrence.forward({ ...good, q: new Float32Array(7) }), 'bad-length'],
      [() => recurrence.forward({ ...good, v: new Float32Array(7) }), 'bad-length'],
      [() => recurrence.forward(good, {}, new Float32Array(1)), 'bad-length'],
      [() => recurrence.forward(good, { mode: '' as 'auto' }), 'bad-option'],
      [() => recurrence.forward(good, { cuSeqlens: Int32Array.of(0, 1) }), 'bad-value'],
      [() => recurrence.restoreState(new Float32Array(7)), 'bad-length'],
    ];
    for (const [action, code] of refused) {
      expect(thrown(action).code).toBe(code);
      expectSameBits(recurrence.saveState(), before);
    }
    expect(thrown(() => recurrence.forward(positive)).message).toMatch(
      /^g\[11\]: expected a log gate ≤ 0, got 1.0000000031710769e-30$/,
    );
    recurrence.dispose();
  });

  it('is refused with bad-length when the sequences would differ in length', () => {
    const recurrence = new GlaRecurrence({ ...sizes, sequences: 2 });
    const three = problem(61, { ...sizes, tokens: 3 });
    expect(thrown(() => recurrence.forward(three))).toEqual({
      code: 'bad-length',
      message: 'q: expected a multiple of 12 elements, got 18',
    });
    recurrence.dispose();
  });

  it('is refused with bad-file: every damaged byte of the header, and every other length', () => {
    const recurrence = new GlaRecurrence({ heads: 4, kvHeads: 2, keySize: 3, valueSize: 5 }, { scale: 0.5 });
    const bytes = recurrence.serialize();
    recurrence.dispose();
    const codeOf = (changed: Uint8Array) => {
      let code: GlaErrorCode | 'none' = 'none';
      try {
        GlaRecurrence.deserialize(changed).dispose();
      } catch (error) {
        if (error instanceof GlaError) code = error.code;
      }
      return code;
    };
    expect(codeOf(bytes)).toBe('none');
    for (let at = 0; at < 32; at++) {
      for (const value of [0, 1, 255]) {
        const changed = bytes.with(at, value);
        // The number of query heads changes no size: any multiple of the kv heads makes a file.
        if (bytes[at] === value || (at >= 12 && at < 16)) continue;
        expect(codeOf(changed), `byte ${at} = ${value}`).toBe('bad-file');
      }
    }
    for (let length = 0; length < bytes.length; length++) expect(codeOf(bytes.slice(0, length))).toBe('bad-file');
    expect(codeOf(concatBytes(bytes, 1))).toBe('bad-file');
    const infinite = bytes.slice();
    new DataView(infinite.buffer).setFloat64(32, Number.POSITIVE_INFINITY, true);
    expect(codeOf(infinite)).toBe('bad-file');
  });

  it('meets disposed in every method afterwards, and dispose again is fine', () => {
    const recurrence = new GlaRecurrence(sizes);
    recurrence.dispose();
    recurrence.dispose();
    const late = [
      () => recurrence.forward(good),
      () => recurrence.step(good),
      () => recurrence.saveState(),
      () => recurrence.restoreState(someState(1, sizes)),
      () => recurrence.fork(),
      () => recurrence.serialize(),
      () => recurrence.reset(),
    ];
    for (const action of late) {
      expect(thrown(action)).toEqual({ code: 'disposed', message: 'the recurrence was disposed' });
    }
  });

  it('is over when a `using` block ends', () => {
    let kept: GlaRecurrence;
    {
      using recurrence = new GlaRecurrence(sizes);
      kept = recurrence;
    }
    expect(thrown(() => kept.reset()).code).toBe('disposed');
  });
});

function concatBytes(bytes: Uint8Array, more: number): Uint8Array {
  const longer = new Uint8Array(bytes.length + more);
  longer.set(bytes);
  return longer;
}
