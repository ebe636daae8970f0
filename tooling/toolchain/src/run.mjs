import { spawn } from 'node:child_process';

/** A tool is missing or failed. The message is one sentence for the person at the terminal, with the tool's last words. */
export class ToolError extends Error {
  name = 'ToolError';
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] replaces the environment
 * @property {'capture' | 'inherit' | 'stderr'} [output] `capture` (default) keeps the tool's words, `inherit` lets it speak to the
 *   terminal, `stderr` too but keeps stdout clean for what the caller prints there
 */

/** @type {Record<'capture' | 'inherit' | 'stderr', import('node:child_process').StdioOptions>} */
const STDIO = { capture: ['ignore', 'pipe', 'pipe'], inherit: 'inherit', stderr: ['inherit', 2, 2] };

/**
 * Runs a program to its end. No shell is involved, except on Windows, where npm and npx are scripts.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>} what it wrote on stdout, when captured
 * @throws {ToolError} when it cannot be started or exits with anything but 0
 */
export function run(command, args, { cwd, env, output = 'capture' } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      shell: process.platform === 'win32',
      stdio: STDIO[output],
    });
    let stdout = '';
    let both = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      both += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      both += text;
    });
    const said = [command, ...args].join(' ');
    child.on('error', (cause) => reject(new ToolError(`cannot start ${said}: ${cause.message}`, { cause })));
    child.on('close', (status, signal) => {
      if (status === 0) return resolve(stdout);
      const tail = both.trimEnd().split('\n').slice(-30).join('\n');
      reject(new ToolError(`${said} failed (${signal ?? `exit ${status}`})${tail && `:\n${tail}`}`));
    });
  });
}

/**
 * Whether a program answers.
 * @param {string} command
 * @param {readonly string[]} [args]
 * @param {RunOptions} [options]
 */
export function answers(command, args = ['--version'], options = {}) {
  return run(command, args, options).then(
    () => true,
    (error) => {
      if (error instanceof ToolError) return false;
      throw error;
    },
  );
}
