import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox, sandbox } from './sandbox.ts';

const OUTPUTS = [
  '.build.json',
  'debug/relaxed.wasm',
  'debug/simd.wasm',
  'inflate.js',
  'kernel.d.ts',
  'kernel.wasm',
  'none.js',
  'relaxed.inline.js',
  'relaxed.wasm',
  'simd.inline.js',
  'simd.module.js',
  'simd.wasm',
];

const DECLARED = `/** The compiled module (first call compiles); undefined where the host has no such build. */
export function getModule(): WebAssembly.Module | undefined;

/** What assembly/index.ts exports. A pointer is a byte offset into \`memory\`; i64 and u64 are bigints. */
export interface Kernel {
  readonly LANES: WebAssembly.Global<'i32'>;
  readonly STEP: WebAssembly.Global<'i64'>;
  readonly HALF: WebAssembly.Global<'f64'>;
  double(seed: bigint, up: number): bigint;
  axpy(a: number, x: number, y: number, length: number): void;
  twice(seed: bigint, up: number): bigint;
  readonly memory: WebAssembly.Memory;
}
`;

interface Kernel {
  axpy(a: number, x: number, y: number, length: number): void;
  twice(seed: bigint, up: number): bigint;
}

const text = ({ root }: Sandbox, path: string): string => readFileSync(join(root, path), 'utf8');
const wasm = ({ root }: Sandbox, path: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(readFileSync(join(root, path)));

function instantiate(module: WebAssembly.Module): { kernel: Kernel; view: Float32Array } {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return { kernel: instance.exports as unknown as Kernel, view: new Float32Array(memory.buffer) };
}

/** Rewrites the kernels so that the next build fails, and says why. */
function failing(edit: (source: string) => string): { box: Sandbox; text: string } {
  const box = sandbox('kernels');
  const path = join(box.root, 'assembly/vector.ts');
  writeFileSync(path, edit(readFileSync(path, 'utf8')));
  const { status, text } = box.run('build');
  expect(status).toBe(1);
  expect(existsSync(join(box.root, 'wasm'))).toBe(false);
  expect(text).not.toMatch(/^\s+at /m); // a sentence, not a stack
  return { box, text };
}

describe('a build of AssemblyScript', () => {
  let box: Sandbox;
  let said: ReturnType<Sandbox['run']>;
  beforeAll(() => {
    box = createSandbox('kernels');
    said = box.run('build');
  });
  afterAll(() => box.dispose());
  const rebuilt = (): Sandbox => sandbox('kernels', box);
  const written = ({ root }: Sandbox): number => statSync(join(root, 'wasm/.build.json')).mtimeMs;
  const append = (to: Sandbox, path: string, more: string): void =>
    writeFileSync(join(to.root, path), text(to, path) + more);

  it('makes every file and prints the sizes', () => {
    expect(said.text).toMatch(/^wasm kernels: simd 0\.\d kB, relaxed 0\.\d kB \(\d+\.\d s\)$/m);
    expect(said.status).toBe(0);
    expect(box.files('wasm')).toEqual(OUTPUTS);
    expect(text(box, 'wasm/kernel.d.ts')).toBe(DECLARED);
    expect(wasm(box, 'wasm/kernel.wasm')).toEqual(wasm(box, 'wasm/simd.wasm'));
  });

  it('makes loaders that run', async () => {
    const loader = await import(pathToFileURL(join(box.root, 'wasm/simd.inline.js')).href);
    expect(loader.getModule()).toBe(loader.getModule());
    const { kernel, view } = instantiate(loader.getModule());
    view.set([1, 2, 3, 4, 10, 20, 30, 40]);
    kernel.axpy(2, 0, 16, 4);
    expect([...view.subarray(4, 8)]).toEqual([12, 24, 36, 48]);
    expect(kernel.twice(2n ** 40n, 1)).toBe(2n ** 41n);

    const none = await import(pathToFileURL(join(box.root, 'wasm/none.js')).href);
    expect(none.getModule()).toBeUndefined();
    expect(text(box, 'wasm/simd.module.js')).toContain("import module from './kernel.wasm'");
    const [, relaxed] = /'([A-Za-z0-9+/]+=*)'/.exec(text(box, 'wasm/relaxed.inline.js')) ?? [];
    expect(Uint8Array.from(inflateRawSync(Buffer.from(relaxed ?? '', 'base64')))).toEqual(
      wasm(box, 'wasm/relaxed.wasm'),
    );
  });

  it('ships an inflater that does nothing at import and gives every byte back', async () => {
    const lines = text(box, 'wasm/inflate.js').split('\n');
    expect(lines[0]).toMatch(/^\/\*! fflate \d+\.\d+\.\d+$/);
    expect(text(box, 'wasm/.build.json')).toContain(lines[0]?.slice('/*! '.length)); // a new version is a new build
    const code = lines.slice(lines.findIndex((line) => line.endsWith('*/')) + 1);
    const topLevel = code.filter((line) => !line.startsWith(' ') && line !== '}' && line !== '');
    expect(topLevel).toEqual(['let inflateSync;', 'export function inflate(deflated, size) {', 'function load() {']);

    const { inflate } = await import(pathToFileURL(join(box.root, 'wasm/inflate.js')).href);
    const noise = Uint8Array.from({ length: 70_000 }, (_, i) => (Math.imul(i, 0x9e3779b1) ^ (i >>> 3)) >>> 11);
    for (const data of [new Uint8Array(70_000), noise, Uint8Array.of(1, 2, 3)]) {
      for (const level of [0, 9]) expect(inflate(deflateRawSync(data, { level }), data.length)).toEqual(data);
    }
    const half = deflateRawSync(noise).subarray(0, 1000);
    expect(() => inflate(half, noise.length)).toThrow('unexpected EOF');
  });

  it('uses relaxed instructions in the relaxed builds alone', () => {
    const madd = Buffer.from([0xfd, 0x85, 0x02]); // f32x4.relaxed_madd
    const uses = (name: string): boolean => Buffer.from(wasm(box, `wasm/${name}.wasm`)).includes(madd);
    expect(['simd', 'debug/simd'].map(uses)).toEqual([false, false]);
    expect(['relaxed', 'debug/relaxed'].map(uses)).toEqual([true, true]);
  });

  it('keeps assertions in the debug builds and drops them from the others', () => {
    const call = (path: string) => () => instantiate(new WebAssembly.Module(wasm(box, path))).kernel.axpy(1, 0, 64, 5);
    expect(call('wasm/debug/simd.wasm')).toThrow(WebAssembly.RuntimeError);
    expect(call('wasm/simd.wasm')).not.toThrow();
  });

  it('is skipped while nothing changed', () => {
    const before = written(box);
    expect(box.run('build')).toEqual({ status: 0, text: 'wasm kernels: up to date\n' });
    expect(written(box)).toBe(before);
  });

  it.each<[what: string, edit: (copy: Sandbox) => void]>([
    ['an imported source', (copy) => append(copy, 'assembly/vector.ts', '\n')],
    ['a file that was looked for in vain', (copy) => writeFileSync(join(copy.root, 'asconfig.json'), '{}')],
    ['an output', (copy) => writeFileSync(join(copy.root, 'wasm/simd.wasm'), 'damaged')],
  ])('is repeated when %s changed, and clears the folder', (_, edit) => {
    const copy = rebuilt();
    writeFileSync(join(copy.root, 'wasm/old.js'), '');
    edit(copy);
    expect(copy.run('build').text).toMatch(/^wasm kernels: simd/m);
    expect(copy.files('wasm')).toEqual(OUTPUTS);
    expect(wasm(copy, 'wasm/simd.wasm')).toEqual(wasm(box, 'wasm/simd.wasm'));
  });

  it('leaves the last good output alone when it fails, and fails until the fault is gone', () => {
    const copy = rebuilt();
    const source = text(copy, 'assembly/vector.ts');
    append(copy, 'assembly/vector.ts', '\nexport function broken(');
    for (let attempt = 0; attempt < 2; attempt++) expect(copy.run('build').status).toBe(1);
    expect(copy.files('wasm')).toEqual(OUTPUTS);
    expect(wasm(copy, 'wasm/simd.wasm')).toEqual(wasm(box, 'wasm/simd.wasm'));
    writeFileSync(join(copy.root, 'assembly/vector.ts'), source);
    expect(copy.run('build')).toEqual({ status: 0, text: 'wasm kernels: up to date\n' });
  });
});

describe('refusals name the fault', () => {
  it('of bad source, with file and line', () => {
    const { text } = failing((source) => source.replace('a: f32', 'a: nothing'));
    expect(text).toContain('assembly/index.ts (simd, release) does not compile:');
    expect(text).toContain("Cannot find name 'nothing'");
    expect(text).toContain('assembly/vector.ts(2,');
  });

  it('of static data', () => {
    const { text } = failing((source) => `${source}\nexport function at(i: i32): i32 { return [3, 1, 4][i]; }`);
    expect(text).toMatch(/the release module has \d+ data segments; kernels keep no static data/);
  });

  it('of state', () => {
    const { text } = failing((source) => `${source}\nlet calls = 0;\nexport function count(): i32 { return ++calls; }`);
    expect(text).toContain('the module keeps a mutable global');
  });

  it('of an optional parameter', () => {
    const { text } = failing((source) => source.replace('length: i32', 'length: i32 = 4'));
    expect(text).toContain('an exported kernel has an optional parameter');
  });

  it('of a value that JavaScript cannot hold', () => {
    const { text } = failing((source) => `${source}\nexport function lanes(): v128 { return f32x4.splat(1); }`);
    expect(text).toContain('export lanes: a v128 cannot cross into JavaScript');
  });

  it('of a folder with nothing to build', () => {
    const box = sandbox('kernels');
    rmSync(join(box.root, 'assembly'), { recursive: true });
    const { status, text } = box.run('build');
    expect(status).toBe(1);
    expect(text).toContain('has neither assembly/index.ts nor crate/Cargo.toml: nothing to build');
  });
});
