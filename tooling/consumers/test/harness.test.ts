import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hosts } from '../src/hosts.mjs';
import { pack } from '../src/pack.mjs';
import { addGuest, createProject, type Project } from '../src/project.mjs';

const here = new URL('.', import.meta.url).pathname;

describe('a package that works at import', () => {
  let project: Project;

  beforeAll(async () => {
    const { tarball, dispose } = await pack(`${here}fixtures/eager`);
    project = await createProject(tarball);
    await addGuest(project, `${here}fixtures/eager.scenario.mjs`);
    await dispose();
  });
  afterAll(() => project?.dispose());

  it.each(hosts)('is seen on $name', async (host) => {
    const { atImport, result, problems } = await host.run(project);
    expect(atImport.calls).toEqual(expect.arrayContaining(['Module', 'fetch'])); // Node's fetch compiles a parser
    expect(atImport.globals).toContain('eager');
    expect(result.checks).toEqual([{ name: 'loaded', got: true, want: true }]);
    expect(problems.join('\n')).toMatch(/refused|127\.0\.0\.1:1/);
  });
});
