import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Check } from '../src/host.mjs';
import { hosts } from '../src/hosts.mjs';
import { pack } from '../src/pack.mjs';
import { addGuest, createProject, type Project } from '../src/project.mjs';

const packages = fileURLToPath(new URL('../../../packages/', import.meta.url));
const scenarios = fileURLToPath(new URL('../src/scenarios/', import.meta.url));
const names = readdirSync(packages);

/** What a method needs of WebAssembly; everything else that the probe watches is the network or another thread. */
const NEEDED = ['Module', 'Instance', 'Memory', 'validate'];

function agrees({ got, want, within }: Check): boolean {
  if (within === undefined) return JSON.stringify(got) === JSON.stringify(want);
  const [values, expected] = [got as number[], want as number[]];
  return values.length === expected.length && expected.every((x, i) => Math.abs((values[i] as number) - x) <= within);
}

it('every package has a scenario', () => {
  const present = readdirSync(scenarios).filter((file) => !file.endsWith('.data.mjs'));
  expect(present.sort()).toEqual(names.map((name) => `${name}.mjs`).sort());
});

describe.each(names)('@gossamer/%s', (name) => {
  let project: Project;
  const compileMs: string[] = [];

  beforeAll(async () => {
    const { tarball, dispose } = await pack(`${packages}${name}`);
    project = await createProject(tarball);
    await addGuest(project, `${scenarios}${name}.mjs`);
    await dispose();
  });
  afterAll(async () => {
    console.info(`@gossamer/${name}, compiling on first use: ${compileMs.join(', ')}`);
    await project?.dispose();
  });

  it.each(hosts)('runs on $name', async (host) => {
    const { atImport, atUse, result, problems } = await host.run(project);
    compileMs.push(`${host.name} ${atUse.compileMs.toFixed(1)} ms`);

    expect(problems).toEqual([]);
    expect(atImport, 'importing does nothing').toEqual({ calls: [], globals: [], compileMs: 0 });
    expect(atUse.globals).toEqual([]);
    expect(atUse.calls.filter((call) => !NEEDED.includes(call))).toEqual([]);

    expect(result.checks.length).toBeGreaterThan(0);
    expect(result.checks.filter((check) => !agrees(check))).toEqual([]);
    const variants = project.manifest.imports['#wasm/relaxed'] !== undefined;
    expect(result.variant).toBe(variants ? (host.relaxed ? 'relaxed' : 'simd') : undefined);
  });
});
