import { F32_ROUNDOFF } from '@gossamer/testkit/bounds';
import { LANE_EDGES } from '@gossamer/testkit/lengths';
import { normals } from '@gossamer/testkit/random';
import { describe, expect, it } from 'vitest';
import { builds } from './host.ts';
import { rmsNorm, standardize } from './oracle.ts';

describe.each(builds)('norms, $name', ({ host }) => {
  it('rmsNorm agrees with f64 at every length, with and without weight', () => {
    for (const n of [...LANE_EDGES, 1024]) {
      const rows = 3;
      const x = normals(n, rows * n).map((v) => v * 10);
      for (const weight of [undefined, normals(n + 1, n)]) {
        const y = host.alloc(x.byteLength);
        host.kernel.rmsNorm(host.put(x), weight ? host.put(weight) : 0, y, rows, n, 1e-5);
        const got = host.f32(y, rows * n);
        for (let i = 0; i < rows; i++) {
          rmsNorm(x.slice(i * n, (i + 1) * n), weight, 1e-5).forEach((want, j) => {
            // The sum of squares rounds n/16 + 6 times, halved by the root; mean, eps, root, 1/…, and two products once each.
            const limit = (n / 32 + 9) * F32_ROUNDOFF * Math.abs(want);
            expect(Math.abs((got[i * n + j] as number) - want)).toBeLessThanOrEqual(limit);
          });
        }
        host.check();
      }
    }
  });

  it('groupNorm agrees with f64 for any size of group, with and without weight and bias', () => {
    for (const size of LANE_EDGES) {
      for (const groups of [1, 3]) {
        const [rows, n] = [2, groups * size];
        const x = normals(size, rows * n).map((v) => v + 3);
        const weight = normals(size + 1, n);
        const bias = normals(size + 2, n);
        for (const affine of [false, true]) {
          const y = host.alloc(x.byteLength);
          const [w, b] = affine ? [host.put(weight), host.put(bias)] : [0, 0];
          host.kernel.groupNorm(host.put(x), w, b, y, rows, groups, n, 1e-5);
          const got = host.f32(y, rows * n);
          for (let at = 0; at < rows * n; at += size) {
            const group = x.slice(at, at + size);
            const largest = group.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
            standardize(group, 1e-5).forEach((want, j) => {
              const c = (at + j) % n;
              const [scale, shift] = affine ? [weight[c] as number, bias[c] as number] : [1, 0];
              const wanted = want * scale + shift;
              // The mean rounds by (n/16 + 7)·u·max|x|, divided by the deviation of at least √eps.
              const deviation = Math.sqrt(variance(group) + 1e-5);
              const meanError = ((size / 16 + 7) * F32_ROUNDOFF * largest) / deviation;
              const limit =
                Math.abs(scale) *
                  (2 * meanError * (1 + Math.abs(want)) + (size / 16 + 12) * F32_ROUNDOFF * Math.abs(want)) +
                4 * F32_ROUNDOFF * (Math.abs(wanted) + Math.abs(shift));
              expect(Math.abs((got[at + j] as number) - wanted)).toBeLessThanOrEqual(limit);
            });
          }
          host.check();
        }
      }
    }
  });

  it('work in place', () => {
    const x = normals(1, 30);
    const apart = host.alloc(120);
    const at = host.put(x);
    host.kernel.rmsNorm(at, 0, apart, 2, 15, 1e-6);
    host.kernel.rmsNorm(at, 0, at, 2, 15, 1e-6);
    expect(host.f32(at, 30)).toEqual(host.f32(apart, 30));
    const other = host.put(x);
    host.kernel.groupNorm(other, 0, 0, apart, 2, 3, 15, 1e-6);
    host.kernel.groupNorm(other, 0, 0, other, 2, 3, 15, 1e-6);
    expect(host.f32(other, 30)).toEqual(host.f32(apart, 30));
    host.check();
  });

  it('turn a row with NaN or ∞ into one that shows it, and leave the others alone', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const x = normals(2, 18);
      x[8] = bad;
      const at = host.put(x);
      const y = host.alloc(72);
      host.kernel.rmsNorm(at, 0, y, 2, 9, 1e-6);
      expect(host.f32(y, 18)[8]).toBeNaN();
      expect(host.f32(y, 18).subarray(9).every(Number.isFinite)).toBe(true);
      host.kernel.groupNorm(at, 0, 0, y, 2, 1, 9, 1e-6);
      expect(host.f32(y, 9).every(Number.isNaN)).toBe(true);
      host.check();
    }
  });
});

function variance(x: Float32Array): number {
  const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
  return x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length;
}
