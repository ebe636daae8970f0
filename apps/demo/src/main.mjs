// The terminal demo of one method: `main.mjs <method> [options]`. Exit code 1 when an agreement with a reference fails.
const METHODS = { gla: () => import('./gla.mjs'), lfm2: () => import('./lfm2.mjs'), qmc: () => import('./qmc.mjs') };

async function main([name, ...args]) {
  if (!Object.hasOwn(METHODS, name))
    throw new Error(`expected a method, ${Object.keys(METHODS).join(', ')}, got ${name}`);
  const method = await METHODS[name]();
  if (args.includes('--help')) {
    process.stdout.write(method.usage);
    return;
  }
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new Error('stopped')));
  if (!(await method.run(args, stop.signal))) process.exitCode = 1;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const expected =
    error.code !== undefined || error.message === 'stopped' || error.message.startsWith('expected a method');
  process.stderr.write(expected ? `\n${error.message}\n` : `\n${error.stack}\n`);
  process.exitCode = 1;
}
