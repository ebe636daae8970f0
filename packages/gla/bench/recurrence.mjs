// The recurrence kernels against the limits of the same host and a scalar recurrence: `node bench/recurrence.mjs [rounds]`
// after a build, on Node ≥ 22. All take turns in one process; prints the best round and the median, and the best round's
// share of the limit's best. Results are compared with f64 before anything is timed.
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { rmsRatio } from '@gossamer/testkit/bounds';
import { uniforms } from '@gossamer/testkit/random';
import { ITERATION_FLOP, limits } from './limits.mjs';
import { scalarRecurrence } from './scalar.mjs';

const ROUNDS = Number(process.argv[2] ?? 100); // many short samples: other processes spoil some
const SHAPE = { tokens: 1024, heads: 4, keySize: 128, valueSize: 256, scale: 128 ** -0.5 };
const STATE = SHAPE.heads * SHAPE.keySize * SHAPE.valueSize;
const TOKEN_FLOP = 5 * STATE; // what the recurrent form needs, for every row
const SEGMENT = 48; // tokens that src/segments.ts gives a call at this shape
const TOLERANCE = 1e-6;

const keys = SHAPE.tokens * SHAPE.heads * SHAPE.keySize;
const values = SHAPE.tokens * SHAPE.heads * SHAPE.valueSize;
const input = {
  q: uniforms(1, keys, -1, 1),
  k: uniforms(2, keys, -1, 1),
  v: uniforms(3, values, -1, 1),
  a: uniforms(4, keys, -1, 3).map((z) => Math.exp(-Math.log1p(Math.exp(-z)) / 16)),
};
const want = { ...input, s: new Float64Array(STATE), o: new Float64Array(values) };
scalarRecurrence(want, SHAPE);

const memory = new WebAssembly.Memory({ initial: 512 });
let top = 65536;
const place = (elements) => {
  const at = top;
  top += (elements * 4 + 127) & ~63; // never at the same place of a page
  return at;
};
const at = {};
for (const [name, array] of Object.entries(input)) {
  at[name] = place(array.length);
  new Float32Array(memory.buffer, at[name], array.length).set(array);
}
const state = place(STATE);
const out = place(values);
const scratch = place(2 ** 20);

console.log(
  `H = 4, K = 128, V = 256; counted as 5·K·V FLOP per token and head\n${cpus()[0].model}, Node ${process.version}`,
);
for (const variant of ['relaxed', 'simd']) {
  const module = new WebAssembly.Module(readFileSync(new URL(`../wasm/${variant}.wasm`, import.meta.url)));
  const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports;
  const limit = await limits(variant, memory);
  const call = (form, t, n) => {
    const key = t * SHAPE.heads * SHAPE.keySize * 4;
    const value = t * SHAPE.heads * SHAPE.valueSize * 4;
    const pointers = [at.q + key, at.k + key, at.v + value, at.a + key, state, out + value];
    kernel[form](...pointers, n, SHAPE.heads, SHAPE.heads, SHAPE.keySize, SHAPE.valueSize, SHAPE.scale, scratch);
  };
  const inCalls = (form, n, tokens) => () => {
    for (let t = 0; t < tokens; t += n) call(form, t, Math.min(n, tokens - t));
  };
  const scalar = { ...input, s: new Float32Array(STATE), o: new Float32Array(values) };
  const kernelRow = (name, form, n, tokens, of) => ({
    name: `${name}, T = ${n}`,
    work: tokens * TOKEN_FLOP,
    run: inCalls(form, n, tokens),
    verify: inCalls(form, n, SHAPE.tokens),
    limit: of,
  });
  const rows = [
    { name: 'multiply-add peak', work: 5e5 * ITERATION_FLOP, run: () => limit.multiplyAdds(5e5, 0.5, 1) },
    { name: 'rewriting the state', work: 50 * TOKEN_FLOP, run: rewrites(limit, 50) },
    kernelRow('chunk', 'glaChunk', SHAPE.tokens, SHAPE.tokens, 0),
    kernelRow('chunk', 'glaChunk', SEGMENT, 2 * SEGMENT, 0),
    kernelRow('recurrent', 'glaRecurrent', 1, 50, 1),
    {
      name: 'scalar JavaScript',
      work: TOKEN_FLOP,
      run: () => scalarRecurrence(scalar, { ...SHAPE, tokens: 1 }),
      limit: 0,
    },
  ];
  for (const row of rows) if (row.verify) verify(row);
  measure(rows);
  print(variant, rows);
}

/** Reads and writes as many bytes as `tokens` tokens do. */
function rewrites(limit, tokens) {
  return () => {
    for (let i = 0; i < tokens; i++) limit.rewrite(state, STATE * 4, 0.5, 0.5);
  };
}

function verify({ name, verify: run }) {
  new Float32Array(memory.buffer, state, STATE).fill(0);
  run();
  const ratios = [
    rmsRatio(new Float32Array(memory.buffer, out, values), want.o),
    rmsRatio(new Float32Array(memory.buffer, state, STATE), want.s),
  ];
  if (!(Math.max(...ratios) < TOLERANCE))
    throw new Error(`${name}: expected RMS ratios below ${TOLERANCE}, got ${ratios}`);
}

function measure(rows) {
  for (const row of rows) row.times = [];
  for (let round = -1; round < ROUNDS; round++) {
    for (const row of round % 2 ? rows : rows.toReversed()) {
      const start = performance.now();
      row.run();
      if (round >= 0) row.times.push((performance.now() - start) / 1000);
    }
  }
}

function print(variant, rows) {
  const rate = ({ work, times }, quantile) =>
    work / times.toSorted((a, b) => a - b)[Math.floor(times.length * quantile)] / 1e9;
  console.log(`\n${variant.padEnd(20)}   best  median  GFLOP/s`);
  for (const row of rows) {
    const best = rate(row, 0);
    const limit = rows[row.limit];
    const share = limit === undefined ? '' : `${((100 * best) / rate(limit, 0)).toFixed(0)} % of ${limit.name}`;
    const rates = [best, rate(row, 0.5)].map((value) => value.toFixed(1).padStart(7)).join(' ');
    console.log(
      `${row.name.padEnd(20)}${rates}  ${(TOKEN_FLOP / best / 1e3).toFixed(1).padStart(7)} µs/token  ${share}`,
    );
  }
}
