// @ts-check
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBinary } from '@gossamer/toolchain/node';
import { build } from 'esbuild';
import { reportOf } from '../host.mjs';

/** @typedef {import('../project.mjs').Project} Project */

/** One minified file, run where it can reach nothing else. */
export const hosts = /** @type {const} */ (['browser', 'node']).map((platform) => ({
  name: `esbuild for ${platform === 'node' ? 'Node' : 'browsers'}, run by Node 24`,
  relaxed: true,
  run: async (/** @type {Project} */ project) => {
    const folder = await mkdtemp(join(tmpdir(), 'gossamer-esbuild-'));
    project.defer(() => rm(folder, { recursive: true }));
    const { metafile, warnings } = await build({
      absWorkingDir: project.dir,
      entryPoints: ['node.mjs'],
      outfile: join(folder, 'bundle.mjs'),
      bundle: true,
      minify: true,
      metafile: true,
      platform,
      format: 'esm',
      logLevel: 'silent',
    });
    const left = Object.values(metafile.outputs)
      .flatMap(({ imports }) => imports.map(({ path }) => `imports ${path}`))
      .filter((found) => !(platform === 'node' && found.startsWith('imports node:')));
    const report = await reportOf(await nodeBinary(24), 'bundle.mjs', folder);
    return { ...report, problems: [...warnings.map(({ text }) => text), ...left, ...report.problems] };
  },
}));
