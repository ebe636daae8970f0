export { swishMul } from '@gossamer/as-kit/assembly/activation';
export { matmul, matmulPrepare, matmulScratchBytes } from '@gossamer/as-kit/assembly/matmul';
export { matrixBytes, packRows, unpackRow } from '@gossamer/as-kit/assembly/matrix';
export { rmsNorm } from '@gossamer/as-kit/assembly/norm';
