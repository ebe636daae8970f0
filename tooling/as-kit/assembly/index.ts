export { exp, logSigmoid, logSumExp, sigmoid, softmax, swish, swishMul } from './activation';
export { blockActivationBytes, blockQuantize } from './block/activation';
export { blockMatmul } from './block/matmul';
export { blockMatrixBytes, blockPackRows, blockUnpackRow } from './block/matrix';
export { bf16ToF32, f16ToF32, f32ToBf16, f32ToF16 } from './convert';
export { matmul, matmulPrepare, matmulScratchBytes } from './matmul';
export { matrixBytes, packRows, unpackRow } from './matrix';
export { groupNorm, rmsNorm } from './norm';
export { add, argmax, dot, maxOf, scale, sum } from './reduce';
