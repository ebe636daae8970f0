#!/usr/bin/env node
// Runs a package's vitest suite and leaves test-results/<host>.json for the totals of `npm test`.
// A package with AssemblyScript kernels is run a second time on Node 24, where relaxed SIMD exists: there the relaxed
// build must be present, so nothing is skipped in silence.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeBinary } from '@gossamer/toolchain/node';

const RELAXED_NODE = 24;
const here = dirname(fileURLToPath(import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const extra = process.argv.slice(2);

function run(node, label, env) {
  const args = [vitest, 'run', '--config', join(here, '../vitest.config.mjs'), '--root', process.cwd()];
  args.push('--reporter=default', '--reporter=json', `--outputFile.json=test-results/${label}.json`, ...extra);
  const { status, error } = spawnSync(node, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (error) throw error;
  return status ?? 1;
}

rmSync('test-results', { recursive: true, force: true });
const major = Number(process.versions.node.split('.')[0]);
let status = run(process.execPath, `node${major}`, major >= RELAXED_NODE ? { GOSSAMER_RELAXED: 'required' } : {});
if (major < RELAXED_NODE && existsSync('assembly')) {
  status ||= run(await nodeBinary(RELAXED_NODE), `node${RELAXED_NODE}`, { GOSSAMER_RELAXED: 'required' });
}
process.exit(status);
