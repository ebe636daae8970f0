export { BF16, BLOCK, F16, F32, K_BLOCK, PANEL, Q8_32, Q8_ROW } from './types';
export { matrixBytes, packRows, unpackRow } from './matrix';
export { matmul, matmulPrepare, matmulScratchBytes } from './matmul';
