// Makes a fresh clone ready: workspace packages, wasm toolchain, builds. Idempotent; silent and quick when nothing changed.
// Runs before anything is installed, so it uses nothing but Node and the files of tooling/toolchain.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pnpm } from '../toolchain/src/pnpm.mjs';
import { ensureRust } from '../toolchain/src/rust.mjs';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Prints one progress line with the seconds since the task began. */
export function step(text) {
  process.stderr.write(`[${(performance.now() / 1000).toFixed(1).padStart(5)} s] ${text}\n`);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Gossamer needs Node 20.19 or newer, this is ${process.versions.node}.`);
  }
}

/** Installs the workspace from the frozen lockfile, unless that was done for this very lockfile. */
async function installWorkspace() {
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'])
    hash.update(readFileSync(join(root, file)));
  const key = hash.digest('hex');
  const stamp = join(root, 'node_modules/.gossamer-install');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return;
  step('installing the workspace (pnpm, frozen lockfile)');
  await pnpm(['install', '--frozen-lockfile'], { output: 'stderr' });
  writeFileSync(stamp, key);
}

/**
 * Installs and builds what `filter` (a turbo filter) names; `tasks` are turbo tasks, `build` by default.
 * With `rust` the Rust → wasm toolchain is made ready first.
 */
export async function setup({ filter, tasks = ['build'], rust = false, args = [] }) {
  checkNode();
  await installWorkspace();
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' };
  if (rust) Object.assign(env, await ensureRust({ log: step }));
  step(`${tasks.join(' and ')}${filter ? ` of ${filter}` : ''}`);
  const flags = ['--output-logs=new-only', '--ui=stream', '--log-prefix=task', ...args];
  if (filter) flags.push(`--filter=${filter}`);
  await pnpm(['exec', 'turbo', 'run', ...tasks, ...flags], { env, output: 'stderr' }); // turbo looks for pnpm on the PATH
}

/** Runs a task's main function; an error becomes one clear sentence and exit code 1. */
export async function main(task) {
  try {
    await task(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`\n${error.message}\n`);
    if (process.env.GOSSAMER_DEBUG) process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  }
}
