// crate/ → the wasm binary of a package and the JavaScript that wasm-bindgen makes for it.
import { readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { run } from '@gossamer/toolchain/run';
import { ensureRust, RUST, WASM_BINDGEN, WASM_PACK } from '@gossamer/toolchain/rust';
import { BuildError } from './errors.mjs';
import { readIfPresent } from './outputs.mjs';

const require = createRequire(import.meta.url);
const binaryen = require('binaryen/package.json');

/** Everything that Rust 1.95 emits for wasm32 with simd128, all of it in every host we support. */
const FEATURES = [
  'simd',
  'bulk-memory',
  'nontrapping-float-to-int',
  'sign-ext',
  'mutable-globals',
  'reference-types',
  'multivalue',
];
const STRIP = ['--strip-debug', '--strip-producers', '--strip-target-features'];
/** Beside the sources, these decide what cargo makes; each is an input even while it is absent. */
const SETTINGS = ['Cargo.toml', 'Cargo.lock', 'rust-toolchain.toml', '.cargo/config.toml', 'build.rs'];

export const toolVersion = `rust ${RUST}, wasm-pack ${WASM_PACK}, wasm-bindgen ${WASM_BINDGEN}, binaryen ${binaryen.version}`;

/**
 * @param {string} root the package's folder
 * @param {(line: string) => void} log
 * @returns {Promise<{ binary: Uint8Array, glue: string, glueTypes: string, inputs: Map<string, Uint8Array | undefined> }>}
 */
export async function compile(root, log) {
  const crate = join(root, 'crate');
  const env = { ...(await ensureRust({ log })), CARGO_TARGET_DIR: join(crate, 'target') };
  const made = join(crate, 'target/glue');
  await rm(made, { recursive: true, force: true });
  const shape = [
    '--target',
    'web',
    '--mode',
    'no-install',
    '--no-opt',
    '--no-pack',
    '--out-dir',
    made,
    '--out-name',
    'glue',
  ];
  await run('wasm-pack', ['build', crate, ...shape, '--', '--locked', '--config', remapPaths(crate, env)], {
    env,
  }).catch((cause) => {
    throw new BuildError(`crate/ does not compile: ${cause.message}`, { cause });
  });
  const optimised = join(made, 'kernel.wasm');
  const wasmOpt = join(dirname(require.resolve('binaryen/package.json')), binaryen.bin['wasm-opt']);
  const features = FEATURES.map((name) => `--enable-${name}`);
  await run(process.execPath, [wasmOpt, ...features, '-O3', ...STRIP, join(made, 'glue_bg.wasm'), '-o', optimised]);
  return {
    binary: await readFile(optimised),
    glue: await readFile(join(made, 'glue.js'), 'utf8'),
    glueTypes: await readFile(join(made, 'glue.d.ts'), 'utf8'),
    inputs: await inputsOf(root, crate),
  };
}

/**
 * Panic messages name source files: without this they would name this machine's folders, and the binary would differ from
 * machine to machine. Joined by cargo to the flags of crate/.cargo/config.toml, which RUSTFLAGS would replace.
 * @param {string} crate
 * @param {NodeJS.ProcessEnv} env
 */
function remapPaths(crate, env) {
  const cargoHome = env.CARGO_HOME ?? join(homedir(), '.cargo');
  const flags = [
    `--remap-path-prefix=${cargoHome}=cargo`,
    `--remap-path-prefix=${resolve(crate, '../../..')}=gossamer`,
  ];
  return `target.wasm32-unknown-unknown.rustflags=${JSON.stringify(flags)}`;
}

/**
 * What the build read: cargo lists the sources of the crate and of its path dependencies beside the binary.
 * @param {string} root
 * @param {string} crate
 */
async function inputsOf(root, crate) {
  const library = /^name\s*=\s*"([^"]+)"/m.exec(await readFile(join(crate, 'Cargo.toml'), 'utf8'))?.[1];
  const list = join(crate, 'target/wasm32-unknown-unknown/release', `${library?.replaceAll('-', '_')}.d`);
  const [, sources] = (await readFile(list, 'utf8')).split(/: (.*)/s);
  const paths = new Set(
    sources
      .trim()
      .split(/(?<!\\)\s+/)
      .map((path) => resolve(crate, path.replaceAll('\\ ', ' '))),
  );
  for (const source of [...paths]) {
    const home = source.slice(0, source.lastIndexOf('/src/'));
    for (const name of SETTINGS) paths.add(join(home, name));
  }
  /** @type {Map<string, Uint8Array | undefined>} */
  const inputs = new Map();
  for (const path of paths) inputs.set(relative(root, path), await readIfPresent(path));
  return inputs;
}
