import { gramBackward, gramDouble, gramForward, type ProductKernel } from '#wasm/simd';
import { outFor } from './checks.ts';
import { blocks, elements, type Nodes } from './elements.ts';
import { coreMemory, refusable } from './instance.ts';
import { type CheckedKernel, withCore } from './kernel.ts';
import type { PointSet } from './points.ts';

/** Eigenvalues below this share of the largest are lost in the rounding of the transform. */
export const FLOOR: number = 100 * Number.EPSILON;

/** What the first column of a Gram matrix comes to. */
export interface Column {
  /** T(k/S − 1), the kernel's first column in the transform that makes the matrix diagonal. */
  readonly spectrum: Float64Array;
  /** How many of the points are the first one. */
  readonly copies: number;
}

/** Every row of n numbers of x ← its T x. */
export function forward(x: Float64Array, { group }: PointSet, n: number = x.length): void {
  coreMemory();
  refusable(() => gramForward(group === 'lattice', x, n));
}

/** x ← Tᵀ x, which undoes {@link forward}. */
export function backward(x: Float64Array, { group }: PointSet): Float64Array {
  coreMemory();
  refusable(() => gramBackward(group === 'lattice', x));
  return x;
}

/** T of 2n values, from T of their halves. */
export function doubledSpectrum(first: Float64Array, second: Float64Array, { group }: PointSet): Float64Array {
  const both = outFor(undefined, 2 * first.length, Float64Array);
  coreMemory();
  refusable(() => gramDouble(group === 'lattice', first, second, both));
  return both;
}

/** The first column's entries at the points from `start` on. */
export function columnOf(kernel: CheckedKernel, nodes: Nodes, start: number): Column {
  const spectrum = outFor(undefined, nodes.n - start, Float64Array);
  const origin = elements(nodes, 0, 1);
  const copies = withCore(kernel, (core: ProductKernel) => {
    let sum = 0;
    for (const { start: at, end, block } of blocks(nodes, start, nodes.n)) {
      sum += core.column(block, origin, spectrum.subarray(at - start, end - start));
    }
    return sum;
  });
  forward(spectrum, nodes.points);
  return { spectrum, copies };
}
