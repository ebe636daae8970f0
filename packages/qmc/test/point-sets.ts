import { type Integral, Lattice, Sobol } from '../src/index.ts';

/** The first entries of F. Y. Kuo's vector `lattice-33002-1024-1048576.9125`, which QMCPy takes unless told. */
export const VECTOR: Uint32Array = Uint32Array.of(1, 182667, 213731, 255351, 96013, 116671, 479315, 424089);

/** QMCPy's `Lattice(dimension, replications, seed)`. */
export const lattice = (dimension: number, replications = 16, seed = 7): Lattice =>
  new Lattice({ dimension, vector: VECTOR, replications, seed });

/** QMCPy's `DigitalNetB2(dimension, replications, seed)`. */
export const sobol = (dimension: number, replications = 16, seed = 7): Sobol =>
  new Sobol({ dimension, replications, seed });

/** What of an integral is the same in every run. */
export function timeless({ seconds: _, history, ...rest }: Integral): object {
  return { ...rest, history: history.map(({ seconds: _, ...entry }) => entry) };
}
