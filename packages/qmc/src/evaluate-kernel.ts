import { isCount, show } from '@gossamer/kit/errors';
import { checkDimension, outFor } from './checks.ts';
import { fractions } from './elements.ts';
import { fail } from './errors.ts';
import { type CheckedKernel, checkKernel, type Kernel, SHARES, withCore } from './kernel.ts';

/** Orders of derivatives, one per coordinate; 0 unless told. */
export interface Derivatives {
  /** β₀, by x. */
  readonly x?: ArrayLike<number> | undefined;
  /** β₁, by z. */
  readonly z?: ArrayLike<number> | undefined;
}

/** Between which points a kernel is evaluated. */
export interface KernelRequest {
  readonly kernel: Kernel;
  /** d, coordinates per point. */
  readonly dimension: number;
  /** Points, row-major: coordinates in [0, 1), or integers X of coordinates X·2^−64, as `integers` of a net gives them. */
  readonly x: Float64Array | BigUint64Array;
  /** As `x`. */
  readonly z: Float64Array | BigUint64Array;
  /**
   * The kernel's mixed derivative. In a coordinate with β₀ + β₁ > 0, γ·∂K̃ takes the place of 1 + γ·K̃. For
   * `shift-invariant` 2α − β₀ − β₁ must be at least 2; for `digital` α − β₀ − β₁ must, and K̃_α' = −2(1 + K̃_{α−1}), which
   * counts a change of x and one of z alike (x ⊕ z grows with either between its digits); `digital-adaptive` has none.
   */
  readonly derivatives?: Derivatives | undefined;
}

/** Values of the kernel per call into the core, which takes it a few milliseconds at most. */
const BLOCK = 1 << 16;

/**
 * K(xᵢ, zᵢ) of n pairs of points. Coordinates are taken as 64-bit fractions, so that their difference is exact.
 *
 * @param out receives the n values and is returned; made when it is left out.
 * @throws `QmcError` with code `bad-option` (kernel, dimension, derivatives), `bad-length` (x, z, out, lists of the kernel),
 * `bad-value` (a coordinate outside [0, 1)), `out-of-memory`, or `unsupported` on a host without WebAssembly SIMD;
 * `TypeError` when an array is of another type.
 *
 * @example
 * ```ts
 * const [x, z] = [Float64Array.of(0.25), Float64Array.of(0)];
 * evaluateKernel({ kernel: { type: 'digital', alpha: 2, weights: 1 }, dimension: 1, x, z }); // 1 + 0.375
 * ```
 */
export function evaluateKernel(request: KernelRequest, out?: Float64Array): Float64Array {
  const { kernel, dimension, x, z, orders } = check(request, ['x', 'z']);
  if (z.length !== x.length) throw fail('bad-length', `z: expected ${x.length} elements (x), got ${z.length}`);
  const values = outFor(out, x.length / dimension, Float64Array);
  const rows = Math.max(1, Math.floor(BLOCK / dimension));
  const evaluate = (core: Parameters<Parameters<typeof withCore>[1]>[0]): void => {
    for (let at = 0; at < values.length; at += rows) {
      const part = <A extends BigUint64Array>(points: A): A =>
        points.subarray(at * dimension, (at + rows) * dimension) as A;
      core.pairs(part(x), part(z), values.subarray(at, at + rows));
    }
  };
  withCore(kernel, evaluate, orders);
  return scaled(values, kernel);
}

/**
 * The matrix K(xᵢ, zₖ) of n × m points, row-major. Gram matrices of whole designs are better left to `Gram`.
 *
 * @param out receives the n·m values and is returned; made when it is left out.
 * @throws as {@link evaluateKernel}.
 *
 * @example
 * ```ts
 * const x = new Lattice({ dimension: 1, vector: Uint32Array.of(1), randomize: 'none' }).points({ end: 4 });
 * kernelMatrix({ kernel: { type: 'shift-invariant' }, dimension: 1, x, z: x }); // 4 × 4
 * ```
 */
export function kernelMatrix(request: KernelRequest, out?: Float64Array): Float64Array {
  // The core's rows run over z, so it is asked for K(z, x), which is the same with the derivatives swapped.
  const { kernel, dimension, x, z, orders } = check(request, ['z', 'x']);
  const [n, m] = [x.length / dimension, z.length / dimension];
  const values = outFor(out, n * m, Float64Array);
  if (values.length === 0) return values;
  const rows = Math.max(1, Math.floor(BLOCK / m));
  withCore(
    kernel,
    (core) => {
      core.load(z);
      for (let at = 0; at < n; at += rows) {
        core.rows(x.subarray(at * dimension, (at + rows) * dimension), values.subarray(at * m, (at + rows) * m));
      }
    },
    orders,
  );
  return scaled(values, kernel);
}

function scaled(values: Float64Array, { scale }: CheckedKernel): Float64Array {
  if (scale !== 1) for (const [i, value] of values.entries()) values[i] = scale * value;
  return values;
}

interface CheckedRequest {
  readonly kernel: CheckedKernel;
  readonly dimension: number;
  readonly x: BigUint64Array;
  readonly z: BigUint64Array;
  readonly orders: Uint8Array | undefined;
}

/** `sides` are the two sides' orders as the core takes them: first and second argument. */
function check(
  { kernel, dimension, x, z, derivatives }: KernelRequest,
  sides: readonly ['x' | 'z', 'x' | 'z'],
): CheckedRequest {
  checkDimension(dimension);
  const checked = checkKernel(kernel, dimension);
  const orders = derivatives === undefined ? undefined : checkOrders(derivatives, sides, checked);
  return {
    kernel: checked,
    dimension,
    x: fractionsIn('x', x, dimension),
    z: fractionsIn('z', z, dimension),
    orders,
  };
}

/**
 * Points as 64-bit fractions.
 *
 * @throws `bad-length` for no whole points, `bad-value` for a coordinate outside [0, 1), `TypeError` for another array.
 */
export function fractionsIn(name: string, points: Float64Array | BigUint64Array, dimension: number): BigUint64Array {
  const known = points instanceof Float64Array || points instanceof BigUint64Array;
  if (!known) throw new TypeError(`${name}: expected a Float64Array or BigUint64Array, got ${show(points)}`);
  if (points.length % dimension !== 0) {
    throw fail('bad-length', `${name}: expected a multiple of ${dimension} elements (dimension), got ${points.length}`);
  }
  if (points instanceof BigUint64Array) return points;
  const bad = points.findIndex((coordinate) => !(coordinate >= 0 && coordinate < 1));
  if (bad >= 0) throw fail('bad-value', `${name}[${bad}]: expected a number in [0, 1), got ${show(points[bad])}`);
  return fractions(points);
}

function checkOrders(
  derivatives: Derivatives,
  sides: readonly ['x' | 'z', 'x' | 'z'],
  { type, parameters, dimension }: CheckedKernel,
): Uint8Array {
  const orders = new Uint8Array(2 * dimension);
  const digital = type !== 'shift-invariant';
  for (let j = 0; j < dimension; j++) {
    const pair = sides.map((side) => derivatives[side]?.[j] ?? 0);
    const sum = (pair[0] as number) + (pair[1] as number);
    if (!pair.every((order) => isCount(order, 0))) {
      throw fail('bad-option', `derivatives: expected integers >= 0, got ${show(pair)} for coordinate ${j}`);
    }
    const shares = parameters.subarray(SHARES * j, SHARES * (j + 1));
    const least = type === 'digital-adaptive' ? 0 : 1 + shares.findIndex((share) => share > 0);
    const highest = digital ? Math.max(0, least - 2) : 2 * least - 2;
    if (sum > highest) {
      throw fail('bad-option', `derivatives: coordinate ${j} has them up to order ${highest}, got ${show(sum)}`);
    }
    orders.set(pair, 2 * j);
  }
  return orders;
}
