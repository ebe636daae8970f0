import type { Kernel } from '#wasm/simd';
import type { OpenModel } from './checkpoint.ts';
import { networkBuffers } from './network.ts';
import { stagingBlocks, WeightPlacement } from './read-weights.ts';
import type { WeightStorage } from './storage.ts';

/** Bytes of everything that is allocated for a load, counted without allocating it. */
export function bytesNeeded(kernel: Kernel, { config, moves }: OpenModel, weights: WeightStorage): number {
  let bytes = 16;
  const counter = {
    alloc(size: number, align = 16): number {
      bytes = Math.ceil(bytes / align) * align + size;
      return 0;
    },
  };
  const placed = new WeightPlacement(kernel, counter, moves, weights);
  networkBuffers(kernel, counter, config, placed.storages);
  stagingBlocks(counter, moves);
  return bytes;
}
