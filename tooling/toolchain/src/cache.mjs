import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** The repository this file belongs to. */
export const repository = resolve(import.meta.dirname, '../../..');

/** The folder for everything we download or build once: `GOSSAMER_CACHE`, else `.cache` in the repository. */
export function cacheFolder() {
  return resolve(process.env.GOSSAMER_CACHE || join(repository, '.cache'));
}

/**
 * A cached folder, made on the first call. `name` carries the version, so a new version is a new folder. What `make`
 * leaves behind when it fails or is interrupted is never taken for the whole: it works in a folder of its own, which gets
 * its name at the end.
 * @param {string} name
 * @param {(folder: string) => Promise<void>} make fills an empty folder
 * @returns {Promise<string>}
 */
export async function cached(name, make) {
  const home = cacheFolder();
  const final = join(home, name);
  if (existsSync(final)) return final;
  await mkdir(home, { recursive: true });
  const unfinished = await mkdtemp(join(home, `.${name}-`));
  try {
    await make(unfinished);
    await rename(unfinished, final).catch((error) => {
      if (!existsSync(final)) throw error; // another process made the same meanwhile: its folder is as good
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return final;
}
