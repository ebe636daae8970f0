import { expect, it } from 'vitest';
import { covarianceFactor, discrepancy, inverseNormal, toGaussian, updateDiscrepancy } from '../src/index.ts';
import { coreMemory } from '../src/instance.ts';
import { fillUp, PAGE } from './full-memory.ts';

it('a hundred thousand calls leave the memory as it was', () => {
  const x = Float64Array.of(0.25, 0.75);
  const covariance = Float64Array.of(2, 1, 1, 2);
  const calls = (): void => {
    inverseNormal(x);
    toGaussian(x, { covariance });
    updateDiscrepancy(x, Float64Array.of(0.5), discrepancy(x, { dimension: 1 }));
  };
  calls();
  const before = coreMemory().buffer.byteLength;
  for (let call = 0; call < 25_000; call++) calls();
  expect(coreMemory().buffer.byteLength).toBe(before);
});

it('a million numbers need no more memory than a block of them', () => {
  const before = coreMemory().buffer.byteLength;
  toGaussian(new Float64Array(1_000_000).fill(0.5), { mean: 1 });
  expect(coreMemory().buffer.byteLength - before).toBeLessThan(4 * PAGE);
});

it('what the core has no room for is refused, and the next call works', () => {
  const d = 500;
  const covariance = new Float64Array(d * d);
  for (let j = 0; j < d; j++) covariance[j * d + j] = 1;
  const many = new Float64Array(500_000);
  fillUp(coreMemory()); // the core cannot grow any more
  const refusal = expect.objectContaining({
    name: 'QmcError',
    code: 'out-of-memory',
    message: expect.stringMatching(/^\w+: no room for \d+ bytes$/),
  });
  expect(() => covarianceFactor(covariance)).toThrow(refusal);
  expect(() => covarianceFactor(covariance, 'cholesky')).toThrow(refusal);
  expect(() => toGaussian(many.fill(0.5, 0, d).subarray(0, d), { factor: covariance })).toThrow(refusal);
  expect(() => discrepancy(many, { dimension: 5 })).toThrow(refusal);
  expect(() => updateDiscrepancy(many, many.subarray(0, 5), 1)).toThrow(refusal);
  expect([...inverseNormal(Float64Array.of(0.5))]).toEqual([0]);
  expect(discrepancy(Float64Array.of(1), { dimension: 1, kind: 'L2-star' })).toBeCloseTo(Math.sqrt(1 / 3), 15);
});
