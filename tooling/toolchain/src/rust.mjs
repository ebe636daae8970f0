import { delimiter, join } from 'node:path';
import { cached } from './cache.mjs';
import { answers, run, ToolError } from './run.mjs';

/** The pinned versions; each crate's rust-toolchain.toml and Cargo.toml name the same. */
export const RUST = '1.95.0';
export const WASM_PACK = '0.15.1';
export const WASM_BINDGEN = '0.2.128';

/** The tools handle files of kilobytes: compiling them unoptimised halves the wait and costs a few milliseconds a run. */
const FAST_COMPILE = {
  CARGO_PROFILE_RELEASE_OPT_LEVEL: '0',
  CARGO_PROFILE_RELEASE_LTO: 'off',
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
};

const TARGET = 'wasm32-unknown-unknown';

/**
 * Makes Rust → WebAssembly work: the pinned compiler with its wasm target, wasm-pack and wasm-bindgen. Quick when all is
 * there; the first time it compiles the two tools, which takes minutes.
 * @param {{ log?: (line: string) => void }} [options] `log` receives one line per step that takes time
 * @returns {Promise<NodeJS.ProcessEnv>} the environment in which `cargo` and `wasm-pack` are the pinned ones
 * @throws {ToolError} when rustup is missing or a step fails
 */
export async function ensureRust({ log = () => {} } = {}) {
  const env = await ensureCompiler({ log });
  const [pack, bindgen] = await Promise.all([
    cargoTool('wasm-pack', 'wasm-pack', WASM_PACK, env, log),
    cargoTool('wasm-bindgen-cli', 'wasm-bindgen', WASM_BINDGEN, env, log),
  ]);
  return { ...env, PATH: [pack, bindgen, env.PATH].join(delimiter) };
}

/** What a person without rustup is told. */
export const RUSTUP_MISSING =
  process.platform === 'win32'
    ? 'Rust is needed to build this package: install rustup from https://rustup.rs, open a new terminal and run this again.'
    : "Rust is needed to build this package: type  curl --proto '=https' -sSf https://sh.rustup.rs | sh -s -- -y  (or see https://rustup.rs), open a new terminal and run this again.";

/**
 * The part of {@link ensureRust} that native tests need: the pinned compiler.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
export async function ensureCompiler({ log = () => {} } = {}) {
  if (!(await answers('rustup'))) {
    throw new ToolError(RUSTUP_MISSING);
  }
  const env = { ...process.env, RUSTUP_TOOLCHAIN: RUST };
  // An absent toolchain makes this fail, which is the same as a missing target.
  const installed = await run('rustup', ['target', 'list', '--installed', '--toolchain', RUST]).catch(() => '');
  if (!installed.split(/\s+/).includes(TARGET)) {
    log(`rust: installing the ${RUST} compiler for ${TARGET}`);
    await run('rustup', ['toolchain', 'install', RUST, '--profile', 'minimal', '--target', TARGET, '--no-self-update']);
  }
  return env;
}

/**
 * @param {string} crate
 * @param {string} program the one of its programs that we use
 * @param {string} version
 * @param {NodeJS.ProcessEnv} env
 * @param {(line: string) => void} log
 * @returns {Promise<string>} the folder with its programs
 */
async function cargoTool(crate, program, version, env, log) {
  const folder = await cached(`${crate}-${version}`, async (root) => {
    const started = performance.now();
    log(`rust: compiling ${crate} ${version} (once, a minute or two)`);
    await run('cargo', ['install', '--locked', '--root', root, '--version', version, '--bin', program, crate], {
      env: { ...env, ...FAST_COMPILE },
    });
    log(`rust: ${crate} ${version} is ready (${Math.round((performance.now() - started) / 1000)} s)`);
  });
  return join(folder, 'bin');
}
