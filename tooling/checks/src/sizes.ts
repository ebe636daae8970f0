/// <reference path="./size-limit-file.d.ts" />
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import file from '@size-limit/file';
import sizeLimit from 'size-limit';

/** An entry of a package's `.size-limit.json`. */
interface Budget {
  readonly name: string;
  readonly path: string;
  readonly limit: string;
}

const PACKED = 'package.tgz';

/**
 * What is over budget. The budgets are in `.size-limit.json` beside package.json: one for each `wasm/*.wasm`, and one
 * for `package.tgz`, the tarball as published. Sizes are bytes on disk, uncompressed.
 */
export async function sizes(packageDir: string, tarball: string): Promise<string[]> {
  const budgets = await readBudgets(packageDir);
  const built = (await readdir(join(packageDir, 'wasm'))).filter((name) => name.endsWith('.wasm'));
  const found: string[] = [];
  for (const path of [PACKED, ...built.map((name) => `wasm/${name}`)]) {
    if (!budgets.some((budget) => budget.path === path)) found.push(`.size-limit.json: no budget for ${path}`);
  }
  const checks = budgets.map(({ path }) => ({
    files: [path === PACKED ? tarball : join(packageDir, path)],
    brotli: false,
  }));
  const measured = (await sizeLimit([file], { checks })) as Array<{ size: number }>;
  for (const [i, { name, path, limit }] of budgets.entries()) {
    const size = measured[i]?.size ?? Number.NaN;
    if (!(size <= bytes(limit))) found.push(`${path}: ${name} is ${size / 1000} kB, the budget is ${limit}`);
  }
  return found;
}

async function readBudgets(packageDir: string): Promise<Budget[]> {
  return JSON.parse(await readFile(join(packageDir, '.size-limit.json'), 'utf8'));
}

function bytes(limit: string): number {
  const [, amount, unit] = /^(\d+) (B|kB|MB)$/.exec(limit) ?? [];
  return Number(amount) * { B: 1, kB: 1e3, MB: 1e6 }[unit as 'B' | 'kB' | 'MB'];
}
