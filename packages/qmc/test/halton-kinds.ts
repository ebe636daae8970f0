import type { HaltonRandomization } from '../src/index.ts';

/** Every way to randomise Halton points. */
export const KINDS: readonly HaltonRandomization[] = [
  'lms+permutation',
  'lms+shift',
  'lms',
  'permutation',
  'shift',
  'owen',
  'owen-tree',
  'none',
];
