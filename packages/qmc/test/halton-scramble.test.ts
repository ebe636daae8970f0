import { describe, expect, it } from 'vitest';
import { Halton } from '../src/index.ts';
import { KINDS } from './halton-kinds.ts';

const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53];

describe('elementary intervals', () => {
  it.each(KINDS)('of every prime base hold one of any b^k points from a multiple of b^k on: %s', (randomize) => {
    const [dimension, end, most] = randomize === 'owen-tree' ? [5, 1100, 130] : [16, 24_000, 3000];
    const points = new Halton({ dimension, seed: 3, replications: 2, randomize }).points({ end });
    for (const [j, base] of PRIMES.slice(0, dimension).entries()) {
      for (let n = base; n <= most; n *= base) {
        for (const first of [0, n, 7 * n, end + n, end + 3 * n]) {
          const hit = new Set(Array.from({ length: n }, (_, i) => interval(points[(first + i) * dimension + j], n)));
          expect(hit.size).toBe(n);
        }
      }
    }
  });

  /** Which of n intervals; a number that is rounded down from its left end counts as in it. */
  const interval = (x: number | undefined, n: number): number => Math.floor((x as number) * n * (1 + 2 ** -51));
});

describe('every coordinate', () => {
  it.each(KINDS)('is in [0, 1), and in single precision cut: %s', (randomize) => {
    const set = new Halton({ dimension: 20, seed: 12, randomize, replications: 2 });
    const end = randomize === 'owen-tree' ? 200 : 2500;
    const points = set.points({ end });
    const single = set.pointsF32({ end });
    expect(points.every((x) => x >= 0 && x < 1)).toBe(true);
    expect(single).toEqual(Float32Array.from(points, (x) => Math.floor(x * 2 ** 24) / 2 ** 24));
  });

  it('is uniform, replication by replication', () => {
    for (const randomize of KINDS.filter((kind) => kind !== 'none' && kind !== 'lms')) {
      const replications = 4000;
      const points = new Halton({ dimension: 5, seed: 2, randomize, replications }).points({ start: 3, end: 4 });
      for (let j = 0; j < 5; j++) {
        const counts = new Array(20).fill(0);
        for (let r = 0; r < replications; r++) counts[Math.floor((points[r * 5 + j] as number) * 20)]++;
        const chiSquare = counts.reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0);
        expect(chiSquare).toBeLessThan(60); // 19 degrees of freedom: P = 4e-6
      }
    }
  });
});

describe('nested scrambling', () => {
  it('keeps what it is', () => {
    const set = new Halton({ dimension: 3, seed: 7, randomize: 'owen' });
    expect([...set.points({ start: 12_345_678, end: 12_345_679 })]).toMatchInlineSnapshot(`
      [
        0.03962756075405782,
        0.896891678027903,
        0.20851500305775575,
      ]
    `);
  });

  it('sends any two digits to any two others equally often', () => {
    const replications = 8000;
    const base = 5;
    const points = new Halton({ dimension: 3, seed: 9, randomize: 'owen', replications }).points({ start: 1, end: 4 });
    const counts = new Map<string, number>();
    for (let r = 0; r < replications; r++) {
      const [a, b] = [0, 2].map((i) => Math.floor((points[(r * 3 + i) * 3 + 2] as number) * base));
      counts.set(`${a}${b}`, (counts.get(`${a}${b}`) ?? 0) + 1);
    }
    expect(counts.size).toBe(base * (base - 1));
    const want = replications / counts.size;
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - want) ** 2 / want, 0);
    expect(chiSquare).toBeLessThan(60); // 19 degrees of freedom
  });

  it('of any two coordinates, or replications, is independent', () => {
    const replications = 10_000;
    const points = new Halton({ dimension: 4, seed: 6, randomize: 'owen', replications }).points({ start: 5, end: 6 });
    for (const lag of [1, 2, 3, 4]) {
      let sum = 0;
      for (let k = lag; k < points.length; k++) {
        sum += ((points[k] as number) - 0.5) * ((points[k - lag] as number) - 0.5);
      }
      // each product has the variance 1/144, and they are uncorrelated: this is five standard deviations
      expect(Math.abs(sum)).toBeLessThan((5 * Math.sqrt(points.length)) / 12);
    }
  });

  it('has the variance of stratified points, 1/(12 n³) for the mean of x', () => {
    const replications = 2000;
    for (const [j, n] of [
      [0, 64],
      [1, 27],
      [2, 25],
      [3, 49],
    ] as const) {
      const points = new Halton({ dimension: 4, seed: 4, randomize: 'owen', replications }).points({ end: n });
      let sum = 0;
      for (let r = 0; r < replications; r++) {
        let mean = 0;
        for (let i = 0; i < n; i++) mean += (points[(r * n + i) * 4 + j] as number) / n;
        sum += (mean - 0.5) ** 2;
      }
      // a normal variance of 2000 squares has a relative deviation of sqrt(2/2000) = 0.032: this is five of them
      expect(Math.abs((sum / replications) * 12 * n ** 3 - 1)).toBeLessThan(0.16);
    }
  });
});
