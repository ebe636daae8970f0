// Matrix products against the limits of the same host: `node bench/matmul.mjs [repetitions]` after a build, on Node ≥ 24.
// Every call of a product (≤ 1 ms) is timed by itself, and so are slices of its limit of about the same length; the table shows
// the medians over the repetitions and, for busy machines, the best.
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { compile } from './compile.ts';

const REPETITIONS = Number(process.argv[2] ?? 15);
const TYPES = { f32: 0, bf16: 1, f16: 2, 'int8 per row': 3, 'int8 per 32': 4 };
const INT8 = 3; // types from here on
const MIB = 2 ** 20;
const CALL = 40e6; // FLOP of a call, about a millisecond: V8 does not replace a running function
const SHAPES = [
  { m: 384, k: 1536, n: 384 },
  { m: 192, k: 1024, n: 1024 },
  { m: 16, k: 1024, n: 1024 },
  { m: 4, k: 1024, n: 1024 },
  { m: 2, k: 1024, n: 1024 },
];
const STREAM = { k: 1024, n: 2816, bytes: 320 * MIB };
// Where things lie: the stream from BASE on, X and SOURCE never written again.
const BASE = 65536;
const [X, SCRATCH, Y, W, SOURCE] = [336, 352, 368, 384, 400].map((at) => at * MIB);

const memory = new WebAssembly.Memory({ initial: 8192 });
// Written once, so that every page exists: small numbers of mixed sign, harmless in every type.
new Float32Array(memory.buffer).forEach((_, i, all) => {
  all[i] = 0.5 + (i % 61) / 128 - (i % 2);
});

for (const variant of ['simd', 'relaxed']) {
  const limits = limitsOf(instance(await compile('assembly/peak.ts', variant)), variant);
  const kernel = instance(new WebAssembly.Module(readFileSync(new URL(`../wasm/${variant}.wasm`, import.meta.url))));
  console.log(`\n${variant}, ${cpus()[0].model.trim()}, Node ${process.versions.node}`);
  for (const shape of SHAPES) for (const name in TYPES) report(product(kernel, name, shape), limits);
  for (const name in TYPES) report(stream(kernel, name), limits);
}

function instance(module) {
  return new WebAssembly.Instance(module, { env: { memory } }).exports;
}

function limitsOf(peak, variant) {
  const dot = variant === 'simd' ? 8 : 16;
  const slice = STREAM.bytes / 64;
  return {
    flop: { unit: 'GFLOP/s', work: 2 * 96 * 2e5, calls: [() => peak.multiplyAdds(2e5, 1, 1e-9)] },
    dot: { unit: 'GMAC/s', work: dot * 12 * 2e5, calls: [() => peak.integerDots(2e5, 3, 0x01010101)] },
    read: {
      unit: 'GB/s',
      work: STREAM.bytes,
      calls: Array.from({ length: 64 }, (_, i) => () => peak.read(BASE + i * slice, slice)),
    },
  };
}

/** A product that stays in the caches, its panels split into calls. */
function product(kernel, name, { m, k, n }) {
  const type = TYPES[name];
  const panels = n / 8;
  const step = Math.max(4, Math.min(panels, Math.floor(CALL / (2 * m * k * 8))));
  kernel.packRows(SOURCE, 0, W, type, 0, n, n, k);
  const calls = [() => kernel.matmulPrepare(X, type, m, k, SCRATCH)];
  for (let p = 0; p < panels; p += step) {
    calls.push(() => kernel.matmul(W, type, X, Y, m, n, k, n, p, Math.min(step, panels - p), 0, SCRATCH));
  }
  const int8 = type >= INT8;
  return { name: `${name} ${m}×${k}×${n}`, work: m * k * n * (int8 ? 1 : 2), limit: int8 ? 'dot' : 'flop', calls };
}

/** One row of x times matrices that together are much larger than the caches. */
function stream(kernel, name) {
  const type = TYPES[name];
  const { k, n } = STREAM;
  const bytes = kernel.matrixBytes(type, n, k);
  const count = Math.floor(STREAM.bytes / bytes);
  for (let i = 0; i < count; i++) kernel.packRows(SOURCE, 0, BASE + i * bytes, type, 0, n, n, k);
  const calls = [() => kernel.matmulPrepare(X, type, 1, k, SCRATCH)];
  for (let i = 0; i < count; i++) {
    calls.push(() => kernel.matmul(BASE + i * bytes, type, X, Y, 1, n, k, n, 0, n / 8, 0, SCRATCH));
  }
  return {
    name: `${name} gemv ${k}→${n}, ${Math.round((count * bytes) / MIB)} MiB`,
    work: count * bytes,
    limit: 'read',
    calls,
  };
}

function report({ name, work, limit, calls }, limits) {
  const of = limits[limit];
  const [times, peaks] = [calls.map(() => []), of.calls.map(() => [])];
  for (let i = 0; i < 3; i++) time(calls, times); // into optimised code
  for (const list of times) list.length = 0;
  for (let i = 0; i < REPETITIONS; i++) {
    time(of.calls, peaks);
    time(calls, times);
  }
  const median = (lists) => lists.reduce((sum, list) => sum + list.sort((a, b) => a - b)[list.length >> 1], 0);
  const best = (lists) => lists.reduce((sum, list) => sum + Math.min(...list), 0);
  const [rate, peak] = [work / median(times), of.work / median(peaks)];
  const [bestRate, bestPeak] = [work / best(times), of.work / best(peaks)];
  const figures = [rate, peak].map((value) => (value / 1e6).toFixed(1).padStart(6)).join(' of ');
  const bests = [bestRate, bestPeak].map((value) => (value / 1e6).toFixed(1)).join(' of ');
  console.log(
    `${name.padEnd(36)} ${figures} ${of.unit.padEnd(7)} ${((100 * rate) / peak).toFixed(0).padStart(4)} %` +
      `   best ${bests}, ${((100 * bestRate) / bestPeak).toFixed(0)} %`,
  );
}

/** Milliseconds of each call, appended to its list. */
function time(calls, lists) {
  calls.forEach((call, i) => {
    const start = performance.now();
    call();
    lists[i].push(performance.now() - start);
  });
}
