import type { Backend, SourceFail } from './backend.ts';

/**
 * What `#file` is on a host without a file system.
 *
 * @throws `unsupported`, always.
 */
export async function openPath(path: string | URL, fail: SourceFail): Promise<Backend> {
  const instead = 'pass a URL (new URL(path, location.href)), a Blob, a stream or the bytes';
  throw fail('unsupported', `${path}: this host opens no file by its path; ${instead}`);
}
