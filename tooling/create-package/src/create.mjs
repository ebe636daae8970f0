// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { checkName, NameError, rename, sortLock } from './names.mjs';

const TEMPLATES = resolve(import.meta.dirname, '../templates');
/** Members that need every package built before their tests run. */
const OBSERVERS = ['tooling/checks', 'tooling/consumers'];
/** Template files whose home is not the package. */
const ELSEWHERE = {
  'changeset.md': (/** @type {string} */ name) => `.changeset/${name}-first-release.md`,
  'scenario.mjs': (/** @type {string} */ name) => `tooling/consumers/src/scenarios/${name}.mjs`,
};

/** @typedef {'assemblyscript' | 'rust'} Language */

/**
 * Makes packages/NAME, its consumer scenario and its first changeset, and enters it where packages are listed. When a step
 * fails, `finish` included, everything is as it was.
 * @param {string} root the repository
 * @param {string | undefined} wanted the name
 * @param {Language} language
 * @param {(files: string[]) => Promise<unknown>} finish is told what was written, paths relative to the root
 * @returns {Promise<string[]>} the files
 * @throws {NameError} when the name is unfit or taken
 */
export async function createPackage(root, wanted, language, finish) {
  const name = checkName(wanted, takenNames(root));
  const files = await planned(root, name, language);
  for (const path of files.keys()) {
    if (existsSync(join(root, path)) && !isObserver(path)) throw new NameError(`${path} exists already`);
  }
  const before = new Map(OBSERVERS.map((dir) => [join(root, dir, 'package.json'), manifestText(root, dir)]));
  try {
    for (const [path, text] of files) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    await finish([...files.keys()]);
  } catch (error) {
    for (const path of files.keys()) if (!isObserver(path)) await rm(join(root, path), { force: true });
    for (const [path, text] of before) await writeFile(path, text);
    await rm(join(root, 'packages', name), { recursive: true, force: true });
    throw error;
  }
  return [...files.keys()];
}

const isObserver = (/** @type {string} */ path) => OBSERVERS.some((dir) => path === `${dir}/package.json`);
const manifestText = (/** @type {string} */ root, /** @type {string} */ dir) =>
  readFileSync(join(root, dir, 'package.json'), 'utf8');

/** @param {string} root */
function takenNames(root) {
  return ['packages', 'apps', 'tooling'].flatMap((group) => readdirSync(join(root, group)));
}

/**
 * Every file to write, by its path relative to the root.
 * @param {string} root
 * @param {string} name
 * @param {Language} language
 */
async function planned(root, name, language) {
  /** @type {Map<string, string>} */
  const files = new Map([[`packages/${name}/LICENSE`, readFileSync(join(root, 'LICENSE'), 'utf8')]]);
  for (const part of ['common', language]) {
    const entries = await readdir(join(TEMPLATES, part), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((entry) => entry.isFile())) {
      const path = join(entry.parentPath, entry.name);
      const relative = path.slice(join(TEMPLATES, part).length + 1).replaceAll('\\', '/');
      const home = ELSEWHERE[/** @type {keyof typeof ELSEWHERE} */ (relative)];
      const text = rename(await readFile(path, 'utf8'), name);
      const fitted = relative.endsWith('Cargo.lock') ? sortLock(text) : text;
      files.set(home ? home(name) : `packages/${name}/${relative}`, fitted);
    }
  }
  for (const dir of OBSERVERS) files.set(`${dir}/package.json`, withDependency(manifestText(root, dir), name));
  return files;
}

/**
 * @param {string} text a package.json
 * @param {string} name
 */
function withDependency(text, name) {
  const manifest = JSON.parse(text);
  const all = Object.entries({ ...manifest.dependencies, [`@gossamer/${name}`]: 'workspace:*' });
  manifest.dependencies = Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}
