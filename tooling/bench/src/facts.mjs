// What a package weighs and what it does before it is asked for anything. Budgets stand in the column of the limits.
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { run } from '@gossamer/toolchain/run';
import { factRow } from './rows.mjs';
import { median } from './statistics.mjs';

const FIRST_CALL_BUDGET_MS = 20;
const PROCESSES = 15;

/** Folder of a package, found as a consumer finds it. */
export const packageFolder = (name) => dirname(fileURLToPath(import.meta.resolve(`@gossamer/${name}/package.json`)));

/**
 * @param {object} what
 * @param {string} what.name of the package
 * @param {readonly string[]} what.variants
 * @param {number} what.kernelBudget kB
 * @param {number} what.packedBudget kB
 * @param {URL} what.probe a script that calls watchImport
 * @param {string} what.host
 */
export async function packageFacts({ name, variants, kernelBudget, packedBudget, probe, host }) {
  const folder = packageFolder(name);
  const rows = [];
  const fact = (id, work, unit, value, budget, note) =>
    rows.push(factRow({ id, work, unit, value, budget, host, note }));
  for (const variant of variants) {
    const { size } = await stat(join(folder, 'wasm', `${variant}.wasm`));
    fact(`kernel-${variant}`, `size of the ${variant} kernel`, 'kB', size / 1000, kernelBudget);
  }
  const [{ size }] = JSON.parse(await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: folder }));
  fact('packed', 'size of the packed package', 'kB', size / 1000, packedBudget);
  const probes = [];
  for (let i = 0; i < PROCESSES; i++) probes.push(await runProbe(fileURLToPath(probe)));
  const effects = [...new Set(probes.flatMap((each) => each.effects))];
  fact('import-effects', 'things done at import', 'effects', effects.length, 0, effects.join(', ') || undefined);
  fact('import', `import, median of ${PROCESSES} processes`, 'ms', median(probes.map((each) => each.importMs)));
  fact(
    'first-call',
    `first call with its compilation, median of ${PROCESSES} processes`,
    'ms',
    median(probes.map((each) => each.firstCallMs)),
    FIRST_CALL_BUDGET_MS,
  );
  return rows;
}

/** A fresh process of the same Node. */
async function runProbe(script) {
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  return JSON.parse(stdout);
}
