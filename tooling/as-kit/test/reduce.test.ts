import { dotBound } from '@gossamer/testkit/bounds';
import { LANE_EDGES } from '@gossamer/testkit/lengths';
import { normals } from '@gossamer/testkit/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builds } from './host.ts';
import { product } from './oracle.ts';

describe.each(builds)('reductions, $name', ({ host }) => {
  it('sum and dot agree with f64 at every length', () => {
    for (const n of [0, ...LANE_EDGES, 1000]) {
      const x = normals(n, n);
      const y = normals(n + 1, n);
      const [xAt, yAt] = [host.put(x), host.put(y)];
      const dot = product(x, y, 0, 0, n);
      expect(Math.abs(host.kernel.dot(xAt, yAt, n) - dot.value)).toBeLessThanOrEqual(dotBound(n, dot.magnitude));
      const total = product(x, new Float32Array(n).fill(1), 0, 0, n);
      expect(Math.abs(host.kernel.sum(xAt, n) - total.value)).toBeLessThanOrEqual(dotBound(n, total.magnitude));
      host.check();
    }
  });

  it('maxOf and argmax find the first largest element', () => {
    const values = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(values, (list) => {
        const at = host.put(Float32Array.from(list));
        expect(host.kernel.maxOf(at, list.length)).toBe(Math.max(...list));
        expect(host.kernel.argmax(at, list.length)).toBe(list.indexOf(Math.max(...list)));
        host.check();
      }),
    );
  });

  it('maxOf and argmax report NaN wherever it stands, and find −∞ alone', () => {
    for (const n of LANE_EDGES) {
      for (const place of [0, n >> 1, n - 1]) {
        const x = normals(n, n);
        x[place] = Number.NaN;
        const at = host.put(x);
        expect(host.kernel.maxOf(at, n)).toBeNaN();
        expect(host.kernel.argmax(at, n)).toBe(place);
      }
      const at = host.put(new Float32Array(n).fill(Number.NEGATIVE_INFINITY));
      expect(host.kernel.maxOf(at, n)).toBe(Number.NEGATIVE_INFINITY);
      expect(host.kernel.argmax(at, n)).toBe(0);
      host.check();
    }
  });

  it('add and scale round each element once', () => {
    for (const n of [0, ...LANE_EDGES]) {
      const x = normals(n, n);
      const y = normals(n + 1, n);
      const [xAt, yAt] = [host.put(x), host.put(y)];
      host.kernel.add(xAt, yAt, n);
      expect(host.f32(yAt, n)).toEqual(y.map((v, i) => v + (x[i] as number)));
      host.kernel.scale(xAt, 0.3, yAt, n);
      expect(host.f32(yAt, n)).toEqual(x.map((v) => v * Math.fround(0.3)));
      host.check();
    }
  });
});
