// assembly/index.ts → the wasm binaries of a package. asc runs in this process and every file it asks for is recorded,
// so the next build knows what it depends on without guessing at import rules.
import { relative, resolve } from 'node:path';
import asc from 'assemblyscript/asc';
import { BuildError } from './errors.mjs';
import { readIfPresent } from './outputs.mjs';
import { inspect } from './wasm.mjs';

const ENTRY = 'assembly/index.ts';
const SHARED = ['--runtime', 'stub', '--importMemory', '--initialMemory', '1', '--use', 'abort='];
const RELEASE = ['--noAssert', '-O3'];
const DEBUG = ['--debug'];
const FEATURES = { simd: 'simd', relaxed: 'simd,relaxed-simd' };

/** @typedef {import('./wasm.mjs').WasmInfo} WasmInfo */
/**
 * @typedef {object} Compiled
 * @property {Uint8Array} binary
 * @property {WasmInfo} info
 * @property {Map<string, string[]>} parameters of every exported function, by exported name
 */

export const toolVersion = `asc ${asc.version}`;

/**
 * @param {string} root the package's folder
 * @param {'simd' | 'relaxed'} variant
 * @param {'release' | 'debug'} mode
 * @param {Map<string, Uint8Array | undefined>} inputs receives each file asked for, path relative to root; absent ones as undefined
 * @returns {Promise<Compiled>}
 */
export async function compile(root, variant, mode, inputs) {
  /** @type {Uint8Array | undefined} */
  let binary;
  const messages = asc.createMemoryStream();
  const names = new ExportNames();
  const flags = [...SHARED, ...(mode === 'release' ? RELEASE : DEBUG), '--enable', FEATURES[variant]];
  const { error } = await asc.main([ENTRY, '--outFile', 'kernel.wasm', '--baseDir', root, ...flags], {
    stdout: messages,
    stderr: messages,
    transforms: [/** @type {any} */ (names)], // asc adds the other members itself
    listFiles: () => [],
    readFile: (name, base) => recordedRead(root, resolve(base, name), inputs),
    writeFile: (name, contents) => {
      if (name === 'kernel.wasm') binary = /** @type {Uint8Array} */ (contents);
    },
  });
  if (error || !binary) {
    throw new BuildError(`${ENTRY} (${variant}, ${mode}) does not compile:\n${messages.toString().trimEnd()}`);
  }
  const info = inspect(binary);
  refuseStaticState(info, mode);
  return { binary, info, parameters: names.parameters };
}

/**
 * @param {string} root
 * @param {string} path
 * @param {Map<string, Uint8Array | undefined>} inputs
 */
async function recordedRead(root, path, inputs) {
  const bytes = await readIfPresent(path);
  inputs.set(relative(root, path), bytes);
  return bytes === undefined ? null : new TextDecoder().decode(bytes);
}

/**
 * Several kernels and threads share one memory, so a module owns no part of it.
 * @param {WasmInfo} info
 * @param {'release' | 'debug'} mode
 */
function refuseStaticState({ dataSegments, exports, globals }, mode) {
  if (exports.some(({ name }) => name === '__setArgumentsLength')) {
    throw new BuildError(
      'an exported kernel has an optional parameter: the argument count would be mutable static state',
    );
  }
  if (dataSegments > 0) {
    throw new BuildError(
      `the ${mode} module has ${dataSegments} data segments; kernels keep no static data (no string, array literal, memory.data or allocation): pass tables in from TypeScript`,
    );
  }
  if (mode === 'release' && globals.some(({ mutable }) => mutable)) {
    throw new BuildError('the module keeps a mutable global; kernels keep no state: pass scratch in from TypeScript');
  }
}

/** An asc transform that notes how the source calls the parameters of each export; the binary has forgotten it. */
class ExportNames {
  /** @type {Map<string, string[]>} */
  parameters = new Map();

  /** @param {any} program asc's Program */
  afterInitialize(program) {
    this.#visit(program.filesByName.get(ENTRY.replace(/\.ts$/, '')));
  }

  /** @param {any} file asc's File element */
  #visit(file) {
    for (const [name, { declaration }] of file.exports ?? []) {
      const parameters = declaration.signature?.parameters;
      if (parameters)
        this.parameters.set(
          name,
          parameters.map((/** @type {any} */ p) => p.name.text),
        );
    }
    for (const star of file.exportsStar ?? []) this.#visit(star);
  }
}
