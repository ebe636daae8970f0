// @ts-check
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pnpm } from '@gossamer/toolchain/pnpm';

/**
 * Packs a package as it would be published. The package must be built.
 * @param {string} packageDir
 * @returns {Promise<{ tarball: string, dispose: () => Promise<void> }>} the tarball's path, in a folder of its own
 */
export async function pack(packageDir) {
  const folder = await mkdtemp(join(tmpdir(), 'gossamer-pack-'));
  const dispose = () => rm(folder, { recursive: true });
  try {
    await pnpm(['pack', '--silent', '--pack-destination', folder], { cwd: packageDir });
  } catch (error) {
    await dispose();
    throw error;
  }
  const [name = ''] = await readdir(folder);
  return { tarball: join(folder, name), dispose };
}
