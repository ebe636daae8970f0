import { type Integrand, toGaussian } from '../src/index.ts';

/** A function on [0, 1)^d and its integral, from the formulas and numbers of specs/qmc.md §12. */
export interface Known {
  readonly f: Integrand;
  readonly exact: number;
  /** No |f(x)| is larger; for f without bound, a number that |f| has at few points. */
  readonly most: number;
}

/** A function of one point. */
export interface KnownOfPoint extends Known {
  readonly f: (x: Float64Array) => number;
}

/** Genz' oscillatory function, coefficients (k − ½)/d scaled to a sum of 4.5; the integral is Re Π (exp(ic) − 1)/(ic). */
export function oscillatory(d: number): KnownOfPoint {
  const c = scaled(d, 4.5, (k) => (k - 0.5) / d);
  let [re, im] = [1, 0];
  for (const each of c) {
    const [a, b] = [Math.sin(each) / each, (1 - Math.cos(each)) / each];
    [re, im] = [re * a - im * b, re * b + im * a];
  }
  return { f: (x) => Math.cos(dot(c, x)), exact: re, most: 1 };
}

/** Genz' corner peak, coefficients 1/k² scaled to a sum of 0.25. */
export function cornerPeak(d: 2 | 3 | 5): KnownOfPoint {
  const c = scaled(d, 0.25, (k) => 1 / k ** 2);
  const exact = { 2: 5 / 7, 3: 0.6394477375652144, 5: 0.515305900383661 }[d];
  return { f: (x) => (1 + dot(c, x)) ** -(d + 1), exact, most: 1 };
}

/** Ishigami's function over (−π, π)³ with a = 7, b = 0.1. */
export const ishigami: KnownOfPoint = {
  f: (x) => {
    const [t0, t1, t2] = [0, 1, 2].map((j) => Math.PI * (2 * (x[j] as number) - 1)) as [number, number, number];
    return (1 + 0.1 * t2 ** 4) * Math.sin(t0) + 7 * Math.sin(t1) ** 2;
  },
  exact: 3.5,
  most: 1 + 0.1 * Math.PI ** 4 + 7,
};

/** The box integral E|x|^s in three dimensions, s = ±1. */
export function box(s: 1 | -1): KnownOfPoint {
  const exact = s === 1 ? 0.9605919564550529 : 1.1900386819897768;
  return { f: (x) => dot(x, x) ** (s / 2), exact, most: s === 1 ? Math.sqrt(3) : 100 };
}

/** Keister's π^(d/2)·cos‖t‖ for t of the normal distribution with variance ½. */
export function keister(d: 1 | 3 | 5): Known {
  const exact = { 1: 1.380388447043143, 3: 2.168309102165481, 5: 1.1353239910124924 }[d];
  const most = Math.PI ** (d / 2);
  const batch = (x: Float64Array, n: number): Float64Array => {
    const t = toGaussian(x, { standardDeviation: Math.SQRT1_2 });
    return Float64Array.from({ length: n }, (_, i) => {
      const point = t.subarray(i * d, (i + 1) * d);
      return most * Math.cos(Math.sqrt(dot(point, point)));
    });
  };
  return { f: { batch }, exact, most };
}

function scaled(d: number, sum: number, coefficient: (k: number) => number): number[] {
  const c = Array.from({ length: d }, (_, j) => coefficient(j + 1));
  const total = c.reduce((a, b) => a + b, 0);
  return c.map((each) => (each * sum) / total);
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] as number) * (b[j] as number);
  return sum;
}
