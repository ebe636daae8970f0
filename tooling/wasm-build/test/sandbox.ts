import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const tsdown = createRequire(import.meta.url).resolve('tsdown/package.json');
const PROGRAMS = {
  build: here('../src/cli.mjs'),
  'cargo-test': here('../src/cargo-test.mjs'),
  tsdown: join(dirname(tsdown), 'dist/run.mjs'),
};

type Fixture = 'kernels' | 'library' | 'crate';

/** A copy of a fixture in a workspace of its own. */
export interface Sandbox {
  readonly root: string;
  /** Removes it; of a copy that a test made, the end of the test does. */
  dispose(): void;
  /** Runs a program in the copy. */
  run(program: keyof typeof PROGRAMS): { status: number | null; text: string };
  /** Every file below a folder, sorted. */
  files(folder: string): string[];
}

/** A sandbox for one test. `built` is a sandbox of the same fixture whose outputs it starts with. */
export function sandbox(fixture: Fixture, built?: Sandbox): Sandbox {
  const box = createSandbox(fixture);
  onTestFinished(box.dispose);
  if (built) cpSync(join(built.root, 'wasm'), join(box.root, 'wasm'), { recursive: true });
  return box;
}

export function createSandbox(fixture: Fixture): Sandbox {
  const home = mkdtempSync(join(tmpdir(), 'gossamer-build-'));
  const root = join(home, 'packages', fixture);
  cpSync(here(`fixtures/${fixture}`), root, { recursive: true });
  cpSync(here('fixtures/workspace'), join(home, 'tooling'), { recursive: true });
  const scope = join(root, 'node_modules/@gossamer');
  mkdirSync(scope, { recursive: true });
  for (const name of ['kit', 'as-kit']) symlinkSync(join(home, 'tooling', name), join(scope, name), 'junction');
  symlinkSync(here('..'), join(scope, 'wasm-build'), 'junction');
  return {
    root,
    dispose: () => rmSync(home, { recursive: true }),
    run: (program) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAMS[program]], {
        cwd: root,
        encoding: 'utf8',
      });
      return { status, text: stdout + stderr };
    },
    files: (folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(join(root, folder).length + 1))
        .sort(),
  };
}
