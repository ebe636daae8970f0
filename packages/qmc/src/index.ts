export type { Directions } from './directions.ts';
export { QmcError, type QmcErrorCode } from './errors.ts';
export { Lattice, type LatticeOptions, type LatticeOrder } from './lattice.ts';
export { Net, type NetOptions, type NetOrder } from './net.ts';
export { type PointRange, PointSet, type PointSetSpec, type RandomisationOptions } from './points.ts';
export type { NetRandomization } from './scramble.ts';
export { type Seed, SeedSequence } from './seed.ts';
export { Sobol, type SobolOptions } from './sobol.ts';
export { fftbr, fwht, ifftbr, type TransformOptions } from './transform.ts';
