// One package's sources → its wasm/ folder. AssemblyScript is not run through wasm-opt again: asc -O3 has done that, and a
// second pass made the kernels 2 % larger.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assemblyscript from './assemblyscript.mjs';
import { inlineModule, kernelDeclarations, NO_MODULE, RUST_DECLARATIONS, STATIC_MODULE, WITH_GLUE } from './emit.mjs';
import { BuildError } from './errors.mjs';
import * as inflater from './inflate.mjs';
import { isFresh, publish, sha256 } from './outputs.mjs';
import * as rust from './rust.mjs';

/** @typedef {{ fresh: boolean, sizes: Record<string, number> }} BuildResult sizes in bytes, empty when nothing was built */

/**
 * @param {string} root the package's folder
 * @param {(line: string) => void} log receives one line per step that takes time
 * @returns {Promise<BuildResult>}
 * @throws {BuildError} when the sources are at fault
 */
export async function build(root, log) {
  if (existsSync(join(root, 'assembly/index.ts'))) return buildAssemblyScript(root);
  if (existsSync(join(root, 'crate/Cargo.toml'))) return buildRust(root, log);
  throw new BuildError(`${root} has neither assembly/index.ts nor crate/Cargo.toml: nothing to build`);
}

/** @param {string} root */
async function buildAssemblyScript(root) {
  const tools = `${assemblyscript.toolVersion}, ${inflater.toolVersion}, build ${await ownHash()}`;
  if (await isFresh(root, tools)) return { fresh: true, sizes: {} };
  /** @type {Map<string, Uint8Array | undefined>} */
  const inputs = new Map();
  const simd = await assemblyscript.compile(root, 'simd', 'release', inputs);
  const relaxed = await assemblyscript.compile(root, 'relaxed', 'release', inputs);
  const declarations = kernelDeclarations(simd.info, simd.parameters);
  if (kernelDeclarations(relaxed.info, relaxed.parameters) !== declarations) {
    throw new BuildError('the simd and the relaxed build export different functions');
  }
  const debug = {
    simd: await assemblyscript.compile(root, 'simd', 'debug', inputs),
    relaxed: await assemblyscript.compile(root, 'relaxed', 'debug', inputs),
  };
  await publish(root, tools, inputs, {
    'kernel.wasm': simd.binary,
    'simd.wasm': simd.binary,
    'relaxed.wasm': relaxed.binary,
    'debug/simd.wasm': debug.simd.binary,
    'debug/relaxed.wasm': debug.relaxed.binary,
    'simd.inline.js': inlineModule(simd.binary),
    'relaxed.inline.js': inlineModule(relaxed.binary),
    'inflate.js': await inflater.inflateModule(),
    'simd.module.js': STATIC_MODULE,
    'none.js': NO_MODULE,
    'kernel.d.ts': declarations,
  });
  return { fresh: false, sizes: { simd: simd.binary.length, relaxed: relaxed.binary.length } };
}

/**
 * One build: the compiler has no relaxed SIMD worth a second one for f64 and u64 work.
 * @param {string} root
 * @param {(line: string) => void} log
 */
async function buildRust(root, log) {
  const tools = `${rust.toolVersion}, ${inflater.toolVersion}, build ${await ownHash()}`;
  if (await isFresh(root, tools)) return { fresh: true, sizes: {} };
  const { binary, glue, glueTypes, inputs } = await rust.compile(root, log);
  await publish(root, tools, inputs, {
    'kernel.wasm': binary,
    'simd.wasm': binary,
    'simd.inline.js': WITH_GLUE + inlineModule(binary),
    'inflate.js': await inflater.inflateModule(),
    'simd.module.js': WITH_GLUE + STATIC_MODULE,
    'glue.js': glue,
    'glue.d.ts': glueTypes,
    'kernel.d.ts': RUST_DECLARATIONS,
  });
  return { fresh: false, sizes: { simd: binary.length, glue: glue.length } };
}

/** Our own sources are an input as well. */
async function ownHash() {
  const names = (await readdir(import.meta.dirname)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(import.meta.dirname, name), 'utf8')));
  return sha256(texts.join('\0')).slice(0, 16);
}
