import { open } from 'node:fs/promises';
import type { Backend, SourceFail } from './backend.ts';

/**
 * Opens a file by its path.
 *
 * @throws `not-found`, or `bad-source` when it is not a readable file.
 */
export async function openPath(path: string | URL, fail: SourceFail): Promise<Backend> {
  const name = String(path);
  const handle = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    const code = cause.code === 'ENOENT' ? 'not-found' : 'bad-source';
    throw fail(code, `${name}: expected a readable file, got ${cause.code}`, { cause });
  });
  const stat = await handle.stat();
  if (!stat.isFile()) {
    await handle.close();
    throw fail(
      'bad-source',
      `${name}: expected a file, got ${stat.isDirectory() ? 'a directory' : 'a device or pipe'}`,
    );
  }
  return {
    name,
    size: stat.size,
    sequential: false,
    some: async (offset, into) => (await handle.read(into, 0, into.length, offset)).bytesRead,
    close: () => handle.close(),
  };
}
