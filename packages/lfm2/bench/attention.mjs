// Attention of the shape of LFM2-350M: `node bench/attention.mjs [repetitions]` after a build, on Node ≥ 24. Each decode figure is
// one token in all attention layers, each prefill figure a text of 512 in chunks; `write` is norm, rotation and caching of what is
// new. Every call (≤ 1 ms) is timed by itself; shown are the sums of the medians and, for busy machines, of the shortest times.
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

const REPETITIONS = Number(process.argv[2] ?? 15);
const CACHES = { q8: 3, f16: 2, f32: 0 };
const [LAYERS, HEADS, KV_HEADS, DIM, PAGE] = [6, 16, 8, 64, 64];
const CONTEXTS = [64, 1024, 4096];
const [PREFILL, CHUNK] = [512, 128];
const TOKENS = 4096;
const WARM_UP = 300; // ms until V8 has surely optimised what is called
const CALL = 8e6; // MAC of a call, well below a millisecond
const MIB = 2 ** 20;
// Where things lie, the pages from BASE on.
const BASE = 65536;
const [Q, K, V, OUT, SCRATCH, TABLE, ROPE, WEIGHT] = [128, 132, 134, 136, 140, 148, 149, 150].map((at) => at * MIB);

const memory = new WebAssembly.Memory({ initial: 151 * 16 });

for (const variant of ['simd', 'relaxed']) {
  const module = new WebAssembly.Module(readFileSync(new URL(`../wasm/${variant}.wasm`, import.meta.url)));
  const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports;
  console.log(`\n${variant}, ${cpus()[0].model.trim()}, Node ${process.versions.node}`);
  for (const name in CACHES) {
    const text = write(kernel, CACHES[name]);
    for (const context of CONTEXTS) {
      const macs = 2 * LAYERS * HEADS * DIM * context;
      report(`${name} decode at ${context}`, [...attend(kernel, text, context - 1, 1)], macs);
    }
    const chunks = Array.from({ length: PREFILL / CHUNK }, (_, i) => [...attend(kernel, text, i * CHUNK, CHUNK)]);
    report(`${name} prefill of ${PREFILL}`, chunks.flat(), LAYERS * HEADS * DIM * PREFILL * (PREFILL + 1));
    report(`${name} write 1`, store(kernel, text, TOKENS - 1, 1));
    report(`${name} write ${CHUNK}`, store(kernel, text, 0, CHUNK));
  }
}

/** Pages of TOKENS tokens with numbers of the size that normed keys have. */
function write(kernel, type) {
  const layer = kernel.pageLayerBytes(type, KV_HEADS, DIM);
  new Uint8Array(memory.buffer, BASE, (TOKENS / PAGE) * LAYERS * layer).fill(0);
  new Uint32Array(memory.buffer, TABLE, TOKENS / PAGE).forEach((_, i, table) => {
    table[i] = BASE + i * LAYERS * layer;
  });
  let seed = 1;
  const noise = (at, length, size) => {
    const values = new Float32Array(memory.buffer, at, length);
    for (let i = 0; i < length; i++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
      values[i] = (seed / 2 ** 31) * size;
    }
  };
  noise(Q, CHUNK * HEADS * DIM, 1.7);
  for (let first = 0; first < TOKENS; first += CHUNK) {
    for (let l = 0; l < LAYERS; l++) {
      noise(K, CHUNK * KV_HEADS * DIM, 1.7);
      noise(V, CHUNK * KV_HEADS * DIM, 1);
      kernel.cacheWrite(K, V, TABLE, l * layer, type, first, CHUNK, KV_HEADS, DIM);
    }
  }
  new Float32Array(memory.buffer, WEIGHT, DIM).fill(1);
  const frequencies = Float32Array.from({ length: DIM / 2 }, (_, j) => 1e6 ** ((-2 * j) / DIM));
  new Float32Array(memory.buffer, WEIGHT + MIB / 2, DIM / 2).set(frequencies);
  return { type, layer };
}

/** Calls for m tokens in all layers. */
function* attend(kernel, { type, layer }, position, m) {
  const perHead = (2 * m * (position + m) * HEADS * DIM) / KV_HEADS;
  const step = Math.max(1, Math.min(KV_HEADS, Math.floor(CALL / perHead)));
  for (let l = 0; l < LAYERS; l++) {
    for (let h = 0; h < KV_HEADS; h += step) {
      const count = Math.min(step, KV_HEADS - h);
      yield () => kernel.attend(Q, TABLE, l * layer, type, OUT, m, position, HEADS, KV_HEADS, DIM, h, count, SCRATCH);
    }
  }
}

/** What m new tokens need before attention, in all layers. */
function store(kernel, { type, layer }, position, m) {
  const calls = [() => kernel.ropeTable(WEIGHT + MIB / 2, ROPE, position, m, DIM)];
  for (let l = 0; l < LAYERS; l++) {
    calls.push(
      () => kernel.normRope(OUT, WEIGHT, ROPE, m, HEADS, DIM, 1e-5),
      () => kernel.normRope(K, WEIGHT, ROPE, m, KV_HEADS, DIM, 1e-5),
      () => kernel.cacheWrite(K, V, TABLE, l * layer, type, position, m, KV_HEADS, DIM),
    );
  }
  return calls;
}

function report(name, calls, macs = 0) {
  const { median, best } = measure(calls);
  const rate = macs ? `   ${(macs / median / 1e6).toFixed(1)} GMAC/s` : '';
  console.log(`${name.padEnd(22)} ${median.toFixed(3).padStart(8)} ms   best ${best.toFixed(3)}${rate}`);
}

function measure(calls) {
  const times = calls.map(() => []);
  for (const start = performance.now(); performance.now() - start < WARM_UP; ) for (const call of calls) call();
  for (let i = 0; i < REPETITIONS; i++) {
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
