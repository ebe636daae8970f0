#!/usr/bin/env node
// @ts-check
// gossamer-create-package NAME --assemblyscript | --rust
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pnpm, pnpmCommand } from '@gossamer/toolchain/pnpm';
import { run } from '@gossamer/toolchain/run';
import { createPackage } from './create.mjs';

const USAGE = 'usage: node tooling/create-package/src/cli.mjs <name> --assemblyscript | --rust';
const root = resolve(import.meta.dirname, '../../..');

/** @param {string[]} files */
async function finish(files) {
  // Names differ in length, so lines break and imports sort elsewhere.
  const formatted = files.filter((path) => /\.(ts|mjs|json|md)$/.test(path));
  await run(join(root, 'node_modules/.bin/biome'), ['check', '--write', ...formatted], { cwd: root });
  await pnpm(['install', '--no-frozen-lockfile', '--prefer-offline'], { cwd: root });
}

try {
  const { values, positionals } = parseArgs({
    options: { assemblyscript: { type: 'boolean' }, rust: { type: 'boolean' } },
    allowPositionals: true,
  });
  if (positionals.length !== 1 || values.assemblyscript === values.rust) throw new Error(USAGE);
  const [name] = positionals;
  await createPackage(root, name, values.rust ? 'rust' : 'assemblyscript', finish);
  console.log(`packages/${name} is ready. It computes a dot product: put your method in its place. Next:
  ${(await pnpmCommand()).join(' ')} exec turbo run build test --filter=@gossamer/${name}
  tooling/create-package/README.md says what to change first.`);
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exitCode = 1;
}
