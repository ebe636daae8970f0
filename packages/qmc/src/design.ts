import { isCount, show } from '@gossamer/kit/errors';
import { fail } from './errors.ts';
import { checkBelow, within } from './parameters.ts';
import { type PointRange, PointSet } from './points.ts';

/** A factor that takes every value between two bounds. */
export interface ContinuousFactor {
  readonly name: string;
  readonly lower: number;
  readonly upper: number;
}

/** A factor that takes the integers from the first to the last, both included, equally often. */
export interface IntegerFactor {
  readonly name: string;
  readonly integer: readonly [first: number, last: number];
}

/** A factor that takes each of some levels equally often. */
export interface CategoricalFactor {
  readonly name: string;
  readonly categories: readonly (string | number)[];
}

/** What one coordinate of a point stands for. */
export type Factor = ContinuousFactor | IntegerFactor | CategoricalFactor;

/** A design of experiments, column by column: one per factor, one entry per run. */
export interface Design {
  readonly factors: readonly Factor[];
  /** How many runs there are. */
  readonly size: number;
  /** Numbers of continuous and integer factors, levels of categorical ones. */
  readonly columns: readonly (Float64Array | readonly (string | number)[])[];
}

/** One run: the value of each factor by its name. */
export type DesignRow = Record<string, string | number>;

/**
 * A design of experiments: each coordinate of a point set made a factor.
 *
 * A continuous factor is lower + (upper − lower)·u, an integer or categorical one cuts [0, 1) into bins of equal length. A
 * net or a lattice of n = 2^m points meets each of k = 2^j ≤ n bins exactly n/k times; another k within one of n/k.
 *
 * @param points of as many coordinates as there are factors, without replications.
 * @param range which of the points are runs.
 * @throws `QmcError` with code `bad-option` (replications, the number of factors, names that are empty or not unique, a
 * factor that is none of the three), `bad-value` (bounds, integers, categories), and as {@link PointSet.points};
 * `TypeError` when `points` is no {@link PointSet} or `factors` no array.
 *
 * @example
 * ```ts
 * const runs = design(new Sobol({ dimension: 3, seed: 7 }), { end: 8 }, [
 *   { name: 'temperature', lower: 150, upper: 200 },
 *   { name: 'cycles', integer: [1, 4] },
 *   { name: 'catalyst', categories: ['none', 'Pt'] },
 * ]);
 * console.log(toCsv(runs));
 * ```
 */
export function design(points: PointSet, range: PointRange, factors: readonly Factor[]): Design {
  if (!(points instanceof PointSet)) throw new TypeError(`points: expected a point set, got ${show(points)}`);
  if (!Array.isArray(factors)) throw new TypeError(`factors: expected an array, got ${show(factors)}`);
  if (points.replications !== 1) {
    throw fail('bad-option', `points: expected 1 replication, got ${points.replications}`);
  }
  const d = points.dimension;
  if (factors.length !== d) {
    throw fail('bad-option', `factors: expected ${d} (the points' dimension), got ${factors.length}`);
  }
  const own = factors.map(checkFactor);
  checkNames(own);
  const x = points.points(range);
  const size = x.length / d;
  return { factors: own, size, columns: own.map((factor, j) => column(factor, size, (i) => x[i * d + j] as number)) };
}

/**
 * A design run by run, for tables and for `JSON.stringify`.
 *
 * @example
 * ```ts
 * const lattice = new Lattice({ dimension: 1, vector: Uint32Array.of(1), randomize: 'none' });
 * designRows(design(lattice, { end: 2 }, [{ name: 'dose', lower: 0, upper: 10 }])); // [{ dose: 0 }, { dose: 5 }]
 * ```
 */
export function designRows({ factors, size, columns }: Design): DesignRow[] {
  return Array.from({ length: size }, (_, i) =>
    Object.fromEntries(factors.map(({ name }, j) => [name, columns[j]?.[i] as string | number])),
  );
}

function column(factor: Factor, size: number, u: (i: number) => number): Design['columns'][number] {
  if ('categories' in factor) {
    const { categories } = factor;
    return Array.from({ length: size }, (_, i) => categories[bin(u(i), categories.length)] as string | number);
  }
  const values = new Float64Array(size);
  if ('integer' in factor) {
    const [first, last] = factor.integer;
    for (let i = 0; i < size; i++) values[i] = first + bin(u(i), last - first + 1);
  } else {
    for (let i = 0; i < size; i++) values[i] = within(u(i), factor.lower, factor.upper);
  }
  return values;
}

/** Which of `count` ≤ 2^53 bins of equal length: u < 1, and then the product rounds to less than `count`. */
function bin(u: number, count: number): number {
  return Math.floor(u * count);
}

/** A copy of a factor, checked. */
function checkFactor(factor: Factor, j: number): Factor {
  const where = `factors[${j}]`;
  if (typeof factor !== 'object' || factor === null) {
    throw new TypeError(`${where}: expected an object, got ${show(factor)}`);
  }
  const { name } = factor;
  if (typeof name !== 'string' || name === '') {
    throw fail('bad-option', `${where}.name: expected a string that is not empty, got ${show(name)}`);
  }
  if ('categories' in factor) return { name, categories: checkCategories(`${where}.categories`, factor.categories) };
  if ('integer' in factor) return { name, integer: checkIntegers(`${where}.integer`, factor.integer) };
  if ('lower' in factor && 'upper' in factor) {
    const { lower, upper } = factor;
    for (const [bound, value] of Object.entries({ lower, upper })) {
      if (typeof value !== 'number') throw new TypeError(`${where}.${bound}: expected a number, got ${show(value)}`);
    }
    checkBelow(`${where}.lower`, lower, `${where}.upper`, upper);
    return { name, lower, upper };
  }
  throw fail(
    'bad-option',
    `${where}: expected lower and upper, integer, or categories, got ${Object.keys(factor).join(', ')}`,
  );
}

function checkIntegers(where: string, integer: readonly [number, number]): readonly [number, number] {
  const pair = Array.isArray(integer) && integer.length === 2 && integer.every(Number.isSafeInteger);
  if (!pair || integer[1] < integer[0]) {
    throw fail('bad-value', `${where}: expected two integers, the second not below the first, got ${show(integer)}`);
  }
  if (isCount(integer[1] - integer[0] + 1)) return [integer[0], integer[1]];
  throw fail('bad-value', `${where}: expected two integers, at most 2^53 − 1 of them, got ${show(integer)}`);
}

function checkCategories(where: string, categories: readonly (string | number)[]): readonly (string | number)[] {
  if (!Array.isArray(categories) || categories.length === 0) {
    throw fail('bad-value', `${where}: expected an array of one category at least, got ${show(categories)}`);
  }
  const bad = categories.findIndex((category) => typeof category !== 'string' && !Number.isFinite(category));
  if (bad >= 0) {
    throw fail('bad-value', `${where}[${bad}]: expected a string or a finite number, got ${show(categories[bad])}`);
  }
  const twice = firstRepeated(categories);
  if (twice < 0) return [...categories];
  throw fail('bad-value', `${where}[${twice}]: expected no category twice, got ${show(categories[twice])}`);
}

function checkNames(factors: readonly Factor[]): void {
  const names = factors.map(({ name }) => name);
  const twice = firstRepeated(names);
  if (twice >= 0) throw fail('bad-option', `factors[${twice}].name: expected no name twice, got ${show(names[twice])}`);
}

/** The index of the first value that came before, or −1. */
function firstRepeated(values: readonly (string | number)[]): number {
  const seen = new Set<string | number>();
  return values.findIndex((value) => seen.size === seen.add(value).size);
}
