export { QmcError, type QmcErrorCode } from './errors.ts';
export { type LatticeOptions, type LatticeOrder, latticePoints } from './lattice.ts';
