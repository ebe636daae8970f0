import { expect, it } from 'vitest';
import { fftbr, fwht, ifftbr, QmcError } from '../src/index.ts';
import { coreMemory } from '../src/instance.ts';
import { fillUp } from './full-memory.ts';

const numbers = (length: number): Float64Array => new Float64Array(length).fill(7);

it.each([
  ['bad-length', 'x: expected 2^m elements, got 0', 0, undefined],
  ['bad-length', 'x: expected 2^m elements, got 12', 12, undefined],
  ['bad-option', 'size: expected a power of two, got 12', 12, 12],
  ['bad-option', 'size: expected a power of two, got 0', 8, 0],
  ['bad-option', 'size: expected a power of two, got -2', 8, -2],
  ['bad-option', 'size: expected a power of two, got 0.5', 8, 0.5],
  ['bad-option', 'size: expected a power of two, got NaN', 8, Number.NaN],
  ['bad-option', 'size: expected a power of two, got "8"', 8, '8'],
  ['bad-length', 'x: expected a positive multiple of 8 elements (size), got 12', 12, 8],
  ['bad-length', 'x: expected a positive multiple of 16 elements (size), got 8', 8, 16],
  ['bad-length', 'x: expected a positive multiple of 8 elements (size), got 0', 0, 8],
])('%s: %s', (code, message, length, given) => {
  const size = given as number | undefined;
  const [x, y] = [numbers(length), numbers(length)];
  expect(() => fwht(x, { size })).toThrow(QmcError);
  expect(() => fwht(x, { size })).toThrow(expect.objectContaining({ code, message }));
  for (const transform of [fftbr, ifftbr]) {
    expect(() => transform(x, y, { size })).toThrow(QmcError);
    expect(() => transform(x, y, { size })).toThrow(
      expect.objectContaining({ code, message: message.replace('x:', 're:') }),
    );
  }
  expect([x, y]).toEqual([numbers(length), numbers(length)]);
});

it.each([fftbr, ifftbr])('$name wants two arrays of one length in memory of their own', (transform) => {
  const both = numbers(12);
  expect(() => transform(both.subarray(0, 8), both.subarray(8))).toThrow(
    expect.objectContaining({ code: 'bad-length', message: 'im: expected 8 elements (re), got 4' }),
  );
  for (const start of [0, 1, 4]) {
    expect(() => transform(both.subarray(start, start + 8), both.subarray(3, 11))).toThrow(
      expect.objectContaining({ code: 'bad-value', message: 'im: expected memory of its own, got that of re' }),
    );
  }
  expect(both).toEqual(numbers(12));
});

it('an array of another type is a TypeError', () => {
  const [x, wrong] = [numbers(4), [1, 2, 3, 4] as unknown as Float64Array];
  const single = new Float32Array(4) as unknown as Float64Array;
  expect(() => fwht(wrong)).toThrow(new TypeError('x: expected a Float64Array, got [1, 2, 3, 4]'));
  expect(() => fwht(single)).toThrow(new TypeError('x: expected a Float64Array, got Float32Array'));
  for (const transform of [fftbr, ifftbr]) {
    expect(() => transform(wrong, x)).toThrow(new TypeError('re: expected a Float64Array, got [1, 2, 3, 4]'));
    expect(() => transform(x, undefined as unknown as Float64Array)).toThrow(
      new TypeError('im: expected a Float64Array, got undefined'),
    );
  }
});

it('a length beyond any WebAssembly memory is refused, not wrapped', () => {
  // as an array of 32 GiB looks to the check, which comes first
  const x = Object.create(Float64Array.prototype, { length: { value: 2 ** 32 } }) as Float64Array;
  expect(() => fwht(x)).toThrow(
    expect.objectContaining({ code: 'out-of-memory', message: 'size: no room for 34359738368 bytes' }),
  );
});

it('many rows need no more memory than a few, and ten thousand calls no more than one', () => {
  const x = numbers(2 ** 21);
  const y = numbers(2 ** 21);
  fftbr(x.subarray(0, 2 ** 14), y.subarray(0, 2 ** 14));
  const before = coreMemory().buffer.byteLength;
  fftbr(x, y, { size: 8 });
  fwht(x, { size: 8 });
  for (let call = 0; call < 10_000; call++) fftbr(x.subarray(0, 8), y.subarray(0, 8));
  expect(coreMemory().buffer.byteLength).toBe(before);
});

it('what the core has no room for is refused, nothing is written, and the next call works', () => {
  const [x, y] = [numbers(2 ** 22), numbers(2 ** 22)];
  fillUp(coreMemory());
  const refusal = (message: string): unknown => expect.objectContaining({ code: 'out-of-memory', message });
  expect(() => fwht(x)).toThrow(QmcError);
  expect(() => fwht(x)).toThrow(refusal('x: no room for 33554432 bytes'));
  for (const transform of [fftbr, ifftbr]) {
    expect(() => transform(x, y)).toThrow(refusal('re: no room for 33554432 bytes'));
  }
  expect(x.every((value) => value === 7) && y.every((value) => value === 7)).toBe(true);
  expect([...fwht(Float64Array.of(1, 2, 3, 4))]).toEqual([5, -1, -2, 0]);
});
