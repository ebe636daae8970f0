import { Lattice, type LatticeOptions } from '../src/index.ts';

/** A lattice and a range of its points; a linear lattice ends with the range unless told. */
export type LatticeRequest = LatticeOptions & {
  readonly vector: Uint32Array;
  readonly start?: number;
  readonly end: number;
};

/** An array of points as an array of rows. */
export const rows = (points: Float64Array | Float32Array, d: number): number[][] =>
  Array.from({ length: points.length / d }, (_, i) => [...points.subarray(i * d, (i + 1) * d)]);

/** Points of a lattice that is unshifted unless the request gives a shift. */
export function latticePoints({ start = 0, end, ...options }: LatticeRequest, out?: Float64Array): Float64Array {
  const { order, size = order === 'linear' ? end : undefined } = options;
  const randomize = options.shift === undefined ? 'none' : 'shift';
  return new Lattice({ randomize, ...options, size }).points({ start, end }, out);
}
