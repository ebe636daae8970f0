import { Lattice, type LatticeOptions } from '../src/index.ts';

/** A lattice and a range of its points; a linear lattice ends with the range unless told. */
export type LatticeRequest = LatticeOptions & { readonly start?: number; readonly end: number };

/** Points of a lattice that is unshifted unless the request gives a shift. */
export function latticePoints({ start = 0, end, ...options }: LatticeRequest, out?: Float64Array): Float64Array {
  const { order, size = order === 'linear' ? end : undefined } = options;
  return new Lattice({ randomize: 'none', ...options, size }).points({ start, end }, out);
}
