import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@gossamer/toolchain/run';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { committable, members, published, ROOT } from '../src/workspace.ts';

const bin = (name: string): string => join(ROOT, 'node_modules/.bin', name);
const biome = (root: string, path = '.') => run(bin('biome'), ['check', '--error-on-warnings', path], { cwd: root });
const knip = (root: string, ...flags: string[]) =>
  run(bin('knip'), ['--config', 'tooling/checks/knip.json', '--no-progress', ...flags], { cwd: root });
const tsc = (root: string, dir: string) => run(bin('tsc'), ['--project', join(root, dir)], { cwd: root });

const typed = members().filter(({ dir }) => dir !== '.' && existsSync(join(ROOT, dir, 'tsconfig.json')));

describe('the repository', () => {
  it('is formatted and clean to the linter', () => expect(biome(ROOT)).resolves.toBeDefined());

  it('has no unused file, export or dependency', () => expect(knip(ROOT)).resolves.toBeDefined());

  it('checks the types of all that is published', () => {
    expect(typed).toEqual(expect.arrayContaining(published()));
  });

  it.each(typed.map(({ dir }) => dir))('%s has sound types', (dir) => expect(tsc(ROOT, dir)).resolves.toBeDefined());
});

const PLANTED = 'tooling/checks/test/planted.ts';

describe('a planted fault is caught', () => {
  let copy: string;

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'gossamer-faults-'));
    for (const path of committable().filter((path) => !path.includes('/fixtures/'))) {
      cpSync(join(ROOT, path), join(copy, path));
    }
    for (const { dir } of members()) {
      symlinkSync(join(ROOT, dir, 'node_modules'), join(copy, dir, 'node_modules'), 'junction');
    }
    execFileSync('git', ['init', '--quiet'], { cwd: copy });
    writeFileSync(join(copy, PLANTED), "var a\nexport const planted: number = 'text'");
  });
  afterAll(() => rmSync(copy, { recursive: true }));

  it('by the linter and formatter', () => expect(biome(copy, PLANTED)).rejects.toThrow(PLANTED));

  it('by the search for unused code', () => expect(knip(copy, '--include', 'files')).rejects.toThrow(PLANTED));

  it('by the type checker', () => expect(tsc(copy, 'tooling/checks')).rejects.toThrow('test/planted.ts'));
});
