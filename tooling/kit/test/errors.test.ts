import { expect, it } from 'vitest';
import { checkLength, isCount, show } from '../src/errors.ts';
import { fail, KitFailure, thrownBy } from './failure.ts';

it('knows what can be a size', () => {
  expect([1, 2 ** 53 - 1].map((value) => isCount(value))).toEqual([true, true]);
  expect([0, -1, 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, '1', null, 1n].filter((x) => isCount(x))).toEqual(
    [],
  );
  expect([isCount(0, 0), isCount(-1, 0), isCount(3, 4)]).toEqual([true, false, false]);
});

it('names the array, what was expected and what came', () => {
  expect(() => checkLength('x', [1, 2], 2, fail)).not.toThrow();
  const error = thrownBy(() => checkLength('x', new Float32Array(2), 3, fail));
  expect(error).toBeInstanceOf(KitFailure);
  expect(error).toMatchObject({ code: 'bad-length', message: 'x: expected 3 elements, got 2' });
});

it('shows any value in a few characters', () => {
  const values = [
    'a"b',
    1.5,
    -0,
    null,
    undefined,
    [1, 'a', null, [2]],
    {},
    new Map(),
    Symbol('s'),
    5n,
    Array(9).fill(0),
  ];
  expect(values.map(show)).toEqual([
    ...['"a\\"b"', '1.5', '0', 'null', 'undefined', '[1, "a", null, Array]', 'Object', 'Map', 'Symbol(s)', '5'],
    '[0, 0, 0, 0, 0, 0, 0, 0, …]',
  ]);
  expect(show('x'.repeat(1000))).toBe(`"${'x'.repeat(76)}…`);
});
