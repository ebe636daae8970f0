export { Lfm2Error, type Lfm2ErrorCode } from './errors.ts';
export type { KernelVariant, VariantOption } from './instance.ts';
