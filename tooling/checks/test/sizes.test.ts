import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sizes } from '../src/sizes.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'gossamer-sizes-'));
  mkdirSync(join(dir, 'wasm'));
  writeFileSync(join(dir, 'wasm/kernel.wasm'), new Uint8Array(1500));
  writeFileSync(join(dir, 'a.tgz'), new Uint8Array(3000));
});
afterEach(() => rmSync(dir, { recursive: true }));

const found = (budgets: ReadonlyArray<readonly [path: string, limit: string]>): Promise<string[]> => {
  const entries = budgets.map(([path, limit]) => ({ name: `the ${path}`, path, limit }));
  writeFileSync(join(dir, '.size-limit.json'), JSON.stringify(entries));
  return sizes(dir, join(dir, 'a.tgz'));
};

it('passes what is within its budgets', async () => {
  expect(
    await found([
      ['wasm/kernel.wasm', '1500 B'],
      ['package.tgz', '3 kB'],
    ]),
  ).toEqual([]);
});

it('catches a kernel and a tarball over budget', async () => {
  expect(
    await found([
      ['wasm/kernel.wasm', '1 kB'],
      ['package.tgz', '2 kB'],
    ]),
  ).toEqual([
    'wasm/kernel.wasm: the wasm/kernel.wasm is 1.5 kB, the budget is 1 kB',
    'package.tgz: the package.tgz is 3 kB, the budget is 2 kB',
  ]);
});

it('catches what has no budget, and a budget that says nothing', async () => {
  expect(await found([['wasm/kernel.wasm', 'small']])).toEqual([
    '.size-limit.json: no budget for package.tgz',
    'wasm/kernel.wasm: the wasm/kernel.wasm is 1.5 kB, the budget is small',
  ]);
});
