import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const FEATURES = { simd: 'simd', relaxed: 'simd,relaxed-simd' } as const;

/** Compiles an AssemblyScript file that assembly/index.ts leaves out, optimised as the shipped builds are. */
export async function compile(entry: string, variant: 'simd' | 'relaxed'): Promise<WebAssembly.Module> {
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const flags = ['--runtime', 'stub', '--importMemory', '--noAssert', '-O3', '--use', 'abort='];
  const files = [entry, '--outFile', 'out.wasm', '--baseDir', root];
  const { error, stderr } = await asc.main([...files, ...flags, '--enable', FEATURES[variant]], {
    writeFile(name, contents) {
      if (name === 'out.wasm') binary = new Uint8Array(contents as Uint8Array);
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`${entry} does not compile: ${stderr.toString()}`);
  return new WebAssembly.Module(binary);
}
