import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { committable, ROOT } from '@gossamer/checks/workspace';
import { cacheFolder } from '@gossamer/toolchain/cache';
import { pnpm } from '@gossamer/toolchain/pnpm';

/** Fixtures and models that a new package has no use for. */
const LEFT_OUT = /(^|\/)fixtures\/|^apps\/demo\/models\//;

/** A copy of the repository as it would be committed, installed, and gone after `dispose`. */
export interface Clone {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  dispose(): void;
}

export async function clone(): Promise<Clone> {
  const root = mkdtempSync(join(tmpdir(), 'gossamer-clone-'));
  for (const path of committable().filter((path) => !LEFT_OUT.test(path))) {
    if (existsSync(join(ROOT, path))) cpSync(join(ROOT, path), join(root, path));
  }
  execFileSync('git', ['init', '--quiet'], { cwd: root }); // Biome asks git what to ignore
  const env = { ...process.env, GOSSAMER_CACHE: cacheFolder() };
  await pnpm(['install', '--frozen-lockfile', '--prefer-offline'], { cwd: root });
  return { root, env, dispose: () => rmSync(root, { recursive: true, force: true }) };
}
