import { describe, expect, it } from 'vitest';
import { maxAbsDiff, rmsRatio } from '../src/bounds.ts';
import { kernelVariants } from '../src/kernels.ts';
import { generator, normals, uniforms } from '../src/random.ts';

describe('random', () => {
  it('gives the same sequence for the same seed', () => {
    expect(uniforms(7, 5)).toEqual(uniforms(7, 5));
    expect(uniforms(7, 5)).not.toEqual(uniforms(8, 5));
  });

  it('has the moments of its distribution', () => {
    const n = 40_000;
    const mean = normals(3, n).reduce((a, b) => a + b, 0) / n;
    const variance = normals(3, n).reduce((a, b) => a + b * b, 0) / n;
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(n)); // four standard errors
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    const next = generator(1);
    for (let i = 0; i < 1000; i++) {
      const u = next();
      expect(u >= 0 && u < 1).toBe(true);
    }
  });
});

describe('bounds', () => {
  it('measures differences and does not let NaN pass', () => {
    expect(rmsRatio([1, 2], [1, 2])).toBe(0);
    expect(rmsRatio([Number.NaN], [1])).toBe(Number.POSITIVE_INFINITY);
    expect(rmsRatio([Number.NaN], [Number.NaN])).toBe(0);
    expect(maxAbsDiff([1, Number.NaN], [1, 2])).toBe(Number.POSITIVE_INFINITY);
    expect(maxAbsDiff([1, 2.5], [1, 2])).toBe(0.5);
    expect(() => rmsRatio([1], [1, 2])).toThrow('lengths differ');
  });
});

describe('kernelVariants', () => {
  it('always has the simd build', () => {
    expect(kernelVariants()).toContain('simd');
  });
});
