import type { DiscrepancyKind } from '../src/index.ts';

/** The square of a discrepancy, from its definition. */
export function square(kind: DiscrepancyKind, x: Float64Array, d: number): number {
  const n = x.length / d;
  const [constant, single, factor] = FORMS[kind];
  let [singles, pairs] = [0, 0];
  for (let i = 0; i < n; i++) {
    singles += product(d, (j) => single(x[i * d + j] as number));
    for (let k = 0; k < n; k++) {
      pairs += product(d, (j) => factor(x[i * d + j] as number, x[k * d + j] as number));
    }
  }
  return power(constant, d) - (2 * singles) / n + pairs / n ** 2;
}

/** The sum of the sizes of the three terms, whose roundings a square has. */
export function size(kind: DiscrepancyKind, x: Float64Array, d: number, squared: number): number {
  const [constant, single] = FORMS[kind];
  let singles = 0;
  for (let i = 0; i < x.length; i += d) singles += product(d, (j) => single(x[i + j] as number));
  const [c, twice] = [power(constant, d), (2 * singles * d) / x.length];
  return Math.abs(c) + twice + (squared - c + twice);
}

function power(base: number, d: number): number {
  return Math.sign(base) * Math.abs(base) ** d;
}

function product(count: number, f: (j: number) => number): number {
  let all = 1;
  for (let j = 0; j < count; j++) all *= f(j);
  return all;
}

const { abs } = Math;
const FORMS: Record<DiscrepancyKind, [number, (u: number) => number, (u: number, v: number) => number]> = {
  CD: [
    13 / 12,
    (u) => 1 + abs(u - 0.5) / 2 - (u - 0.5) ** 2 / 2,
    (u, v) => 1 + abs(u - 0.5) / 2 + abs(v - 0.5) / 2 - abs(u - v) / 2,
  ],
  WD: [-4 / 3, () => 0, (u, v) => 1.5 - abs(u - v) * (1 - abs(u - v))],
  MD: [
    19 / 12,
    (u) => 5 / 3 - abs(u - 0.5) / 4 - (u - 0.5) ** 2 / 4,
    (u, v) => 15 / 8 - abs(u - 0.5) / 4 - abs(v - 0.5) / 4 - (3 * abs(u - v)) / 4 + (u - v) ** 2 / 2,
  ],
  'L2-star': [1 / 3, (u) => (1 - u * u) / 2, (u, v) => 1 - Math.max(u, v)],
};
