// The folder wasm/: written only after everything compiled, and left alone when no input changed.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const MANIFEST = '.build.json';

/** @typedef {Record<string, string | null>} Hashes path → SHA-256 of the contents, null for a file that must be absent */
/** @typedef {{ tools: string, inputs: Hashes, outputs: Hashes }} Manifest */

export const sha256 = (/** @type {Uint8Array | string} */ data) => createHash('sha256').update(data).digest('hex');

/**
 * What the last complete build was made from.
 * @param {string} root the package's folder
 * @returns {Promise<Manifest | undefined>}
 */
export async function readManifest(root) {
  const text = await readIfPresent(join(root, 'wasm', MANIFEST));
  return text && JSON.parse(new TextDecoder().decode(text));
}

/**
 * @param {string} root the package's folder
 * @param {string} tools everything besides the inputs that decides the output
 */
export async function isFresh(root, tools) {
  const manifest = await readManifest(root);
  return (
    manifest !== undefined &&
    manifest.tools === tools &&
    (await matches(root, manifest.inputs)) &&
    (await matches(join(root, 'wasm'), manifest.outputs))
  );
}

/**
 * @param {string} root
 * @param {string} tools
 * @param {Map<string, Uint8Array | undefined>} inputs
 * @param {Record<string, Uint8Array | string>} outputs by path inside wasm/
 */
export async function publish(root, tools, inputs, outputs) {
  const folder = join(root, 'wasm');
  await rm(join(folder, MANIFEST), { force: true }); // from here on until the end, an interrupted build is a stale one
  for (const stale of await filesIn(folder)) {
    if (!(stale in outputs)) await rm(join(folder, stale));
  }
  for (const [path, contents] of Object.entries(outputs)) await replace(join(folder, path), contents);
  /** @type {Manifest} */
  const manifest = { tools, inputs: hashes(inputs), outputs: hashes(Object.entries(outputs)) };
  await replace(join(folder, MANIFEST), `${JSON.stringify(manifest, undefined, 1)}\n`);
}

/**
 * @param {string} path
 * @param {Uint8Array | string} contents
 */
async function replace(path, contents) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, contents);
  await rename(`${path}.new`, path);
}

/** @param {string} folder */
async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath ?? entry.path, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    );
}

/** @param {Iterable<[path: string, data: Uint8Array | string | undefined]>} files */
function hashes(files) {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([path, data]) => [path, data === undefined ? null : sha256(data)]));
}

/**
 * @param {string} base
 * @param {Hashes} expected
 */
async function matches(base, expected) {
  for (const [path, hash] of Object.entries(expected)) {
    const data = await readIfPresent(join(base, path));
    if ((data === undefined ? null : sha256(data)) !== hash) return false;
  }
  return true;
}

/**
 * @param {string} path
 * @returns {Promise<Uint8Array | undefined>}
 */
export async function readIfPresent(path) {
  return readFile(path).catch((error) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EISDIR') return undefined;
    throw error;
  });
}
