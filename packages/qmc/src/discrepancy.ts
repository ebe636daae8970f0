import { isCount, show } from '@gossamer/kit/errors';
import { runSliced } from '@gossamer/kit/host';
import { DiscrepancyRun, updatedDiscrepancy } from '#wasm/simd';
import { checkDimension, checkWord } from './checks.ts';
import { fail } from './errors.ts';
import { coreMemory, refusable } from './instance.ts';
import { CLOSED_UNIT, checkPoints, checkWithin } from './parameters.ts';

/**
 * How the distance of a point set from the uniform distribution is measured: centred (`CD`), wrap-around (`WD`) and mixture
 * (`MD`) discrepancy, all three squared, and the L2 star discrepancy, which is not.
 */
export type DiscrepancyKind = 'CD' | 'WD' | 'MD' | 'L2-star';

/** In the order of the core. */
const KINDS: readonly DiscrepancyKind[] = ['CD', 'WD', 'MD', 'L2-star'];

/** The largest dimensions in which no sum over n² < 2^53 products overflows, or 3^−d underflows. */
const MOST: Readonly<Record<DiscrepancyKind, number>> = { CD: 1600, WD: 1600, MD: 1000, 'L2-star': 600 };

/** What is measured. */
export interface DiscrepancyOptions {
  /** d, coordinates per point. */
  readonly dimension: number;
  /** `CD` unless told. */
  readonly kind?: DiscrepancyKind | undefined;
}

/** What is measured, and how to follow and to end it. */
export interface DiscrepancyWork extends DiscrepancyOptions {
  /** Ends the work; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Called at each pause, every 16 ms or so, with the part of the work that is done, from 0 to 1. */
  readonly onProgress?: ((part: number) => void) | undefined;
}

/**
 * The discrepancy of n points in [0, 1]^d, as SciPy defines it: the smaller, the more evenly they lie.
 *
 * It takes O(n²·d): about 10 ms for 2,048 points in 10 dimensions. For more than 10,000 points use {@link discrepancyAsync}.
 *
 * Source: F. J. Hickernell, *A generalized discrepancy and quadrature error bound*, Math. Comp. 67, 1998 (CD, WD); Y. Zhou,
 * K. Fang, J. Ning, *Mixture discrepancy for quasi-random point sets*, J. Complexity 29, 2013 (MD); T. T. Warnock, 1972
 * (L2-star).
 *
 * @param x the points, row-major: (n, d), at least one.
 * @throws `QmcError` with code `bad-option` (dimension, kind), `bad-length` (x), `bad-value` (a coordinate outside [0, 1],
 * with its index), `out-of-memory`, or `unsupported` on a host without WebAssembly SIMD; `TypeError` when `x` is no
 * `Float64Array`.
 *
 * @example
 * ```ts
 * const lattice = new Lattice({ dimension: 2, vector: Uint32Array.of(1, 3), randomize: 'none' });
 * discrepancy(lattice.points({ end: 8 }), { dimension: 2, kind: 'WD' });
 * ```
 */
export function discrepancy(x: Float64Array, options: DiscrepancyOptions): number {
  const steps = measure(x, kindOf(x, options), options.dimension, { part: 0 });
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/**
 * {@link discrepancy} of many points, with pauses in which the host does what waits.
 *
 * @throws as {@link discrepancy}; the reason of `signal`, and what `onProgress` throws.
 *
 * @example
 * ```ts
 * const signal = AbortSignal.timeout(10_000);
 * await discrepancyAsync(new Sobol({ dimension: 5 }).points({ end: 2 ** 15 }), { dimension: 5, signal });
 * ```
 */
export async function discrepancyAsync(x: Float64Array, options: DiscrepancyWork): Promise<number> {
  const { dimension, signal, onProgress } = options;
  const kind = kindOf(x, options);
  signal?.throwIfAborted();
  const done = { part: 0 };
  return runSliced(measure(x, kind, dimension, done), () => {
    signal?.throwIfAborted();
    onProgress?.(done.part);
  });
}

/**
 * The discrepancy of n + 1 points from that of the first n, in O(n·d).
 *
 * `value` is the plain {@link discrepancy} of `x`, not one with SciPy's `iterative`; the result is as plain, and can be
 * updated in turn. Errors add up: each update adds a few ulp of (13/12)^d for `CD`, (4/3)^d for `WD`, (19/12)^d for `MD`.
 *
 * @param x the first n points, row-major: (n, d).
 * @param point the new one: (d).
 * @param value their discrepancy.
 * @throws as {@link discrepancy}; `bad-value` when `value` is not finite; `TypeError` when `point` is no `Float64Array`.
 *
 * @example
 * ```ts
 * const x = Float64Array.of(0.25, 0.75);
 * updateDiscrepancy(x, Float64Array.of(0.5), discrepancy(x, { dimension: 1 })); // of 0.25, 0.75 and 0.5
 * ```
 */
export function updateDiscrepancy(
  x: Float64Array,
  point: Float64Array,
  value: number,
  { kind = 'CD' }: Pick<DiscrepancyOptions, 'kind'> = {},
): number {
  if (!(point instanceof Float64Array)) throw new TypeError(`point: expected a Float64Array, got ${show(point)}`);
  const index = kindOf(x, { dimension: point.length, kind });
  checkWithin('point', point, CLOSED_UNIT);
  if (!Number.isFinite(value)) throw fail('bad-value', `value: expected a finite number, got ${show(value)}`);
  coreMemory();
  const before = kind === 'L2-star' ? value * value : value;
  return rooted(
    kind,
    refusable(() => updatedDiscrepancy(index, x, point, before)),
  );
}

/** Checks everything; the number of the kind. */
function kindOf(x: Float64Array, { dimension, kind = 'CD' }: DiscrepancyOptions): number {
  checkWord('kind', kind, KINDS);
  checkDimension(dimension, MOST[kind]);
  checkPoints('x', x, dimension);
  checkWithin('x', x, CLOSED_UNIT);
  if (!isCount(x.length)) throw fail('bad-length', `x: expected at least ${dimension} elements (one point), got 0`);
  return KINDS.indexOf(kind);
}

function* measure(
  x: Float64Array,
  kind: number,
  dimension: number,
  done: { part: number },
): Generator<void, number, void> {
  coreMemory();
  const run = refusable(() => new DiscrepancyRun(kind, x, dimension));
  try {
    while (run.next()) {
      done.part = run.progress();
      yield;
    }
    return rooted(KINDS[kind] as DiscrepancyKind, run.value());
  } finally {
    run.free();
  }
}

/** SciPy gives the star discrepancy as a root; a square below 0 is rounding. */
function rooted(kind: DiscrepancyKind, value: number): number {
  return kind === 'L2-star' ? Math.sqrt(Math.max(value, 0)) : value;
}
