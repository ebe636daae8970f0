export { toCsv } from './csv.ts';
export {
  type CategoricalFactor,
  type ContinuousFactor,
  type Design,
  type DesignRow,
  design,
  designRows,
  type Factor,
  type IntegerFactor,
} from './design.ts';
export { DigitalNet, type DigitalNetOptions, type NetMatrices } from './digital-net.ts';
export type { Directions } from './directions.ts';
export {
  type DiscrepancyKind,
  type DiscrepancyOptions,
  type DiscrepancyWork,
  discrepancy,
  discrepancyAsync,
  updateDiscrepancy,
} from './discrepancy.ts';
export { QmcError, type QmcErrorCode } from './errors.ts';
export type { ConfidenceOptions, Estimate } from './estimate.ts';
export { type Derivatives, evaluateKernel, type KernelRequest, kernelMatrix } from './evaluate-kernel.ts';
export type { FitOptions, FitProgress, LikelihoodGradient } from './evidence.ts';
export type { GaussianProcessOptions } from './fitting.ts';
export { type CovarianceDecomposition, covarianceFactor, type GaussianOptions, toGaussian } from './gaussian.ts';
export { type AsyncFitRun, type FitRun, GaussianProcess } from './gaussian-process.ts';
export { Gram, type GramOptions } from './gram.ts';
export { Halton, type HaltonOptions, type HaltonRandomization } from './halton.ts';
export { LatinHypercube, type LatinHypercubeOptions } from './hypercube.ts';
export { Iid, type IidOptions } from './iid.ts';
export type { AsyncIntegrand, Integrand } from './integrand.ts';
export { type Integral, type IntegrateOptions, integrate, integrateSync, type Refinement } from './integrate.ts';
export type { Kernel } from './kernel.ts';
export { Korobov, type KorobovOptions } from './korobov.ts';
export { Lattice, type LatticeOptions, type LatticeOrder, type RandomVector } from './lattice.ts';
export { Net, type NetOptions, type NetOrder } from './net.ts';
export { formatNet, parseNet } from './net-file.ts';
export { inverseNormal } from './normal.ts';
export { type Chunk, evaluateChunk, type PartialSums, type PartitionJob, partition, reduce } from './partition.ts';
export { type PointRange, PointSet, type PointSetSpec, type RandomisationOptions } from './points.ts';
export type { Prediction } from './posterior.ts';
export type { NetRandomization } from './scramble.ts';
export { type Seed, SeedSequence } from './seed.ts';
export { Sobol, type SobolOptions } from './sobol.ts';
export { pointSet, type SpecResources } from './spec.ts';
export { fftbr, fwht, ifftbr, type TransformOptions } from './transform.ts';
export { fromUniform, toUniform, type UniformOptions } from './uniform.ts';
export { formatVector, parseVector, type VectorFile } from './vector-file.ts';
