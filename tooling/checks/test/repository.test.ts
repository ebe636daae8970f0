import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../src/packed.ts';
import {
  announced,
  catalogOnly,
  generated,
  importsByName,
  licensed,
  pinnedActions,
  topLevel,
} from '../src/rules/repository.ts';
import { committable, type Member, members, published, ROOT } from '../src/workspace.ts';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const files = committable();
const member = (dir: string, fields: object): Member => ({
  dir,
  manifest: { name: '@gossamer/a', version: '0.0.0', license: 'MIT', ...fields } as Manifest,
});

describe('the repository', () => {
  it('commits no generated file', () => expect(generated(files)).toEqual([]));

  it('keeps its fixed top level', () => expect(topLevel(files)).toEqual([]));

  it('takes every version from the catalog', () => expect(members().flatMap(catalogOnly)).toEqual([]));

  it('pins every version of the catalog', () => {
    const versions = [...read('pnpm-workspace.yaml').matchAll(/^ {2}['\w@/-]+: (.*\d.*)$/gm)].map(
      ([, v]) => v as string,
    );
    expect(versions.length).toBeGreaterThan(10);
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('has the licence everywhere, and publishes packages/ alone', () => {
    expect(members().flatMap(licensed)).toEqual([]);
  });

  it('imports other members by name', () => {
    const dirs = members().flatMap(({ dir }) => (dir === '.' ? [] : dir));
    const sources = files.filter((path) => /\.(ts|mts|mjs|js)$/.test(path) && !path.includes('/fixtures/'));
    expect(sources.flatMap((path) => importsByName(path, read(path), dirs))).toEqual([]);
  });

  it('announces every package by a changeset or in its changelog', () => {
    const changesets = readdirSync(join(ROOT, '.changeset')).filter((name) => name.endsWith('.md'));
    const texts = changesets.map((name) => read(`.changeset/${name}`));
    const changelog = (dir: string): string =>
      files.includes(`${dir}/CHANGELOG.md`) ? read(`${dir}/CHANGELOG.md`) : '';
    expect(published().flatMap((one) => announced(one, texts, changelog(one.dir)))).toEqual([]);
  });

  it('pins the actions of its workflows', () => {
    const workflows = files.filter((path) => /^\.github\/workflows\/.+\.ya?ml$/.test(path));
    expect(workflows).toContain('.github/workflows/ci.yml');
    expect(workflows.flatMap((path) => pinnedActions(path, read(path)))).toEqual([]);
  });
});

describe('its rules', () => {
  it('catch generated files, but not fixtures', () => {
    const paths = [
      'packages/a/dist/index.js',
      'packages/a/wasm/a.js',
      'packages/a/kit/src/a.ts',
      'a/b.wasm',
      'a/c.tgz',
    ];
    expect(generated(paths)).toHaveLength(paths.length);
    expect(generated(['packages/a/test/fixtures/a.wasm', 'packages/a/src/wasm.ts', 'tooling/kit/src/a.ts'])).toEqual(
      [],
    );
  });

  it('catch a new name at the top', () => {
    expect(topLevel(['scripts/a.mjs', 'packages/a/b.ts', 'Cargo.toml'])).toEqual([
      'scripts/a.mjs: the top level is fixed',
      'Cargo.toml: the top level is fixed',
    ]);
  });

  it('catch a version outside the catalog', () => {
    const bad = { dependencies: { vite: '^8.0.0', '@gossamer/b': '1.0.0' }, devDependencies: { knip: 'catalog:' } };
    expect(catalogOnly(member('packages/a', bad))).toEqual([
      'packages/a/package.json dependencies: vite is "^8.0.0", not in the catalog',
      'packages/a/package.json dependencies: @gossamer/b is "1.0.0", not in the catalog',
    ]);
  });

  it('catch a wrong licence, a private package and a public tool', () => {
    expect(licensed(member('packages/a', { license: 'ISC' }))).toHaveLength(1);
    expect(licensed(member('packages/a', { private: true }))).toHaveLength(1);
    expect(licensed(member('tooling/a', {}))).toHaveLength(1);
    expect(licensed(member('packages/a', {})).concat(licensed(member('apps/a', { private: true })))).toEqual([]);
  });

  it('catch an import that reaches into another member', () => {
    const dirs = ['packages/a', 'tooling/b'];
    const found = importsByName(
      'packages/a/src/a.ts',
      `${'import'} '../../../tooling/b/src/b.ts'; import './c.ts';`,
      dirs,
    );
    expect(found).toEqual(["packages/a/src/a.ts: '../../../tooling/b/src/b.ts' reaches out of packages/a"]);
  });

  it('catch a package that nothing announces', () => {
    expect(announced(member('packages/a', {}), ["---\n'@gossamer/b': minor\n---\n"], '')).toHaveLength(1);
    expect(announced(member('packages/a', {}), ["---\n'@gossamer/a': minor\n---\n"], '')).toEqual([]);
    expect(announced(member('packages/a', { version: '1.0.0' }), [], '# @gossamer/a\n\n## 0.9.0\n')).toHaveLength(1);
    expect(announced(member('packages/a', { version: '1.0.0' }), [], '# @gossamer/a\n\n## 1.0.0\n')).toEqual([]);
  });

  it('catch an action that is not pinned', () => {
    const pinned = `- uses: actions/checkout@${'0a'.repeat(20)} # v1.2.3`;
    expect(pinnedActions('ci.yml', pinned)).toEqual([]);
    for (const used of ['actions/checkout@v4', `actions/checkout@${'0a'.repeat(20)}`, './local']) {
      expect(pinnedActions('ci.yml', `    uses: ${used}`)).toHaveLength(1);
    }
  });
});
