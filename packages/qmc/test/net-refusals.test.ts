import { expect, it } from 'vitest';
import {
  DigitalNet,
  type DigitalNetOptions,
  formatNet,
  type NetMatrices,
  QmcError,
  Sobol,
  type SobolOptions,
} from '../src/index.ts';

const SOBOL = { dimension: 2, seed: 1 };
const NET = { dimension: 2, columns: BigUint64Array.of(2n, 1n, 3n, 1n), bits: 2 };
const words = "'lms+ds', 'lms', 'ds', 'none', 'owen' or 'owen-tree'";
const fake = (dimension: unknown, length: number): object => ({ dimension, bytes: new Uint8Array(length) });

it.each<[code: string, message: string, options: object]>([
  ['bad-option', 'dimension: expected an integer from 1 to 21201, got 0', { dimension: 0 }],
  ['bad-option', 'dimension: expected an integer from 1 to 21201, got 2.5', { dimension: 2.5 }],
  ['bad-option', 'dimension: expected an integer from 1 to 21201, got "2"', { dimension: '2' }],
  ['bad-option', 'dimension: expected an integer from 1 to 21201, got 21202', { dimension: 21_202 }],
  ['bad-option', 'dimension: expected an integer from 1 to 10600, got 10601', { dimension: 10_601, alpha: 2 }],
  [
    'bad-option',
    'directions: over 1024 dimensions expected await loadDirections(1026) of @gossamer/qmc/joe-kuo',
    { dimension: 513, alpha: 2 },
  ],
  [
    'bad-option',
    'directions: expected at least 2049 dimensions, got 2048',
    { dimension: 2049, directions: fake(2048, 13_500) },
  ],
  [
    'bad-option',
    'directions: expected what loadDirections gives, got 13499 bytes for 2048',
    { dimension: 2000, directions: fake(2048, 13_499) },
  ],
  [
    'bad-option',
    'directions: expected what loadDirections gives, got 383874 bytes for 30000',
    { directions: fake(30_000, 383_874) },
  ],
  [
    'bad-option',
    'directions: expected what loadDirections gives, got 0 bytes for NaN',
    { directions: fake(Number.NaN, 0) },
  ],
  ['bad-option', `randomize: expected ${words}, got "nus"`, { randomize: 'nus' }],
  ['bad-option', "order: expected 'natural' or 'gray', got \"linear\"", { order: 'linear' }],
  ['bad-option', 'alpha: expected an integer from 1 to 64, got 0', { alpha: 0 }],
  ['bad-option', 'alpha: expected an integer from 1 to 64, got 65', { alpha: 65 }],
  ['bad-option', 'alpha: expected an integer from 1 to 64, got 1.5', { alpha: 1.5 }],
  ['bad-option', 'replications: expected a positive integer, got 0', { replications: 0 }],
  ['bad-option', 'seed: expected an integer from 0 to 2^53 − 1 or a bigint below 2^128, got -1', { seed: -1 }],
  ['out-of-memory', 'out: no room for 35184372088832000 elements', { replications: 2 ** 40, dimension: 1000 }],
])('Sobol, %s: %s', (code, message, options) => {
  const call = (): unknown => new Sobol({ ...SOBOL, ...options } as SobolOptions);
  expect(call).toThrow(QmcError);
  expect(call).toThrow(expect.objectContaining({ code, message }));
});

it.each<[code: string, message: string, options: object]>([
  ['bad-option', 'dimension: expected a positive integer, got 0', { dimension: 0 }],
  ['bad-option', 'bits: expected an integer from 1 to 64, got 0', { bits: 0 }],
  ['bad-option', 'bits: expected an integer from 1 to 64, got 65', { bits: 65 }],
  ['bad-option', 'bits: expected an integer from 1 to 64, got undefined', { bits: undefined }],
  ['bad-length', 'columns: expected 1 to 52 for each of 3 matrices, got 4 elements', { dimension: 3 }],
  ['bad-length', 'columns: expected 1 to 52 for each of 8 matrices, got 4 elements', { alpha: 4 }],
  ['bad-length', 'columns: expected 1 to 52 for each of 2 matrices, got 0 elements', { columns: new BigUint64Array() }],
  [
    'bad-length',
    'columns: expected 1 to 52 for each of 2 matrices, got 106 elements',
    { columns: new BigUint64Array(106) },
  ],
  [
    'bad-value',
    'columns[2]: expected an integer below 2^1, got 3',
    { columns: BigUint64Array.of(1n, 1n, 3n, 1n), bits: 1 },
  ],
])('DigitalNet, %s: %s', (code, message, options) => {
  const call = (): unknown => new DigitalNet({ ...NET, ...options } as DigitalNetOptions);
  expect(call).toThrow(QmcError);
  expect(call).toThrow(expect.objectContaining({ code, message }));
});

it('matrices that cannot be written are refused', () => {
  const code = (options: object): unknown => {
    try {
      return formatNet({ ...NET, ...options } as NetMatrices);
    } catch (error) {
      return (error as QmcError).code;
    }
  };
  expect(code({ dimension: 0 })).toBe('bad-option');
  expect(code({ bits: 65 })).toBe('bad-option');
  expect(code({ dimension: 3 })).toBe('bad-length');
  expect(code({ bits: 1 })).toBe('bad-value');
});

it('a spawned net cannot have more dimensions than there are matrices', () => {
  expect(() => new DigitalNet({ ...NET, seed: 1 }).spawn(1, [3])).toThrow(
    expect.objectContaining({ code: 'bad-option', message: 'dimension: expected an integer from 1 to 2, got 3' }),
  );
});

it('arrays of another type are a TypeError', () => {
  const typed = (call: () => unknown, message: string): void => expect(call).toThrow(new TypeError(message));
  const columns = 'columns: expected a BigUint64Array, got ';
  typed(() => new DigitalNet({ ...NET, columns: [1n] as never }), `${columns}[1]`);
  typed(() => new DigitalNet({ ...NET, columns: new Uint32Array(4) as never }), `${columns}Uint32Array`);
  typed(() => formatNet({ ...NET, columns: undefined as never }), `${columns}undefined`);
  const sobol = new Sobol(SOBOL);
  typed(
    () => sobol.integers({ end: 1 }, new BigInt64Array(2) as never),
    'out: expected a BigUint64Array, got BigInt64Array',
  );
  typed(() => new Sobol({ ...SOBOL, directions: 5 as never }), 'directions: expected Directions, got 5');
  typed(
    () => new Sobol({ ...SOBOL, directions: { dimension: 1024, bytes: [] } as never }),
    'directions: expected Directions, got Object',
  );
});

it('wrong ranges and lengths are refused before anything is written', () => {
  const out = new BigUint64Array(8).fill(7n);
  const sobol = new Sobol(SOBOL);
  expect(() => sobol.integers({ end: 5 }, out)).toThrow(expect.objectContaining({ code: 'bad-length' }));
  expect(() => sobol.integers({ start: 5, end: 4 }, out)).toThrow(expect.objectContaining({ code: 'bad-range' }));
  expect(() => sobol.integers({ start: -1, end: 3 }, out)).toThrow(expect.objectContaining({ code: 'bad-range' }));
  expect(out.every((x) => x === 7n)).toBe(true);
});
