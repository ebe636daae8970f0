import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPackage } from '../src/create.mjs';
import { NameError, rename, sortLock } from '../src/names.mjs';

const MANIFEST = '{\n  "name": "observer"\n}\n';
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gossamer-create-'));
  for (const dir of ['packages/gla', 'apps/demo', 'tooling/checks', 'tooling/consumers', '.changeset']) {
    mkdirSync(join(root, dir), { recursive: true });
  }
  writeFileSync(join(root, 'LICENSE'), 'MIT License\n');
  for (const dir of ['checks', 'consumers']) writeFileSync(join(root, 'tooling', dir, 'package.json'), MANIFEST);
});
afterEach(() => rmSync(root, { recursive: true }));

function everything(): Record<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'utf8')]),
  );
}

it.each([undefined, '', 'Dot', 'dot_product', '1d', '-dot', 'dot-', 'a--b', '../dot', 'a'.repeat(51)])(
  'refuses the name %j',
  async (name) => {
    const before = everything();
    await expect(createPackage(root, name, 'rust', async () => {})).rejects.toThrow(NameError);
    expect(everything()).toEqual(before);
  },
);

it.each(['gla', 'demo', 'checks'])('refuses the name %s, which is taken', async (name) => {
  await expect(createPackage(root, name, 'rust', async () => {})).rejects.toThrow(`@gossamer/${name} exists already`);
});

it('overwrites nothing', async () => {
  const scenario = join(root, 'tooling/consumers/src/scenarios/dot.mjs');
  mkdirSync(join(scenario, '..'), { recursive: true });
  writeFileSync(scenario, 'mine');
  const before = everything();
  await expect(createPackage(root, 'dot', 'rust', async () => {})).rejects.toThrow('scenarios/dot.mjs exists already');
  expect(everything()).toEqual(before);
});

it('leaves nothing behind when a step fails', async () => {
  const before = everything();
  const finish = async () => {
    throw new Error('no network');
  };
  await expect(createPackage(root, 'dot', 'assemblyscript', finish)).rejects.toThrow('no network');
  expect(everything()).toEqual(before);
  expect(readdirSync(join(root, 'packages'))).toEqual(['gla']);
});

it('enters the package where its build is awaited', async () => {
  await createPackage(root, 'dot', 'assemblyscript', async () => {});
  for (const dir of ['checks', 'consumers']) {
    const manifest = JSON.parse(readFileSync(join(root, 'tooling', dir, 'package.json'), 'utf8'));
    expect(manifest).toEqual({ name: 'observer', dependencies: { '@gossamer/dot': 'workspace:*' } });
  }
});

it('spells the name as each place needs it', () => {
  expect(rename('new-package NewPackageError new_package_bg', 'tiny-dot-2d')).toBe(
    'tiny-dot-2d TinyDot2dError tiny_dot_2d_bg',
  );
});

it('keeps the packages of Cargo.lock in order, whatever the name', () => {
  const lock = (...names: string[]) =>
    ['version = 4', ...names.map((name) => `[[package]]\nname = "${name}"\nversion = "1.0.0"`)]
      .join('\n\n')
      .concat('\n');
  expect(sortLock(lock('a', 'zeta', 'rust-kit'))).toBe(lock('a', 'rust-kit', 'zeta'));
});
