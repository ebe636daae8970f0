// What the package weighs and what it does before it is asked for anything. Budgets stand in the column of the limits.
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { run } from '@gossamer/toolchain/run';
import { VARIANTS } from '../../kernels.mjs';
import { factRow } from '../../rows.mjs';
import { median } from '../../statistics.mjs';
import { packageFolder } from './kernel.mjs';

const KERNEL_BUDGET_KB = 40;
const PACKED_BUDGET_KB = 250;
const FIRST_CALL_BUDGET_MS = 20;
const PROCESSES = 15;
const PROBE = fileURLToPath(new URL('first-call.mjs', import.meta.url));

/** @param {import('../../cli.mjs').Context} context */
export async function facts({ host }) {
  const rows = [];
  const fact = (id, work, unit, value, budget, note) =>
    rows.push(factRow({ id, work, unit, value, budget, host, note }));
  for (const variant of VARIANTS) {
    const { size } = await stat(join(packageFolder, 'wasm', `${variant}.wasm`));
    fact(`kernel-${variant}`, `size of the ${variant} kernel`, 'kB', size / 1000, KERNEL_BUDGET_KB);
  }
  const [{ size }] = JSON.parse(
    await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: packageFolder }),
  );
  fact('packed', 'size of the packed package', 'kB', size / 1000, PACKED_BUDGET_KB);
  const probes = [];
  for (let i = 0; i < PROCESSES; i++) probes.push(await probe());
  const effects = [...new Set(probes.flatMap((each) => each.effects))];
  fact('import-effects', 'things done at import', 'effects', effects.length, 0, effects.join(', ') || undefined);
  fact('import', `import, median of ${PROCESSES} processes`, 'ms', median(probes.map((each) => each.importMs)));
  const firsts = median(probes.map((each) => each.firstCallMs));
  fact(
    'first-call',
    `first call with its compilation, median of ${PROCESSES} processes`,
    'ms',
    firsts,
    FIRST_CALL_BUDGET_MS,
  );
  return rows;
}

/** A fresh process of the same Node. */
async function probe() {
  const { stdout } = await promisify(execFile)(process.execPath, [PROBE]);
  return JSON.parse(stdout);
}
