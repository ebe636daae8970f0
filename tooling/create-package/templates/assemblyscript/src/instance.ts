import { Arena, instantiate, MemoryPool } from '@gossamer/kit/memory';
import { type ChosenVariant, chooseVariant, type Variant } from '@gossamer/kit/variant';
import { getModule as getRelaxed } from '#wasm/relaxed';
import { getModule as getSimd, type Kernel } from '#wasm/simd';
import { fail } from './errors.ts';

/** Which build to run: `auto` takes the relaxed one where the host runs it right. */
export type VariantOption = 'auto' | Variant;

const pool = new MemoryPool(fail);
const chosen = new Map<VariantOption, ChosenVariant>();

/** Runs `work` on a kernel with a memory of its own, which goes back to the pool afterwards. */
export function withKernel<T>(variant: VariantOption, work: (kernel: Kernel, arena: Arena) => T): T {
  const { module } = choose(variant);
  const memory = pool.acquire(0);
  try {
    return work(instantiate<Kernel>(module, memory), new Arena(memory, fail));
  } finally {
    pool.release(memory);
  }
}

/** Chooses and compiles a build, on first use. */
function choose(variant: VariantOption): ChosenVariant {
  let choice = chosen.get(variant);
  if (choice === undefined) {
    choice = chooseVariant({ variant, simd: getSimd, relaxed: getRelaxed, selfTest, fail });
    chosen.set(variant, choice);
  }
  return choice;
}

/** Whether a build adds 5 products to 55, with lanes and tail: a host may validate it and compute something else. */
function selfTest(module: WebAssembly.Module): boolean {
  const memory = new WebAssembly.Memory({ initial: 1 });
  new Float32Array(memory.buffer, 16, 5).set([1, 2, 3, 4, 5]);
  return instantiate<Kernel>(module, memory).dot(16, 16, 5) === 55;
}
