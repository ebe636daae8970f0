// Python environments of peers, each with exactly the packages that it needs; what runs in them speaks through peer.py.
import { join } from 'node:path';
import { cached } from '@gossamer/toolchain/cache';
import { answers, run, ToolError } from '@gossamer/toolchain/run';

/**
 * The interpreter of an environment that holds exactly these packages, made once.
 *
 * @param {string} name of its folder in the cache: the versions must be part of it
 * @param {string[]} requirements as pip takes them
 * @param {string} notice what is said before the packages are fetched
 * @param {(line: string) => void} log
 */
export async function pythonEnvironment(name, requirements, notice, log) {
  const base = (await answers('python3')) ? 'python3' : 'python';
  if (!(await answers(base))) throw new ToolError(`${name} needs Python 3: neither python3 nor python starts`);
  const folder = await cached(name, async (root) => {
    log(notice);
    await run(base, ['-m', 'venv', root]);
    await run(interpreter(root), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements]);
  });
  return interpreter(folder);
}

function interpreter(environment) {
  return process.platform === 'win32' ? join(environment, 'Scripts', 'python.exe') : join(environment, 'bin', 'python');
}
