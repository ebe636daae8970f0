// y = x·wᵀ in f32 against onnxruntime-web's MatMul; weights are packed beforehand on both sides. Both times hold the copy of
// x into wasm memory and of y out of it, which the peer's run cannot do without.
import { dotBound } from '@gossamer/testkit/bounds';
import { uniforms } from '@gossamer/testkit/random';
import { timed } from '../../harness.mjs';
import { VARIANTS, Workbench } from '../../kernels.mjs';
import { peakLimit } from '../../limits.mjs';
import { ORT } from '../../peers/onnxruntime.mjs';
import { measuredRow } from '../../rows.mjs';
import { F32, PANEL, wasmFolder } from './kernel.mjs';

/** m × k × n */
const SHAPES = [
  [384, 1536, 384],
  [192, 1024, 1024],
];
/** Rows of y that are held against the f64 oracle, spread over all of them. */
const CHECKED_ROWS = 24;

/** @param {import('../../cli.mjs').Context} context */
export async function matmul(context) {
  const rows = [];
  for (const [m, k, n] of SHAPES) rows.push(...(await measure(context, m, k, n)));
  return rows;
}

async function measure({ harness, peers, host }, m, k, n) {
  const x = uniforms(1, m * k, -1, 1);
  const w = uniforms(2, n * k, -1, 1);
  const work = 2 * m * k * n;
  const check = (y) => checkProduct(y, x, w, m, k, n);
  const ours = VARIANTS.map((variant) => kernelContender(variant, x, w, m, k, n, check));
  const limits = VARIANTS.map(peakLimit);
  const runtime = await peers.onnxRuntime();
  const peer = 'unavailable' in runtime ? [] : [await peerContender(runtime, x, w, m, k, n, check)];
  const title = `f32 matmul ${m}×${k}×${n}`;
  const samples = await harness.compare(
    title,
    [...ours, ...peer, ...limits].map((contender) => ({ work, ...contender })),
  );
  const peerSamples = peer.length > 0 ? samples[ours.length] : runtime;
  const limitSamples = samples.slice(ours.length + peer.length);
  return VARIANTS.map((variant, i) =>
    measuredRow({
      id: `matmul-${m}x${k}x${n}-${variant}`,
      work: `${title} (m×k×n), packed weights, ${variant}`,
      unit: 'GFLOP/s',
      host,
      ours: samples[i],
      peerName: ORT,
      peer: peerSamples,
      limit: { samples: limitSamples[i] },
      note: `limit: ${limits[i].name}`,
    }),
  );
}

function kernelContender(variant, x, w, m, k, n, check) {
  const bench = new Workbench(variant, 4 * (2 * n * k + m * k + m * n) + 2 ** 20, wasmFolder);
  const { kernel } = bench;
  const packed = bench.alloc(kernel.matrixBytes(F32, n, k));
  kernel.packRows(bench.put(w), F32, packed, F32, 0, n, n, k);
  const input = bench.alloc(x.byteLength);
  const output = bench.alloc(4 * m * n);
  const scratch = bench.alloc(kernel.matmulScratchBytes(F32, m, k));
  const y = new Float32Array(m * n);
  const panels = Math.ceil(n / PANEL);
  const run = () => {
    bench.floats(input, x.length).set(x);
    kernel.matmulPrepare(input, F32, m, k, scratch);
    kernel.matmul(packed, F32, input, output, m, n, k, n, 0, panels, 0, scratch);
    y.set(bench.floats(output, y.length));
  };
  return {
    name: variant,
    check: () => {
      run();
      check(y);
    },
    time: timed(run),
  };
}

async function peerContender(runtime, x, w, m, k, n, check) {
  const graph = await runtime.prepare({
    name: 'matmul',
    inputs: { x: { type: 'float32', shape: [m, k] } },
    outputs: { y: { type: 'float32', shape: [m, n] } },
    constants: { w: { type: 'float32', shape: [k, n], data: transpose(w, n, k) } },
    nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }],
  });
  return {
    name: ORT,
    check: async () => check(await graph.run(x)),
    time: timed(() => graph.run(x)),
  };
}

/** w (rows, cols) → (cols, rows) */
export function transpose(w, rows, cols) {
  const out = new Float32Array(w.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < cols; c++) out[c * rows + r] = w[r * cols + c];
  return out;
}

/** Against the textbook loop in f64, within the forward bound of a k-term f32 dot product. */
function checkProduct(y, x, w, m, k, n) {
  for (let i = 0; i < m; i += Math.max(1, Math.floor(m / CHECKED_ROWS))) {
    for (let r = 0; r < n; r++) {
      let sum = 0;
      let absolute = 0;
      for (let c = 0; c < k; c++) {
        const term = x[i * k + c] * w[r * k + c];
        sum += term;
        absolute += Math.abs(term);
      }
      const got = y[i * n + r];
      const bound = dotBound(k, absolute);
      if (!(Math.abs(got - sum) <= bound)) throw new Error(`y[${i}, ${r}]: expected ${sum} ± ${bound}, got ${got}`);
    }
  }
}
