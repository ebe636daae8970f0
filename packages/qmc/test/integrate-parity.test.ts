import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { integrateSync } from '../src/index.ts';
import { studentQuantile } from '../src/student.ts';
import { box, cornerPeak, ishigami, type Known, keister, oscillatory } from './integrands.ts';
import { lattice, sobol } from './point-sets.ts';

interface Run {
  readonly integrand: string;
  readonly sequence: 'lattice' | 'sobol';
  readonly dimension: number;
  readonly replications: number;
  readonly seed: number;
  readonly absTol: number;
  readonly history: ReadonlyArray<{ n: number; mean: number; bound: number }>;
}
interface Quantile {
  readonly alpha: string;
  readonly df: number;
  readonly t: number;
}

const golden: { readonly quantiles: readonly Quantile[]; readonly runs: readonly Run[] } = JSON.parse(
  readFileSync(new URL('fixtures/integrate.json', import.meta.url), 'utf8'),
);
const KNOWN: { readonly [name: string]: (d: never) => Known } = {
  'genz-oscillatory': oscillatory,
  'genz-corner-peak': cornerPeak,
  ishigami: () => ishigami,
  'box-minus-1': () => box(-1),
  'box-1': () => box(1),
  keister,
};
const find = (integrand: string, dimension: number, replications: number): Run =>
  golden.runs.find((run) => {
    return (
      run.sequence === 'sobol' &&
      run.integrand === integrand &&
      run.dimension === dimension &&
      run.replications === replications
    );
  }) as Run;

describe('agrees with QMCPy’s CubQMCRepStudentT after every doubling', () => {
  it.each([...golden.runs])('$integrand in $dimension dimensions, $replications replications of $sequence', (run) => {
    const { f, most } = (KNOWN[run.integrand] as (d: number) => Known)(run.dimension);
    const points = (run.sequence === 'sobol' ? sobol : lattice)(run.dimension, run.replications, run.seed);
    const result = integrateSync(f, { points, absTol: run.absTol });
    expect(result.history.map(({ n }) => n)).toEqual(run.history.map(({ n }) => n));
    for (const [k, { n, mean, bound }] of result.history.entries()) {
      const want = run.history[k] as Run['history'][number];
      // The same points. A value differs by a few roundings of |f| and of its argument (8), a sum of n by log2(n) more, in
      // both packages. s changes by at most √2 times what a mean does, and the bound by t/√R times that.
      const rounding = 2 * (8 + Math.log2(n)) * 2 ** -53 * most;
      expect(Math.abs(mean - want.mean)).toBeLessThan(rounding);
      const t = studentQuantile(0.005, run.replications - 1);
      expect(Math.abs(bound - want.bound)).toBeLessThan((rounding * t * Math.SQRT2) / Math.sqrt(run.replications));
    }
  });

  it('the fixtures hold the numbers that its documentation prints', () => {
    expect(find('keister', 1, 25).history).toMatchObject([{ n: 256, mean: 1.3803926978667156 }]); // 1.3803927, 6400 in all
    expect(find('box-minus-1', 3, 25).history.at(-1)?.mean.toFixed(8)).toBe('1.19025707');
    expect(find('box-1', 3, 25).history.at(-1)?.mean.toFixed(8)).toBe('0.96062762');
  });
});

describe('the Student-t quantile', () => {
  it.each([...golden.quantiles])('is exact for alpha = $alpha, $df degrees of freedom', ({ alpha, df, t }) => {
    expect(Math.abs(studentQuantile(Number(alpha) / 2, df) / t - 1)).toBeLessThan(df <= 1000 ? 1e-12 : 1e-11);
  });

  it.each([
    [1, 63.65674116287158],
    [4, 4.604094871349993],
    [9, 3.2498355415921263],
    [15, 2.9467128834752385],
    [24, 2.7969395047744565],
    [31, 2.7440419192942693],
  ])('is that of the specification for %i degrees of freedom', (df, t) => {
    expect(Math.abs(studentQuantile(0.005, df) / t - 1)).toBeLessThan(1e-12);
  });
});
