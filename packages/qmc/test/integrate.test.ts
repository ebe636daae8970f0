import { describe, expect, it } from 'vitest';
import { type AsyncIntegrand, integrate, integrateSync, Lattice } from '../src/index.ts';
import { studentQuantile } from '../src/student.ts';
import { cornerPeak, oscillatory } from './integrands.ts';
import { lattice, timeless, VECTOR } from './point-sets.ts';

describe('the result', () => {
  const { f, exact } = oscillatory(3);
  const options = { points: lattice(3), absTol: 1e-4 };
  const result = integrateSync(f, options);

  it('is an interval around the mean that holds the integral', () => {
    const { mean, bound, lower, upper } = result;
    expect(result).toMatchObject({ converged: true, warnings: [], n: 8192, evaluations: 16 * 8192 });
    expect([lower, upper]).toEqual([mean - bound, mean + bound]);
    expect(bound).toBeLessThanOrEqual(1e-4);
    expect(Math.abs(mean - exact)).toBeLessThan(bound);
  });

  it('has a history of doublings that ends with itself', () => {
    const { history, n, mean, bound, seconds } = result;
    expect(history.map((entry) => entry.n)).toEqual([256, 512, 1024, 2048, 4096, 8192]);
    expect(history.at(-1)).toEqual({ n, mean, bound, seconds });
    const times = history.map((entry) => entry.seconds);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('evaluates every point once', () => {
    const seen = new Map<string, number>();
    const counting = (x: Float64Array): number => {
      seen.set(x.join(), (seen.get(x.join()) ?? 0) + 1);
      return f(x);
    };
    integrateSync(counting, options);
    expect(seen.size).toBe(result.evaluations);
    expect([...new Set(seen.values())]).toEqual([1]);
  });

  it('is the same for a function of one point and of a batch, with promises and without', async () => {
    const batch = (x: Float64Array, n: number): number[] =>
      Array.from({ length: n }, (_, i) => f(x.subarray(3 * i, 3 * i + 3)));
    const integrands: AsyncIntegrand[] = [
      f,
      async (x) => f(x),
      { batch },
      { batch: (x, n) => Float64Array.from(batch(x, n)) },
      { batch: async (x, n) => batch(x, n) },
    ];
    for (const integrand of integrands) expect(timeless(await integrate(integrand, options))).toEqual(timeless(result));
    expect(timeless(integrateSync({ batch }, options))).toEqual(timeless(result));
  });

  it('gives a batch all its points at once, few enough to stay small', () => {
    const sizes: number[] = [];
    const batch = (x: Float64Array, n: number): Float64Array => {
      expect(x).toHaveLength(3 * n);
      sizes.push(n);
      return new Float64Array(n);
    };
    integrateSync({ batch }, { points: lattice(3, 4), absTol: 1, nInit: 4096 });
    expect(sizes).toEqual([4096, 4096, 4096, 4096]);
    sizes.length = 0;
    integrateSync({ batch }, { points: lattice(3, 4), absTol: 1, nInit: 300 });
    expect(sizes).toEqual([1024, 128, 32, 16]);
  });

  it('is the plain mean and the plain deviation of the replications', () => {
    const points = lattice(3, 5);
    const x = points.points({ end: 300 });
    const means = [0, 1, 2, 3, 4].map((r) => {
      const values = Array.from({ length: 300 }, (_, i) => f(x.subarray(3 * (300 * r + i), 3 * (300 * r + i + 1))));
      return values.reduce((a, b) => a + b) / 300;
    });
    const mean = means.reduce((a, b) => a + b) / 5;
    const s = Math.sqrt(means.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 4);
    const once = integrateSync(f, { points, absTol: 1e-9, nInit: 300, nMax: 300, inflate: 1.5 });
    // 300 additions in another order: 300 roundings of at most 300·|f|, |f| ≤ 1, divided by 300
    expect(Math.abs(once.mean - mean)).toBeLessThan(300 * 2 ** -53);
    const bound = (1.5 * 4.604094871349993 * s) / Math.sqrt(5);
    expect(Math.abs(once.bound - bound)).toBeLessThan(1.5 * 4.7 * 300 * 2 ** -53);
    expect(once.warnings).toEqual([
      expect.stringMatching(/^tolerance not met: the bound is 0\.\d+ with n = 300 points in each replication$/),
      'n = 300 is no power of two: the points are less even than others would be',
    ]);
  });
});

describe('the tolerance', () => {
  const { f, exact } = cornerPeak(5);

  it('is a part of the smallest integral in the interval when it is relative', () => {
    const { mean, bound, converged, history } = integrateSync(f, { points: lattice(5), relTol: 1e-3 });
    const met = (entry: { mean: number; bound: number }): boolean =>
      entry.bound <= 1e-3 * (Math.abs(entry.mean) - entry.bound);
    expect(converged).toBe(true);
    expect(history.map(met)).toEqual([...history.slice(1).map(() => false), true]);
    for (const integral of [mean - bound, mean + bound]) {
      expect(Math.abs(mean - integral)).toBeLessThanOrEqual(1e-3 * Math.abs(integral) * (1 + 2 ** -50)); // two roundings
    }
    expect(Math.abs(mean - exact)).toBeLessThan(1e-3 * exact);
  });

  it('is that of the smallest integral where the interval is wide, too', () => {
    let wide = 0;
    for (let seed = 0; seed < 100; seed++) {
      const options = { points: lattice(5, 2, seed), relTol: 0.9, nInit: 1, nMax: 2 ** 14, alpha: 0.3 };
      const { history, converged } = integrateSync((x) => f(x) - 0.3, options);
      const met = history.map(({ mean, bound }) => bound <= 0.9 * (Math.abs(mean) - bound));
      expect(converged).toBe(true);
      expect(met.indexOf(true)).toBe(history.length - 1);
      wide += history.filter(({ mean, bound }, k) => !met[k] && bound <= 0.9 * Math.abs(mean)).length;
    }
    expect(wide).toBeGreaterThan(10);
  });

  it('is the larger of the two when both are given', () => {
    const n = (tolerances: { absTol?: number; relTol?: number }): number =>
      integrateSync(f, { points: lattice(5), ...tolerances }).n;
    const [loose, tight] = [n({ absTol: 1e-3 }), n({ absTol: 1e-5 })];
    expect(loose).toBeLessThan(tight);
    expect(n({ absTol: 1e-3, relTol: 1e-5 })).toBe(loose);
    expect(n({ absTol: 1e-5, relTol: 1e-1 })).toBe(256);
  });

  it('can be missed, which is said, and no point is beyond nMax', () => {
    const options = { points: lattice(5), absTol: 1e-12 };
    for (const [nMax, n] of [
      [256, 256],
      [1000, 512],
      [1024, 1024],
    ] as const) {
      const result = integrateSync(f, { ...options, nMax });
      expect(result).toMatchObject({ converged: false, n });
      expect(result.warnings).toEqual([
        `tolerance not met: the bound is ${result.bound} with n = ${n} points in each replication`,
      ]);
    }
    expect(integrateSync(f, { ...options, nMax: 1 })).toMatchObject({ n: 1, evaluations: 16, converged: false });
  });

  it('of a relative kind is never met by an integral of zero, unless nothing varies', () => {
    const points = lattice(1);
    expect(integrateSync(([x]) => (x as number) - 0.5, { points, relTol: 0.5, nMax: 4096 }).converged).toBe(false);
    expect(integrateSync(() => 0, { points, relTol: 0.5 })).toMatchObject({ mean: 0, bound: 0, converged: true });
  });

  it('is met with a warning when the replications do not differ', () => {
    const result = integrateSync(() => 0.1, { points: lattice(2, 7), absTol: 1e-300 });
    expect(result).toMatchObject({ mean: 0.1, bound: 0, n: 256, converged: true });
    expect(result.warnings).toEqual([
      'all replications gave the same mean: they can have missed what the integrand does elsewhere',
    ]);
  });

  it('is judged right where squares of the values would vanish or overflow', () => {
    for (const scale of [2 ** -700, 2 ** 900]) {
      const { mean, bound } = integrateSync((x) => scale * f(x), { points: lattice(5), absTol: 1e-3 * scale });
      const plain = integrateSync(f, { points: lattice(5), absTol: 1e-3 });
      expect([mean, bound]).toEqual([scale * plain.mean, scale * plain.bound]);
    }
  });

  it('holds with the confidence asked for', () => {
    const bound = (alpha: number): number => integrateSync(f, { points: lattice(5), absTol: 1, alpha }).bound;
    expect(bound(1e-10) / bound(0.01)).toBeCloseTo(studentQuantile(5e-11, 15) / 2.9467128834752385, 12);
  });
});

describe('points of a fixed number', () => {
  it('are the default limit, and an uneven part of them is warned of', () => {
    const points = new Lattice({ dimension: 2, vector: VECTOR, order: 'linear', size: 1021, replications: 8, seed: 1 });
    const { f } = oscillatory(2);
    const part = integrateSync(f, { points, absTol: 1e-12 });
    expect(part.n).toBe(512);
    expect(part.warnings.at(-1)).toBe(
      'n = 512 is less than size = 1021: the points are less even than others would be',
    );
    const whole = integrateSync(f, { points, absTol: 1e-12, nInit: 1021 });
    expect(whole).toMatchObject({ n: 1021, warnings: [expect.stringContaining('tolerance not met')] });
    const few = new Lattice({ dimension: 2, vector: VECTOR, order: 'linear', size: 16, replications: 8, seed: 1 });
    expect(integrateSync(f, { points: few, absTol: 1e-12 }).n).toBe(16);
  });
});
