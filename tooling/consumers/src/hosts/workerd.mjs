// @ts-check
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { build } from 'esbuild';

/** @typedef {import('../project.mjs').Project} Project */

const require = createRequire(import.meta.url);
// @ts-expect-error: the package has no types
const { default: workerd } = require('workerd'); // the path of the program

/** @type {import('../host.mjs').Host[]} */
export const hosts = [{ name: 'workerd', relaxed: false, run }];

/** @param {Project} project */
async function run(project) {
  const folder = await mkdtemp(join(tmpdir(), 'gossamer-workerd-'));
  project.defer(() => rm(folder, { recursive: true }));
  await build({
    absWorkingDir: project.dir,
    entryPoints: ['workerd.mjs'],
    outdir: folder,
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    loader: { '.wasm': 'copy' }, // stays an import, which workerd compiles when it starts
    assetNames: '[name]',
    outExtension: { '.js': '.mjs' },
    logLevel: 'silent',
  });
  await writeFile(join(folder, 'config.capnp'), configuration(await readdir(folder)));
  const { address, problems, stop } = await serve(folder);
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`workerd answered ${response.status}:\n${await response.text()}\n${problems()}`);
    return { ...(await response.json()), problems: problems() };
  } finally {
    stop();
  }
}

/** @param {string[]} files */
function configuration(files) {
  /** @param {string} name */
  const kind = (name) => (extname(name) === '.wasm' ? 'wasm' : 'esModule');
  const modules = files
    .sort((a, b) => Number(b === 'workerd.mjs') - Number(a === 'workerd.mjs')) // the first one is the entry
    .map((name) => `(name = "./${name}", ${kind(name)} = embed "${name}")`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (modules = [${modules.join(', ')}], compatibilityDate = "2026-01-01")),
    (name = "internet", network = (allow = [])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;
}

/**
 * @param {string} folder
 * @returns {Promise<{ address: string, problems: () => string[], stop: () => void }>}
 */
function serve(folder) {
  return new Promise((resolve, reject) => {
    const child = spawn(workerd, ['serve', '--control-fd=3', 'config.capnp'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    let log = '';
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (log += text));
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`workerd ended with ${code}:\n${log}`)));
    child.stdio[3]?.on('data', (line) => {
      const { event, port } = JSON.parse(line.toString());
      if (event !== 'listen') return;
      resolve({
        address: `http://127.0.0.1:${port}/`,
        problems: () => (log === '' ? [] : [log]),
        stop: () => child.kill(),
      });
    });
  });
}
