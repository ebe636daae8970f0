// npm test: sets up everything, runs every suite, and ends with the sum of all runners: "N passed, N failed".
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromiumPath } from '../toolchain/src/chromium.mjs';
import { nodeBinary } from '../toolchain/src/node.mjs';
import { main, root, setup, step } from './workspace.mjs';

/** The test-results folders of all workspace packages that have one. */
function resultFolders() {
  const folders = [];
  for (const group of ['packages', 'apps', 'tooling']) {
    for (const name of readdirSync(join(root, group))) {
      const folder = join(root, group, name, 'test-results');
      if (existsSync(folder)) folders.push(folder);
    }
  }
  return folders;
}

/** Sums vitest's JSON reports and the {passed, failed} files of other runners; a suite that did not load is a failure. */
function totals() {
  let passed = 0;
  let failed = 0;
  for (const folder of resultFolders()) {
    for (const file of readdirSync(folder)) {
      const report = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      passed += report.numPassedTests ?? report.passed;
      failed += report.numFailedTests ?? report.failed;
      const unloaded = (report.testResults ?? []).filter(
        (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
      );
      failed += unloaded.length;
    }
  }
  return { passed, failed };
}

await main(async (args) => {
  for (const folder of resultFolders()) rmSync(folder, { recursive: true });
  let failure;
  try {
    for (const major of [20, 22, 24]) await nodeBinary(major, { log: step });
    step(`browser: ${await chromiumPath({ log: step })}`);
    await setup({ tasks: ['test'], rust: true, args: ['--continue', '--concurrency=2', ...args] });
  } catch (error) {
    failure = error;
  }
  const { passed, failed } = totals();
  if (failure) {
    process.stderr.write(`\n${failure.message}\n`);
    process.exitCode = 1;
  }
  if (failed > 0) process.exitCode = 1;
  process.stdout.write(`${passed} passed, ${Math.max(failed, failure ? 1 : 0)} failed\n`);
});
