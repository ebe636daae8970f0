import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from './cache.mjs';
import { run } from './run.mjs';

/**
 * Runs the pnpm that package.json pins: the one on the PATH if it is that version, else through npx.
 * @param {readonly string[]} args
 * @param {import('./run.mjs').RunOptions} [options] `cwd` is the repository unless told
 * @returns {Promise<string>}
 * @throws {import('./run.mjs').ToolError} when pnpm fails
 */
export async function pnpm(args, options = {}) {
  const [command, ...first] = await pnpmCommand();
  return run(command, [...first, ...args], { cwd: repository, ...options });
}

/**
 * The words that start the pinned pnpm.
 * @returns {Promise<readonly [string, ...string[]]>}
 */
export async function pnpmCommand() {
  const { packageManager } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  const version = packageManager.slice('pnpm@'.length);
  // Asked outside the repository: inside, a pnpm of another version fetches the pinned one and answers with that.
  const present = await run('pnpm', ['--version'], { cwd: tmpdir() }).catch(() => undefined);
  return present?.trim() === version ? ['pnpm'] : ['npx', '--yes', packageManager];
}
