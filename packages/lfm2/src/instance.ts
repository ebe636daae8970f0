import { instantiate, MemoryPool } from '@gossamer/kit/memory';
import { type ChosenVariant, chooseVariant, type Variant } from '@gossamer/kit/variant';
import { getModule as getRelaxed } from '#wasm/relaxed';
import { getModule as getSimd, type Kernel } from '#wasm/simd';
import { fail } from './errors.ts';

/** A build of the kernels. */
export type KernelVariant = Variant;

/** Which build to run: `auto` takes the relaxed one where the host runs it right. */
export type VariantOption = 'auto' | KernelVariant;

/** Memories of disposed models, for the next ones. */
export const pool: MemoryPool = new MemoryPool(fail);

/** A chosen build, and an instance of it that owns no data: it only answers how many bytes things need. */
export interface KernelSizer {
  readonly variant: KernelVariant;
  readonly module: WebAssembly.Module;
  readonly kernel: Kernel;
}

const sizers = new Map<VariantOption, KernelSizer>();

/**
 * Chooses and compiles a build, on first use.
 *
 * @throws `unsupported`, `bad-option`
 */
export function kernelSizer(variant: VariantOption = 'auto'): KernelSizer {
  let sizer = sizers.get(variant);
  if (sizer === undefined) {
    const chosen: ChosenVariant = chooseVariant({ variant, simd: getSimd, relaxed: getRelaxed, selfTest, fail });
    sizer = { ...chosen, kernel: instantiate<Kernel>(chosen.module, new WebAssembly.Memory({ initial: 1 })) };
    sizers.set(variant, sizer);
  }
  return sizer;
}

/** An instance over `memory`. */
export function instantiateIn({ module }: KernelSizer, memory: WebAssembly.Memory): Kernel {
  return instantiate<Kernel>(module, memory);
}

/** Whether a build computes silu(0)·1 = 0 and silu(∞)·0.5 = ∞; the relaxed instructions themselves are tested by the kit. */
function selfTest(module: WebAssembly.Module): boolean {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const view = new Float32Array(memory.buffer, 16, 4);
  view.set([0, Number.POSITIVE_INFINITY, 1, 0.5]);
  instantiate<Kernel>(module, memory).swishMul(16, 24, 16, 2);
  return view[0] === 0 && view[1] === Number.POSITIVE_INFINITY;
}
