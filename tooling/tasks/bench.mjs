// npm run bench [package]: builds, then measures on Node 24 (relaxed SIMD). See tooling/bench.
import { join } from 'node:path';
import { nodeBinary } from '../toolchain/src/node.mjs';
import { run } from '../toolchain/src/run.mjs';
import { main, root, setup, step } from './workspace.mjs';

await main(async (args) => {
  await setup({ filter: '@gossamer/bench...', rust: true });
  step('measuring on Node 24');
  await run(await nodeBinary(24), [join(root, 'tooling/bench/src/cli.mjs'), ...args], { cwd: root, output: 'inherit' });
});
