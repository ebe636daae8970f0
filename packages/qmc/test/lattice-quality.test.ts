import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Lattice } from '../src/index.ts';
import { rows } from './lattice-points.ts';
import { bernoulliKernel, componentByComponent, merits } from './merit.ts';

const fixture = (name: string) => JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));
const { pair, worst, sum, rows: table } = fixture('vector');
const KUO = Uint32Array.from(fixture('lattice').vector);
const DIMENSION = 2000;

const plain = (dimension: number, n: number): Float64Array =>
  new Lattice({ dimension, randomize: 'none' }).points({ end: n });

describe('the dual lattice', () => {
  it.each([1, 2, 5, 7, 8, 12, 13])('carries all of the sums over %i points, and nothing else any', (n) => {
    const vector = Uint32Array.of(1, 5, 3);
    const shift = Float64Array.of(0.1, 0.7, 0.9);
    const points = rows(new Lattice({ dimension: 3, vector, order: 'linear', size: n, shift }).points({ end: n }), 3);
    for (const h of frequencies(n, 3)) {
      const dual = dot(h, [...vector]) % n === 0;
      const [cos, sin] = sums(points, h);
      // each of n terms is off by the rounding of its angle 2π h·x: |h·x| < 3n has three products and two sums
      const bound = n * 2 * Math.PI * 3 * n * 2 ** -50 + n * 2 ** -50;
      const turn = 2 * Math.PI * dot(h, [...shift]);
      expect(Math.abs(cos - (dual ? n * Math.cos(turn) : 0))).toBeLessThan(bound);
      expect(Math.abs(sin - (dual ? n * Math.sin(turn) : 0))).toBeLessThan(bound);
    }
  });

  it.each([2, 8, 16])('is that of the first %i points in the other orders too', (n) => {
    for (const order of ['radical-inverse', 'gray'] as const) {
      const points = rows(new Lattice({ dimension: 2, order, randomize: 'none' }).points({ end: n }), 2);
      const vector = [...new Lattice({ dimension: 2 }).vector];
      for (const h of frequencies(n, 2)) {
        const [cos] = sums(points, h);
        expect(Math.abs(cos - (dot(h, vector) % n === 0 ? n : 0))).toBeLessThan(1e-9); // as above; it is 0 or n
      }
    }
  });
});

describe('the default vector', () => {
  it('has 2,000 different odd entries, as made', () => {
    const { vector } = new Lattice({ dimension: DIMENSION });
    expect(new Set(vector).size).toBe(DIMENSION);
    expect(vector.every((g) => g % 2 === 1 && g < 2 ** 19)).toBe(true);
    expect(vector.reduce((total, g) => total + g, 0)).toBe(sum);
  });

  it.each([10, 12, 14])('has the merit that was computed for it, for 2^%i points', (m) => {
    const dimensions = [10, 50, 250];
    const points = plain(250, 2 ** m);
    const [ours, product] = [merits(points, dimensions, pair), merits(points, dimensions, 0)];
    for (const [k, d] of dimensions.entries()) {
      const row = table.find((row: { m: number; d: number }) => row.m === m && row.d === d);
      // means of numbers near 1 (products) and 3 (sums of pairs times 0.01), each with at most 250 roundings
      const bound = 4 * 250 * 2 ** -52;
      expect(Math.abs((ours[k] as number) - row.e2)).toBeLessThan(bound);
      expect(Math.abs((product[k] as number) - row.product.e2)).toBeLessThan(bound);
    }
  });

  it('is at every level within the stated factor of what this level alone allows', () => {
    for (const { e2, best } of table) expect(e2).toBeLessThanOrEqual(worst * best * (1 + 1e-9)); // printed numbers
    expect(worst).toBeLessThan(2.2); // a factor of 1.5 in the error itself
  });

  it('what a level allows is what the construction by the definition reaches', () => {
    const best = componentByComponent(1024, 10, pair);
    const row = table.find((row: { m: number; d: number }) => row.m === 10 && row.d === 10);
    expect(Math.abs(best.merit / row.best - 1)).toBeLessThan(1e-9); // of 4e-3 with noise of 1e-15
  });

  it('beats the vector of the reference where both are made for', () => {
    for (const m of [12, 14, 16]) {
      const theirs = new Lattice({ dimension: 10, vector: KUO, randomize: 'none' }).points({ end: 2 ** m });
      const [[ours], [kuo]] = [merits(plain(10, 2 ** m), [10], 0), merits(theirs, [10], 0)];
      expect(ours).toBeLessThan(kuo as number);
    }
  });
});

describe('shifted lattices', () => {
  const d = 3;
  const f = (point: Float64Array): number => point.reduce((product, x) => product * (1 + x * x - x + 1 / 6), 1);

  /** Mean squared error of R shifts. The integral of f is 1. */
  function error(m: number, replications: number): number {
    const n = 2 ** m;
    const points = new Lattice({ dimension: d, seed: 5, replications }).points({ end: n });
    let squares = 0;
    for (let r = 0; r < replications; r++) {
      let total = 0;
      for (let i = r * n; i < (r + 1) * n; i++) total += f(points.subarray(d * i, d * i + d)) - 1;
      squares += (total / n) ** 2;
    }
    return squares / replications;
  }

  it('err as much as the dual lattice says', () => {
    for (const m of [4, 7, 10]) {
      const points = plain(d, 2 ** m);
      // B₂ has the Fourier coefficients 1/(2π²h²); those of −B₄/6 are their squares
      const exact = merits(
        points,
        [d],
        0,
        (x) => -(x ** 4 - 2 * x ** 3 + x ** 2 - 1 / 30) / 6,
        () => 1,
      )[0] as number;
      // a mean of 400 squares with the kurtosis 3 of a normal variable at most: 5 deviations of √(2/400)
      expect(Math.abs(error(m, 400) / exact - 1)).toBeLessThan(5 * Math.sqrt(2 / 400));
    }
  });

  it('converge at a rate near n⁻² on a function with that smoothness', () => {
    const levels = [6, 8, 10, 12, 14];
    const logs = levels.map((m) => Math.log2(error(m, 50)) / 2);
    const slope = regression(levels, logs);
    // one level is luckier than another by a factor up to 3, or 1.6 in log2; both ends together move the slope by 2·4·1.6/40
    expect(Math.abs(slope + 2)).toBeLessThan(0.32);
  });
});

it('the kernel of the merit is the sum of its Fourier series', () => {
  for (const x of [0, 0.1, 0.5, 0.9]) {
    let series = 0;
    for (let h = 100_000; h >= 1; h--) series += (2 * Math.cos(2 * Math.PI * h * x)) / h ** 2;
    expect(Math.abs(bernoulliKernel(x) - series)).toBeLessThan(2.1e-5); // the rest of Σ 2/h²
  }
});

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((s, x, j) => s + x * (b[j] as number), 0);

/** All h with |h_j| ≤ n/2 + 1. */
function frequencies(n: number, d: number): number[][] {
  const most = Math.floor(n / 2) + 1;
  const line = Array.from({ length: 2 * most + 1 }, (_, k) => k - most);
  let all: number[][] = [[]];
  for (let j = 0; j < d; j++) all = all.flatMap((h) => line.map((next) => [...h, next]));
  return all;
}

function sums(points: readonly number[][], h: readonly number[]): [cos: number, sin: number] {
  const angles = points.map((x) => 2 * Math.PI * dot(h, x));
  return [angles.reduce((s, a) => s + Math.cos(a), 0), angles.reduce((s, a) => s + Math.sin(a), 0)];
}

function regression(x: readonly number[], y: readonly number[]): number {
  const [mx, my] = [x, y].map((v) => v.reduce((s, a) => s + a, 0) / v.length) as [number, number];
  const top = x.reduce((s, a, k) => s + (a - mx) * ((y[k] as number) - my), 0);
  return top / x.reduce((s, a) => s + (a - mx) ** 2, 0);
}
