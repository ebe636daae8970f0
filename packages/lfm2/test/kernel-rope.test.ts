import { F32_ROUNDOFF } from '@gossamer/testkit/bounds';
import { uniforms } from '@gossamer/testkit/random';
import { describe, expect, it } from 'vitest';
import { Bench, BUILDS } from './host.ts';
import { normRope } from './oracle.ts';

const frequencies = (dim: number, theta: number) =>
  Float32Array.from({ length: dim / 2 }, (_, j) => theta ** ((-2 * j) / dim));

describe.each(BUILDS)('rotary positions of %s', (build) => {
  it.each([0, 1, 1000, 127_999])('have cos and sin rounded from exact ones at position %i', (position) => {
    for (const theta of [1e4, 1e6, 1e7]) {
      const turns = frequencies(64, theta);
      const bench = new Bench(build);
      const out = bench.room(64 * 4);
      bench.kernel.ropeTable(bench.put(turns), out, position, 1, 64);
      const table = bench.read(out, 64);
      turns.forEach((turn, j) => {
        // Math.cos is good to an ulp of f64, the series to 2^-53 of it; the rest is the rounding to f32.
        const angle = position * turn;
        expect(Math.abs((table[j] as number) - Math.cos(angle))).toBeLessThanOrEqual(F32_ROUNDOFF / 2 + 1e-10);
        expect(Math.abs((table[j + 32] as number) - Math.sin(angle))).toBeLessThanOrEqual(F32_ROUNDOFF / 2 + 1e-10);
      });
      expect(bench.intact).toBe(true);
    }
  });

  it.each([2, 4, 8, 10, 64, 96])('turn normed heads of %i elements as f64 does', (dim) => {
    const sizes = { m: 3, heads: 3, dim, position: 41, eps: 1e-5 };
    const x = uniforms(dim, 9 * dim, -3, 3);
    const weight = uniforms(5, dim, 0.5, 1.5);
    const turns = frequencies(dim, 1e4);
    const bench = new Bench(build);
    const at = bench.put(x);
    const table = bench.room(3 * dim * 4);
    bench.kernel.ropeTable(bench.put(turns), table, 41, 3, dim);
    bench.kernel.normRope(at, bench.put(weight), table, 3, 3, dim, 1e-5);
    const want = normRope(x, weight, turns, sizes);
    const got = bench.read(at, want.length);
    // RMS of dim terms: (dim + 8)/2 roundings of a factor; two products and a sum after it. |normed| ≤ 1.5·√dim.
    const bound = (dim / 2 + 10) * F32_ROUNDOFF * 2 * 1.5 * Math.sqrt(dim);
    for (let i = 0; i < want.length; i++)
      expect(Math.abs((got[i] as number) - (want[i] as number))).toBeLessThan(bound);
    expect(bench.intact).toBe(true);
  });
});
