import { expect, it } from 'vitest';
import { QmcError } from '../src/index.ts';
import { type LatticeRequest, latticePoints } from './lattice-points.ts';

const VECTOR = Uint32Array.of(1, 3, 5);
const GOOD = { dimension: 2, vector: VECTOR, end: 4 };

const refusals: Array<[code: string, message: string, options: object, out?: unknown]> = [
  ['bad-option', 'dimension: expected a positive integer, got 0', { dimension: 0 }],
  ['bad-option', 'dimension: expected a positive integer, got 1.5', { dimension: 1.5 }],
  ['bad-option', 'dimension: expected a positive integer, got "2"', { dimension: '2' }],
  ['bad-option', "order: expected 'radical-inverse', 'gray' or 'linear', got \"natural\"", { order: 'natural' }],
  ['bad-range', 'start: expected an integer from 0 to 9007199254740991, got -1', { start: -1 }],
  ['bad-range', 'start: expected an integer from 0 to 9007199254740991, got NaN', { start: Number.NaN }],
  ['bad-range', 'end: expected an integer from start = 5 to 9007199254740991, got 4', { start: 5 }],
  ['bad-range', 'end: expected an integer from start = 0 to 9007199254740991, got 9007199254740992', { end: 2 ** 53 }],
  ['bad-range', 'end: expected an integer from start = 0 to 9007199254740991, got undefined', { end: undefined }],
  ['bad-range', 'end: the sequence has 3 points, got 4', { order: 'linear', size: 3 }],
  ['bad-option', 'size: expected an integer from 1 to 2^53 − 1, got 0', { order: 'linear', size: 0, end: 0 }],
  ['bad-option', "size: only the order 'linear' has one, got 8", { size: 8 }],
  ['bad-option', 'dimension: expected an integer from 1 to 2000, got 2001', { dimension: 2001, vector: undefined }],
  ['bad-option', 'vector.random: expected an integer from 2 to 32, got 33', { vector: { random: 33 } }],
  ['bad-option', 'vector.random: expected an integer from 2 to 32, got 1', { vector: { random: 1 } }],
  ['bad-option', "randomize: expected 'shift' or 'none', got \"ds\"", { randomize: 'ds' }],
  ['bad-option', 'replications: expected a positive integer, got 0', { replications: 0 }],
  ['bad-option', `seed: expected an integer from 0 to 2^53 − 1 or a bigint below 2^128, got -1`, { seed: -1 }],
  ['bad-option', `seed: expected an integer from 0 to 2^53 − 1 or a bigint below 2^128, got 0.5`, { seed: 0.5 }],
  [
    'bad-option',
    `seed: expected an integer from 0 to 2^53 − 1 or a bigint below 2^128, got ${2n ** 128n}`,
    { seed: 2n ** 128n },
  ],
  ['bad-length', 'vector: expected at least 4 elements (dimension), got 3', { dimension: 4 }],
  ['bad-length', 'shift: expected 2 elements, got 3', { shift: new Float64Array(3) }],
  [
    'bad-option',
    "shift: expected none with randomize 'none', got one",
    { shift: new Float64Array(2), randomize: 'none' },
  ],
  ['bad-value', 'shift[1]: expected a number in [0, 1), got 1', { shift: Float64Array.of(0, 1) }],
  ['bad-value', 'shift[0]: expected a number in [0, 1), got NaN', { shift: Float64Array.of(Number.NaN, 0) }],
  ['bad-value', 'shift[0]: expected a number in [0, 1), got -0.1', { shift: Float64Array.of(-0.1, 0) }],
  ['bad-length', 'out: expected 8 elements, got 7', {}, new Float64Array(7)],
  ['out-of-memory', 'out: no room for 9007199254740992 elements', { end: 2 ** 52 }],
];

it.each(refusals)('%s: %s', (code, message, options, out) => {
  const call = (): unknown => latticePoints({ ...GOOD, ...options } as LatticeRequest, out as Float64Array);
  expect(call).toThrow(QmcError);
  expect(call).toThrow(expect.objectContaining({ name: 'QmcError', code, message }));
});

it.each([
  ['vector: expected a Uint32Array or { random }, got [1, 3]', { vector: [1, 3] }, undefined],
  ['vector: expected a Uint32Array or { random }, got null', { vector: null }, undefined],
  ['shift: expected a Float64Array, got Float32Array', { shift: new Float32Array(2) }, undefined],
  ['out: expected a Float64Array, got Float32Array', {}, new Float32Array(8)],
])('an array of another type is a TypeError: %s', (message, options, out) => {
  const call = (): unknown => latticePoints({ ...GOOD, ...options } as LatticeRequest, out as unknown as Float64Array);
  expect(call).toThrow(TypeError);
  expect(call).toThrow(message);
});

it('refuses before it writes', () => {
  const out = new Float64Array(8).fill(7);
  expect(() => latticePoints({ ...GOOD, shift: Float64Array.of(0, 2) }, out)).toThrow(QmcError);
  expect([...out]).toEqual(Array(8).fill(7));
});
