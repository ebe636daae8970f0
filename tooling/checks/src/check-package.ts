import { examples, runExample } from './examples.ts';
import { install, text } from './packed.ts';
import { RULES } from './rules.ts';
import { sizes } from './sizes.ts';

/** Every violation of the rules for published packages, README examples included. The package must be built. */
export async function checkPackage(packageDir: string): Promise<string[]> {
  const installed = await install(packageDir);
  try {
    const found: string[] = [];
    for (const [, rule] of RULES) found.push(...(await rule(installed)));
    found.push(...(await sizes(packageDir, installed.tarball)));
    for (const example of examples(text(installed, 'README.md'))) {
      found.push(...((await runExample(installed.project, example)) ?? []));
    }
    return found;
  } finally {
    await installed.project.dispose();
  }
}
