// A tarball carries the shared sources it was built from, so that it can be audited without this repository.
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { readManifest } from './outputs.mjs';

const KIT = '@gossamer/kit/';
/** Where a compiled-in file lives (as the wasm manifest names it) → where the tarball has it. */
const COMPILED_IN = [
  { from: 'node_modules/@gossamer/as-kit/assembly/', to: 'kit/assembly/' },
  { from: '../../tooling/rust-kit/', to: 'kit/rust/' },
];

/**
 * Replaces root/kit by the kit files that dist/ and wasm/ contain.
 * @param {string} root the package's folder
 * @param {string[]} entries what dist/ is bundled from, relative to root
 */
export async function copyKitSources(root, entries) {
  const files = new Map([...(await bundledIn(root, entries)), ...(await compiledIn(root))]);
  await rm(join(root, 'kit'), { recursive: true, force: true });
  for (const [to, from] of files) {
    await mkdir(dirname(join(root, to)), { recursive: true });
    await cp(from, join(root, to));
  }
}

/** @param {string} root */
async function compiledIn(root) {
  const inputs = Object.entries((await readManifest(root))?.inputs ?? {});
  return inputs.flatMap(([path, hash]) => {
    const home = hash !== null && COMPILED_IN.find(({ from }) => path.startsWith(from));
    return home ? [/** @type {const} */ ([home.to + path.slice(home.from.length), join(root, path)])] : [];
  });
}

/**
 * Walks the imports, type-only ones included: a bundler's module graph has forgotten those.
 * @param {string} root
 * @param {string[]} entries
 */
async function bundledIn(root, entries) {
  const require = createRequire(join(root, 'package.json'));
  const seen = new Set();
  /** @type {Map<string, string>} */
  const kit = new Map();
  /** @param {string} path @param {string | undefined} inKit */
  const visit = async (path, inKit) => {
    if (seen.has(path)) return;
    seen.add(path);
    if (inKit !== undefined) kit.set(`kit/src/${inKit}`, path);
    const source = await readFile(path, 'utf8');
    for (const [, specifier] of source.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)) {
      if (specifier.startsWith(KIT)) await visit(require.resolve(specifier), `${specifier.slice(KIT.length)}.ts`);
      else if (specifier.startsWith('.')) {
        await visit(resolve(dirname(path), specifier), inKit && join(dirname(inKit), specifier));
      }
    }
  };
  for (const entry of entries) await visit(join(root, entry), undefined);
  return kit;
}
