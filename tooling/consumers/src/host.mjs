// @ts-check
import { spawn } from 'node:child_process';

/** @typedef {{ calls: string[], globals: string[], compileMs: number }} Observed */
/** @typedef {{ name: string, got: unknown, want: unknown, within?: number }} Check `within`: largest |got − want| of numbers */
/**
 * @typedef {object} Report what one host saw
 * @property {Observed} atImport
 * @property {Observed} atUse
 * @property {{ variant?: string, checks: Check[] }} result
 * @property {string[]} problems requests, blocked loads, console errors: everything that must not happen
 */
/**
 * @typedef {object} Host
 * @property {string} name
 * @property {boolean} relaxed whether relaxed SIMD exists there, so that the relaxed build must be chosen
 * @property {(project: import('./project.mjs').Project) => Promise<Report>} run rejects when the host is missing
 */

/**
 * Runs a Node program that prints a report; anything on its standard error is a problem.
 * @param {string} node
 * @param {string} program
 * @param {string} cwd
 * @returns {Promise<Report>}
 */
export function reportOf(node, program, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [program], { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: {} });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code !== 0) return reject(new Error(`${program} ended with ${code ?? signal}:\n${err.slice(-2000)}`)); // the rest is minified code
      resolve({ ...JSON.parse(out), problems: err === '' ? [] : [err] });
    });
  });
}
