// JavaScript packages, installed outside the workspace.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cached } from '@gossamer/toolchain/cache';
import { run } from '@gossamer/toolchain/run';

/**
 * The exports of a package.
 *
 * @param {string} name
 * @param {string} version
 * @param {(line: string) => void} log
 */
export async function javascriptPackage(name, version, log) {
  const folder = await cached(`${name.replaceAll(/[@/]/g, '-')}-${version}`, async (root) => {
    log(`${name}: fetching ${version}`);
    const flags = ['--prefix', root, '--ignore-scripts', '--no-save', '--no-audit', '--no-fund'];
    await run('npm', ['install', ...flags, `${name}@${version}`]);
  });
  return import(pathToFileURL(createRequire(join(folder, 'package.json')).resolve(name)).href);
}
