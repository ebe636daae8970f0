import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../src/cli.mjs', import.meta.url));
const bench = (...args: string[]) => spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8' });

it('names the packages that it can measure', () => {
  const { status, stderr } = bench('nothing');
  expect(stderr).toBe('no benchmarks for nothing: expected gla, lfm2, qmc\n');
  expect(status).toBe(1);
});
