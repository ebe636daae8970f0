// npm run demo [-- [method] [options] ["a prompt"]]: one method after the other, or the named one; each is built when its
// turn comes, so the first is heard while nothing else is there. See apps/demo.
import { join } from 'node:path';
import { answers, run } from '../toolchain/src/run.mjs';
import { RUSTUP_MISSING } from '../toolchain/src/rust.mjs';
import { main, root, setup, step } from './workspace.mjs';

/** In the order of the tour; `rust` ones need rustup. */
const METHODS = [{ name: 'gla' }, { name: 'lfm2' }, { name: 'qmc', rust: true }];

await main(async (args) => {
  const named = METHODS.find(({ name }) => name === args[0]);
  const rest = named ? args.slice(1) : args;
  for (const method of named ? [named] : METHODS) {
    if (method.rust && !named && !(await answers('rustup'))) {
      step(`leaving out ${method.name}. ${RUSTUP_MISSING}`);
      continue;
    }
    await setup({ filter: `@gossamer/${method.name}...`, rust: method.rust });
    // without a name, options and prompt are those of the first method
    const own = named || method === METHODS[0] ? rest : rest.filter((arg) => arg === '--json');
    await run(process.execPath, [join(root, 'apps/demo/src/main.mjs'), method.name, ...own], {
      cwd: root,
      output: 'inherit',
    });
  }
});
