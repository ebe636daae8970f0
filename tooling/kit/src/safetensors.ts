export type { Dtype } from './safetensors/dtype.ts';
export { DTYPE_BITS } from './safetensors/dtype.ts';
export type { SafetensorsHeader, TensorEntry } from './safetensors/header.ts';
export { readSafetensorsHeader } from './safetensors/header.ts';
export { readSafetensorsIndex } from './safetensors/index.ts';
