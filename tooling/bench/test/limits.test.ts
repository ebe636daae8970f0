import { kernelVariants } from '@gossamer/testkit/kernels';
import { expect, it } from 'vitest';
import { bandwidthLimit, peakF64Limit, peakLimit } from '../src/limits.mjs';

it.each(kernelVariants())('computes what it counts in the peak loop of the %s build', (variant) => {
  const limit = peakLimit(variant);
  expect(() => limit.check()).not.toThrow();
  expect(limit.work).toBe(9_600_000);
});

it('reads every byte that it counts', async () => {
  const limit = bandwidthLimit();
  expect(() => limit.check()).not.toThrow();
  expect(await limit.time(1)).toBeGreaterThan(0);
});

it('computes what it counts in the peak loop of doubles', () => {
  const limit = peakF64Limit();
  expect(() => limit.check()).not.toThrow();
  expect(limit.work).toBe(4_800_000);
});
