// What this host can do at most, in WebAssembly: compiled here, since no package ships it.
import asc from 'assemblyscript/asc';

const FEATURES = { simd: 'simd', relaxed: 'simd,relaxed-simd' };
const CHAINS = Array.from({ length: 12 }, (_, i) => `a${i}`);

/** 12 chains hide the latency of a multiply-add; their operands are parameters, since V8 rebuilds constants at each use. */
const SOURCE = `
export function multiplyAdds(iterations: i32, x: f32, y: f32): f32 {
  const m = f32x4.splat(x);
  const n = f32x4.splat(y);
  let ${CHAINS.map((a) => `${a} = n`).join(', ')};
  for (let i = 0; i < iterations; i++) {
    ${CHAINS.map((a) => `${a} = madd(${a}, m, n);`).join('\n    ')}
  }
  return f32x4.extract_lane(${CHAINS.reduce((sum, a) => `f32x4.add(${sum}, ${a})`)}, 0);
}

/** What the recurrent form does to memory: reads and writes every element of a state. */
export function rewrite(at: usize, bytes: usize, x: f32, y: f32): void {
  const m = f32x4.splat(x);
  const n = f32x4.splat(y);
  for (const end = at + bytes; at < end; at += 64) {
    v128.store(at, madd(m, v128.load(at), n));
    v128.store(at, madd(m, v128.load(at, 16), n), 16);
    v128.store(at, madd(m, v128.load(at, 32), n), 32);
    v128.store(at, madd(m, v128.load(at, 48), n), 48);
  }
}

// @ts-ignore: decorator
@inline
function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}
`;

/** FLOP of one iteration of `multiplyAdds`. */
export const ITERATION_FLOP = CHAINS.length * 8;

/** @param {'simd' | 'relaxed'} variant @param {WebAssembly.Memory} memory */
export async function limits(variant, memory) {
  let binary;
  const flags = ['--runtime', 'stub', '--importMemory', '--noAssert', '-O3', '--enable', FEATURES[variant]];
  const { error, stderr } = await asc.main(['limits.ts', '--outFile', 'limits.wasm', ...flags], {
    readFile: (name) => (name === 'limits.ts' ? SOURCE : null),
    writeFile: (name, contents) => {
      if (name === 'limits.wasm') binary = contents;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(stderr.toString());
  return new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory, abort() {} } }).exports;
}
