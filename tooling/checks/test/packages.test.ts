import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examples, runExample } from '../src/examples.ts';
import { type Installed, install, text } from '../src/packed.ts';
import { RULES } from '../src/rules.ts';
import { sizes } from '../src/sizes.ts';
import { published, ROOT } from '../src/workspace.ts';

/** The model that the demo ships for a package, `models/gla-…` for gla; README examples find it as `model/`. */
function demoModel(dir: string): string | undefined {
  const models = join(ROOT, 'apps/demo/models');
  const prefix = `${dir.slice('packages/'.length)}-`;
  const name = existsSync(models) ? readdirSync(models).find((model) => model.startsWith(prefix)) : undefined;
  return name && join(models, name);
}

describe.each(published())('$manifest.name', ({ dir }) => {
  let installed: Installed;

  beforeAll(async () => {
    installed = await install(join(ROOT, dir));
  });
  afterAll(() => installed.project.dispose());

  it.each(RULES)('%s', async (_, rule) => {
    expect(await rule(installed)).toEqual([]);
  });

  it('is within its size budgets', async () => {
    expect(await sizes(join(ROOT, dir), installed.tarball)).toEqual([]);
  });

  it('runs every example of its README as printed', async () => {
    const found = examples(text(installed, 'README.md'));
    expect(found.length).toBeGreaterThan(0);
    for (const example of found) expect(await runExample(installed.project, example, demoModel(dir))).toBeUndefined();
  });
});
