import { dotBound } from '@gossamer/testkit/bounds';
import { LANE_EDGES } from '@gossamer/testkit/lengths';
import { uniforms } from '@gossamer/testkit/random';
import { describe, expect, it } from 'vitest';
import { dot, NewPackageError } from '../src/index.ts';
import * as oracle from './oracle.ts';

describe('dot', () => {
  it.each(LANE_EDGES)('agrees with the f64 loop at length %i', (n) => {
    const [x, y] = [uniforms(n, n, -1, 1), uniforms(n + 100, n, -1, 1)];
    const error = Math.abs(dot(x, y) - oracle.dot(x, y));
    expect(error).toBeLessThanOrEqual(dotBound(n, oracle.absDot(x, y)));
  });

  it('is 0 for empty arrays', () => {
    expect(dot(new Float32Array(), new Float32Array())).toBe(0);
  });

  it('propagates NaN and infinity', () => {
    expect(dot(Float32Array.of(1, Number.NaN), Float32Array.of(1, 1))).toBeNaN();
    expect(dot(Float32Array.of(Number.POSITIVE_INFINITY), Float32Array.of(2))).toBe(Number.POSITIVE_INFINITY);
  });
});

it('refuses arrays of different lengths', () => {
  expect(() => dot(new Float32Array(3), new Float32Array(2))).toThrow(
    new NewPackageError('bad-length', 'y: expected 3 elements, got 2'),
  );
});

it('refuses other arrays than Float32Array', () => {
  const x = [1, 2] as unknown as Float32Array;
  expect(() => dot(x, new Float32Array(2))).toThrow(new TypeError('x: expected a Float32Array, got [1, 2]'));
});
