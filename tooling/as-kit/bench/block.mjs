// Products with the block types of GGUF against the limits of the same host: `node bench/block.mjs [repetitions]` after a build, on
// Node ≥ 24. Every call (≤ 1 ms) is timed by itself; the table shows the medians over the repetitions and, for busy machines, the
// best. `dots` is the peak of products summed in i16 lanes, `int8` that of sums in i32 lanes, as Q8_0 needs them, `read` the bandwidth
// of reading.
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { compile } from './compile.ts';

const REPETITIONS = Number(process.argv[2] ?? 15);
const Q8_32 = 4;
const TYPES = { Q4_0: 5, Q4_K: 6, Q6_K: 7, Q8_0: Q8_32 };
const MIB = 2 ** 20;
const CALL = 20e6; // MAC of a call, well below a millisecond
const WARM_UP = 300; // ms until V8 has surely optimised what is called
const [N, K] = [4608, 1024];
const STREAM = 256 * MIB;
// Where things lie: the stream from BASE on, X and SOURCE never written again.
const BASE = 65536;
const [X, A, Y, SOURCE] = [272, 288, 304, 320].map((at) => at * MIB);

const memory = new WebAssembly.Memory({ initial: 336 * 16 });
// Written once, so that every page exists: bytes that are small numbers as f32, and finite scales as f16.
new Float32Array(memory.buffer).forEach((_, i, all) => {
  all[i] = 0.5 + (i % 61) / 128 - (i % 2);
});

for (const variant of ['simd', 'relaxed']) {
  const peak = instance(await compile('assembly/peak.ts', variant));
  const kernel = instance(new WebAssembly.Module(readFileSync(new URL(`../wasm/${variant}.wasm`, import.meta.url))));
  const dot = variant === 'simd' ? 8 : 16;
  const limits = {
    dots: peakOf(2e5 * 12 * dot, () => peak.shortDots(2e5, 3, 0x01010101)),
    int8: peakOf(2e5 * 12 * dot, () => peak.integerDots(2e5, 3, 0x01010101)),
    read: peakOf(STREAM / 64, (i) => peak.read(BASE + ((i % 64) * STREAM) / 64, STREAM / 64), 64),
  };
  console.log(`\n${variant}, ${cpus()[0].model.trim()}, Node ${process.versions.node}`);
  console.log(
    `dots ${limits.dots.toFixed(1)} GMAC/s, int8 ${limits.int8.toFixed(1)} GMAC/s, read ${limits.read.toFixed(1)} GB/s`,
  );
  for (const name in TYPES) {
    const steps = stepsOf(kernel, TYPES[name]);
    const limit = name === 'Q8_0' ? 'int8' : 'dots';
    for (const m of [1, 2, 4, 8, 64]) report(`${name} ${m}×${K}×${N}`, product(steps, m), limit, limits);
    const { work, calls, bytes } = stream(steps);
    report(`${name} 1×${K}×${N}, ${Math.round(bytes / MIB)} MiB`, { work, calls }, limit, limits, bytes);
  }
}

function instance(module) {
  return new WebAssembly.Instance(module, { env: { memory } }).exports;
}

/** The best rate, in units of 1e9 per second. */
function peakOf(work, call, count = 1) {
  const calls = Array.from({ length: count }, (_, i) => () => call(i));
  return (work * count) / measure(calls, 20).best / 1e6;
}

/** What the kernels do with a type: Q8_0 is the matrix type Q8_32, not one of `block/`. */
function stepsOf(kernel, type) {
  if (type === Q8_32) {
    return {
      bytes: kernel.matrixBytes(type, N, K),
      pack: (w) => kernel.packQ8Rows(SOURCE, w, 0, N, N, K),
      quantize: (m) => kernel.matmulPrepare(X, type, m, K, A),
      multiply: (w, m, panel0, panels) => kernel.matmul(w, type, X, Y, m, N, K, N, panel0, panels, 0, A),
    };
  }
  return {
    bytes: kernel.blockMatrixBytes(type, N, K),
    pack: (w) => kernel.blockPackRows(SOURCE, w, type, 0, N, N, K),
    quantize: (m) => kernel.blockQuantize(X, type, m, K, A),
    multiply: (w, m, panel0, panels) => kernel.blockMatmul(w, type, A, Y, m, N, K, N, panel0, panels, 0),
  };
}

/** A product that stays in the caches, its panels split into calls. */
function product({ pack, quantize, multiply }, m) {
  const panels = N / 8;
  const step = Math.min(panels, Math.max(4, Math.floor(CALL / (m * K * 8))));
  pack(BASE);
  quantize(m);
  const calls = [];
  for (let p = 0; p < panels; p += step) calls.push(() => multiply(BASE, m, p, Math.min(step, panels - p)));
  return { work: m * N * K, calls };
}

/** One token times matrices that together are much larger than the caches. */
function stream({ bytes, pack, quantize, multiply }) {
  const count = Math.floor(STREAM / bytes);
  for (let i = 0; i < count; i++) pack(BASE + i * bytes);
  quantize(1);
  const calls = Array.from({ length: count }, (_, i) => () => multiply(BASE + i * bytes, 1, 0, N / 8));
  return { work: count * N * K, calls, bytes: count * bytes };
}

function report(name, { work, calls }, limit, limits, bytes = 0) {
  const { median, best } = measure(calls, REPETITIONS);
  const [rate, bestRate] = [work / median / 1e6, work / best / 1e6];
  const speed = bytes / median / 1e6;
  const read = bytes ? `, ${speed.toFixed(1)} GB/s, ${((100 * speed) / limits.read).toFixed(0)} % of read` : '';
  console.log(
    `${name.padEnd(30)} ${rate.toFixed(1).padStart(6)} GMAC/s ${((100 * rate) / limits[limit]).toFixed(0).padStart(4)} % of ${limit}` +
      `   best ${bestRate.toFixed(1)}${read}`,
  );
}

/** Milliseconds of all calls together: the sum of their medians and of their shortest times. */
function measure(calls, repetitions) {
  const times = calls.map(() => []);
  for (const start = performance.now(); performance.now() - start < WARM_UP; ) for (const call of calls) call();
  for (let i = 0; i < repetitions; i++) {
    calls.forEach((call, at) => {
      const start = performance.now();
      call();
      times[at].push(performance.now() - start);
    });
  }
  for (const list of times) list.sort((a, b) => a - b);
  return {
    median: times.reduce((sum, list) => sum + list[list.length >> 1], 0),
    best: times.reduce((sum, list) => sum + list[0], 0),
  };
}
