// npm run demo [-- options] ["a prompt"]: sets up what is missing, then continues the prompt. See apps/demo.
import { join } from 'node:path';
import { run } from '../toolchain/src/run.mjs';
import { main, root, setup } from './workspace.mjs';

await main(async (args) => {
  await setup({ filter: '@gossamer/demo^...' });
  await run(process.execPath, [join(root, 'apps/demo/src/main.mjs'), ...args], { cwd: root, output: 'inherit' });
});
