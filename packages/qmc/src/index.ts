export { QmcError, type QmcErrorCode } from './errors.ts';
export { Lattice, type LatticeOptions, type LatticeOrder } from './lattice.ts';
export { type PointRange, PointSet, type PointSetSpec, type RandomisationOptions } from './points.ts';
export { type Seed, SeedSequence } from './seed.ts';
export { fftbr, fwht, ifftbr, type TransformOptions } from './transform.ts';
