import { show } from '@gossamer/kit/errors';
import { NormalBlock } from '#wasm/simd';
import { outFor } from './checks.ts';
import { coreMemory, refusable } from './instance.ts';

/** Numbers per call into the core: 64 kB stay in a second-level cache, and a call takes some tens of microseconds. */
const BLOCK = 8192;

/**
 * The inverse of the normal distribution function: z with Φ(z) = p, for each number of an array.
 *
 * −∞ at 0, ∞ at 1, `NaN` outside [0, 1] and for `NaN`. The error is below 2 ulp everywhere, in the lower tail down to the
 * smallest number there is, and Φ⁻¹(1 − p) = −Φ⁻¹(p) wherever 1 − p is exact.
 *
 * The rational approximations are this package's own; the plan (a central part and two tails in √(−ln p)) is that of
 * M. J. Wichura, *Algorithm AS 241: The percentage points of the normal distribution*, Appl. Statist. 37(3), 1988.
 *
 * @param out receives the quantiles and is returned; made when it is left out. It may be `p` itself.
 * @throws `QmcError` with code `bad-length` (out), `out-of-memory`, or `unsupported` on a host without WebAssembly SIMD;
 * `TypeError` when an array is no `Float64Array`.
 *
 * @example
 * ```ts
 * inverseNormal(Float64Array.of(0.025, 0.5, 0.975)); // −1.96, 0, 1.96
 * ```
 */
export function inverseNormal(p: Float64Array, out?: Float64Array): Float64Array {
  if (!(p instanceof Float64Array)) throw new TypeError(`p: expected a Float64Array, got ${show(p)}`);
  return throughCore(p, outFor(out, p.length, Float64Array), { dimension: 1 });
}

/** A normal distribution: the mean (d), and the diagonal of a factor (d) or all of it (d, d); standard when left out. */
interface Transform {
  readonly dimension: number;
  readonly mean?: Float64Array;
  readonly factor?: Float64Array;
}

/** Whole points of `x`, block by block, to quantiles or normal points in `out`; nothing is checked. */
export function throughCore(x: Float64Array, out: Float64Array, { dimension, mean, factor }: Transform): Float64Array {
  const length = Math.min(Math.max(1, Math.floor(BLOCK / dimension)) * dimension, x.length);
  const memory = coreMemory();
  const block = refusable(() => new NormalBlock(length, mean, factor));
  try {
    const values = new Float64Array(memory.buffer, block.address(), length);
    for (let start = 0; start < x.length; start += length) {
      const part = x.subarray(start, start + length);
      values.set(part);
      block.transform(part.length);
      out.set(values.subarray(0, part.length), start);
    }
  } finally {
    block.free();
  }
  return out;
}
