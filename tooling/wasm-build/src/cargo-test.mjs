#!/usr/bin/env node
// gossamer-cargo-test: runs a crate's native tests and leaves test-results/cargo.json for the totals of `npm test`. The
// crate is crate/ of the current folder, or the folder itself.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { ToolError } from '@gossamer/toolchain/run';
import { ensureCompiler } from '@gossamer/toolchain/rust';
import { countTests } from './cargo-report.mjs';

try {
  const env = await ensureCompiler({ log: console.log });
  const { text, status } = await cargoTest(existsSync('crate/Cargo.toml') ? 'crate' : '.', env);
  const counts = countTests(text);
  // A crate that does not compile, or whose tests are left out, has failed as well.
  const failed = Math.max(counts.failed + counts.ignored, status === 0 && counts.passed > 0 ? 0 : 1);
  await mkdir('test-results', { recursive: true });
  await writeFile('test-results/cargo.json', `${JSON.stringify({ passed: counts.passed, failed })}\n`);
  process.exitCode = failed > 0 ? 1 : 0;
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/**
 * @param {string} cwd rustup and cargo read their settings from the crate's own folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ text: string, status: number | null }>} what the test runners printed
 */
function cargoTest(cwd, env) {
  return new Promise((resolve, reject) => {
    const args = ['test', '--locked', '--no-fail-fast', '--color=never'];
    const child = spawn('cargo', args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part) => {
      text += part;
      process.stdout.write(part);
    });
    child.on('error', (cause) => reject(new ToolError(`cannot start cargo: ${cause.message}`, { cause })));
    child.on('close', (status) => resolve({ text, status }));
  });
}
