import { join } from 'node:path';
import { checkPackage } from '@gossamer/checks/check-package';
import type { Host } from '@gossamer/consumers/host';
import { hosts } from '@gossamer/consumers/hosts';
import { pack } from '@gossamer/consumers/pack';
import { addGuest, createProject } from '@gossamer/consumers/project';
import { pnpm } from '@gossamer/toolchain/pnpm';
import { run } from '@gossamer/toolchain/run';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Clone, clone } from './clone.ts';

const OBSERVERS = ['tooling/checks/package.json', 'tooling/consumers', '.changeset'];

const [node20] = hosts as [Host, ...Host[]];

/** Milliseconds. Three crates are compiled from nothing, beside whatever else the machine does. */
const PATIENCE = 600_000;

let place: Clone;

beforeAll(async () => {
  place = await clone();
}, PATIENCE);
afterAll(() => place.dispose());

it.each([
  ['assemblyscript', 'tiny-dot', /Tests.* passed/],
  ['rust', 'other-dot', /Tests.* passed.*test result: ok/s],
])(
  'makes a package in %s that builds, tests and passes every check',
  { timeout: PATIENCE },
  async (language, name, passed) => {
    const { root, env } = place;
    const dir = join(root, 'packages', name);
    const bin = (tool: string) => join(root, 'node_modules/.bin', tool);

    await run(process.execPath, [join(root, 'tooling/create-package/src/cli.mjs'), name, `--${language}`], { env });
    await pnpm(['build'], { cwd: dir, env });
    await run(bin('tsc'), [], { cwd: dir });
    await run(bin('biome'), ['check', '--error-on-warnings', dir, ...OBSERVERS], { cwd: root });
    expect(await pnpm(['test'], { cwd: dir, env })).toMatch(passed);
    expect(await checkPackage(dir)).toEqual([]);

    const { tarball, dispose } = await pack(dir);
    const project = await createProject(tarball);
    project.defer(dispose);
    await addGuest(project, join(root, `tooling/consumers/src/scenarios/${name}.mjs`));
    const { result, problems } = await node20.run(project);
    expect({ problems, checks: result.checks }).toEqual({
      problems: [],
      checks: [{ name: 'dot', got: 2470, want: 2470 }],
    });
    await project.dispose();
  },
);
