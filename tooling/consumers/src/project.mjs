// @ts-check
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/**
 * @typedef {object} Project
 * @property {string} dir a folder outside the repository where the tarball is installed
 * @property {Record<string, any>} manifest the installed package.json
 * @property {<T>(key: string, make: () => Promise<T>) => Promise<T>} once shares a build between hosts
 * @property {(job: () => Promise<void>) => void} defer runs before the folder is removed, last one first
 * @property {() => Promise<void>} dispose
 */

/**
 * Installs a tarball as a stranger would: npm, a fresh folder, no install scripts. Nothing is downloaded for a package
 * without dependencies.
 * @param {string} tarball
 * @returns {Promise<Project>}
 */
export async function createProject(tarball) {
  const dir = await mkdtemp(join(tmpdir(), 'gossamer-consumer-'));
  const jobs = [() => rm(dir, { recursive: true, force: true })];
  /** @type {Map<string, Promise<any>>} */
  const made = new Map();
  await writeFile(join(dir, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  await promisify(execFile)(npm, ['install', ...flags, tarball], { cwd: dir });
  const { dependencies } = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8'));
  const [name = ''] = Object.keys(dependencies);
  return {
    dir,
    manifest: JSON.parse(await readFile(join(dir, 'node_modules', name, 'package.json'), 'utf8')),
    once(key, make) {
      if (!made.has(key)) made.set(key, make());
      return /** @type {Promise<any>} */ (made.get(key));
    },
    defer: (job) => void jobs.push(job),
    async dispose() {
      for (const job of jobs.splice(0).reverse()) await job();
    },
  };
}

/**
 * Puts the guest programs and a scenario into a project, ready for every host. A scenario NAME.mjs that needs data has a
 * NAME.data.mjs beside it, which gathers it on Node; no host reads a file for itself.
 * @param {Project} project
 * @param {string} scenario path of a module with `scenario()`
 */
export async function addGuest(project, scenario) {
  await cp(join(here, 'guest'), project.dir, { recursive: true });
  await cp(scenario, join(project.dir, 'scenario.mjs'));
  const source = scenario.replace(/\.mjs$/, '.data.mjs');
  if (!existsSync(source)) return;
  const { data } = await import(pathToFileURL(source).href);
  await writeFile(join(project.dir, 'data.mjs'), `export const data = ${JSON.stringify(await data())};\n`);
}
