// wasm/inflate.js: the inflater that the inlined binaries of a package share, and how they are deflated for it.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import * as esbuild from 'esbuild';

const require = createRequire(import.meta.url);
const fflate = require('fflate/package.json');

export const toolVersion = `fflate ${fflate.version}, esbuild ${esbuild.version}`;

/**
 * Base64 of machine code hardly compresses, so the binary is deflated before it becomes text. The largest blocks: at the
 * end of one, V8 throws away the code it just made for the inflater.
 * @param {Uint8Array} binary
 */
export const deflate = (binary) => deflateRawSync(binary, { level: 9, memLevel: 9 });

/**
 * The text of the module: fflate's `inflateSync` and its licence. fflate fills tables when it is evaluated, so all of it is
 * wrapped in a function that the first call runs.
 */
export async function inflateModule() {
  const home = dirname(require.resolve('fflate/package.json'));
  const { outputFiles } = await esbuild.build({
    stdin: { contents: "export { inflateSync } from 'fflate/browser';", resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'fflate',
    platform: 'neutral',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
  });
  const licence = await readFile(join(home, 'LICENSE'), 'utf8');
  return `/*! ${fflate.name} ${fflate.version}\n\n${licence.trim()} */
let inflateSync;
export function inflate(deflated, size) {
  inflateSync ??= load();
  return inflateSync(deflated, { out: new Uint8Array(size) });
}
function load() {
  ${outputFiles[0].text.trim()}
  return fflate.inflateSync;
}
`;
}
