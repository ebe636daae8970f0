import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Manifest } from './packed.ts';

/** The repository's root. */
export const ROOT: string = fileURLToPath(new URL('../../..', import.meta.url));

/** A member of the workspace. `dir` is relative to the root. */
export interface Member {
  readonly dir: string;
  readonly manifest: Manifest;
}

/** Paths of all files that are committed or would be: tracked, or new and not ignored. */
export function committable(root: string = ROOT): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 1e8 }).split('\0');
  return listed.filter((path) => path !== '' && existsSync(join(root, path)));
}

/** The root and every package.json below packages/, apps/ and tooling/. */
export function members(root: string = ROOT): Member[] {
  const folders = ['packages', 'apps', 'tooling'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => posix.join(group, name)),
  );
  return ['.', ...folders].flatMap((dir) => {
    const path = join(root, dir, 'package.json');
    return existsSync(path) ? [{ dir, manifest: JSON.parse(readFileSync(path, 'utf8')) as Manifest }] : [];
  });
}

/** The members that are published: all of packages/. */
export function published(root: string = ROOT): Member[] {
  return members(root).filter(({ dir }) => dir.startsWith('packages/'));
}
