// One package's sources → its wasm/ folder.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assemblyscript from './assemblyscript.mjs';
import { inlineModule, kernelDeclarations, NO_MODULE, STATIC_MODULE } from './emit.mjs';
import { BuildError } from './errors.mjs';
import { isFresh, publish, sha256 } from './outputs.mjs';

/** @typedef {{ fresh: boolean, sizes: Record<string, number> }} BuildResult sizes in bytes, empty when nothing was built */

/**
 * @param {string} root the package's folder
 * @returns {Promise<BuildResult>}
 * @throws {BuildError} when the sources are at fault
 */
export async function build(root) {
  if (existsSync(join(root, 'assembly/index.ts'))) return buildAssemblyScript(root);
  throw new BuildError(`${root} has neither assembly/index.ts nor crate/Cargo.toml: nothing to build`);
}

/** @param {string} root */
async function buildAssemblyScript(root) {
  const tools = `${assemblyscript.toolVersion}, build ${await ownHash()}`;
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
  /** @type {Map<string, Uint8Array | string>} */
  const outputs = new Map([
    ['kernel.wasm', simd.binary],
    ['simd.wasm', simd.binary],
    ['relaxed.wasm', relaxed.binary],
    ['debug/simd.wasm', debug.simd.binary],
    ['debug/relaxed.wasm', debug.relaxed.binary],
    ['simd.inline.js', inlineModule(simd.binary)],
    ['relaxed.inline.js', inlineModule(relaxed.binary)],
    ['simd.module.js', STATIC_MODULE],
    ['none.js', NO_MODULE],
    ['kernel.d.ts', declarations],
  ]);
  await publish(root, tools, inputs, outputs);
  return { fresh: false, sizes: { simd: simd.binary.length, relaxed: relaxed.binary.length } };
}

/** Our own sources are an input as well. */
async function ownHash() {
  const names = (await readdir(import.meta.dirname)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(import.meta.dirname, name), 'utf8')));
  return sha256(texts.join('\0')).slice(0, 16);
}
