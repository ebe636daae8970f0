// What this machine can do at most, by wasm loops. They are timed in the rounds of the work that is held against them: a
// limit from another minute is another machine's.

import { timed } from './harness.mjs';
import { instantiate } from './kernels.mjs';

const FLOP_PER_ITERATION = 96; // assembly/peak.ts
const PEAK_ITERATIONS = 100_000; // about 0.2 ms: V8 replaces slow code only between calls
const PAGE = 65_536;
/** Beyond the last-level cache of a desktop or of a slice of a server. */
const BANDWIDTH_BYTES = 512 * 2 ** 20;
/** A pass in short calls, for the same reason as above. */
const BANDWIDTH_STEP = 2 ** 20;

/** @typedef {import('./harness.mjs').Contender} Contender */

/** FLOP of f32x4 multiply-adds: fused in the relaxed build, a multiplication and an addition in the simd build. */
export function peakLimit(variant) {
  const { multiplyAddPeak } = instantiate(variant, 1);
  const fixedPoint = (b, c) => c / (1 - b);
  return {
    name: variant === 'relaxed' ? 'f32 FMA peak' : 'f32 multiply+add peak',
    work: FLOP_PER_ITERATION * PEAK_ITERATIONS,
    check: () => {
      const sum = multiplyAddPeak(PEAK_ITERATIONS, 0.5, 0.25); // every lane converges to c/(1 − b)
      if (sum !== 12 * fixedPoint(0.5, 0.25)) throw new Error(`expected the chains at their fixed point, got ${sum}`);
    },
    time: timed(() => multiplyAddPeak(PEAK_ITERATIONS, 0.999, 0.5)),
  };
}

/** FLOP of f64x2 multiplications and additions: what a transform in doubles cannot beat. */
export function peakF64Limit() {
  const { multiplyAddPeakF64 } = instantiate('simd', 1);
  return {
    name: 'f64 multiply+add peak',
    work: (FLOP_PER_ITERATION / 2) * PEAK_ITERATIONS,
    check: () => {
      const sum = multiplyAddPeakF64(PEAK_ITERATIONS, 0.5, 0.25); // every lane converges to c/(1 − b)
      if (sum !== 6) throw new Error(`expected the chains at their fixed point, got ${sum}`);
    },
    time: timed(() => multiplyAddPeakF64(PEAK_ITERATIONS, 0.999, 0.5)),
  };
}

/** Numbers written to an array that was written before, by the host's own `fill`. */
export function writeLimit(array) {
  return {
    name: 'Float64Array.fill',
    work: array.length,
    check: () => {},
    time: timed(() => array.fill(0.5)),
  };
}

/** Bytes read from pages that were written before; one repetition is one pass over all of them. */
export function bandwidthLimit() {
  const { readBandwidth, memory } = instantiate('simd', 1 + BANDWIDTH_BYTES / PAGE);
  const words = new Int32Array(memory.buffer, PAGE, BANDWIDTH_BYTES / 4);
  words.fill(0x01020304);
  const pass = () => {
    let folded = 0;
    for (let at = 0; at < BANDWIDTH_BYTES; at += BANDWIDTH_STEP) folded ^= readBandwidth(PAGE + at, BANDWIDTH_STEP);
    return folded;
  };
  return {
    name: 'read bandwidth',
    work: BANDWIDTH_BYTES,
    check: () => {
      words[words.length - 4] ^= 0xff; // first lane of the last vector: seen only if the pass reaches the end
      const folded = pass();
      words[words.length - 4] ^= 0xff;
      if (folded !== 0xff) throw new Error(`expected the one changed bit pattern 255, got ${folded}`);
    },
    time: timed(pass),
  };
}
