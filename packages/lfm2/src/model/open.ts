import { type FolderInput, openFolder, type Progress, type SourceInput } from '@gossamer/kit/bytes';
import { fail } from '../errors.ts';
import type { OpenModel } from './checkpoint.ts';
import { hfUrl } from './hf.ts';
import { openCheckpoint } from './open-folder.ts';
import { openGgufFolder, openGgufSource } from './open-gguf.ts';

/**
 * A GGUF file (path or URL that ends with `.gguf`, `hf:owner/repo/file.gguf`, Blob, stream or bytes), or the files of a model:
 * a folder's path or base URL, files by name, or a file list. Of a split GGUF file the first part is named.
 */
export type ModelInput = SourceInput | FolderInput;

/** How the files are opened. */
export interface OpenOptions {
  readonly signal?: AbortSignal | undefined;
  readonly fetch?: typeof fetch | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Opens the files of a model and reads everything but the weights.
 *
 * @throws `bad-file`, `unsupported`, `not-found`, `bad-source`, `http`; the signal's reason; TypeError for another input.
 */
export async function openModel(input: ModelInput, options: OpenOptions): Promise<OpenModel> {
  const { onProgress } = options;
  if (typeof input === 'string' || input instanceof URL) {
    const address = typeof input === 'string' && input.startsWith('hf:') ? hfUrl(input.slice(3)) : input;
    const file = fileName(address);
    if (!/\.gguf$/i.test(file)) return openCheckpoint(folder(address, options), onProgress);
    return openGgufFolder(folder(parentOf(address, file), options), file, onProgress);
  }
  if (isSource(input)) return openGgufSource(input, options);
  const names = namesOf(input as FolderInput);
  const gguf = names.filter((name) => /\.gguf$/i.test(name)).sort();
  const files = folder(input as FolderInput, options);
  return gguf[0] === undefined ? openCheckpoint(files, onProgress) : openGgufFolder(files, gguf[0], onProgress);
}

function folder(input: FolderInput, { signal, fetch }: OpenOptions) {
  return openFolder(input, fail, { signal, fetch });
}

/** Last part of a path or URL. */
function fileName(address: string | URL): string {
  const path = address instanceof URL ? decodeURIComponent(address.pathname) : (address.split(/[?#]/)[0] as string);
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** The folder of a file. */
function parentOf(address: string | URL, file: string): string | URL {
  if (typeof address === 'string' && !/^[a-z][a-z\d+.-]+:/i.test(address)) {
    const parent = address.slice(0, address.length - file.length);
    return parent === '' ? '.' : parent;
  }
  const url = new URL(address);
  url.pathname = url.pathname.slice(0, url.pathname.lastIndexOf('/') + 1);
  return url;
}

function isSource(input: object): input is Exclude<SourceInput, string | URL> {
  if (input instanceof Uint8Array || input instanceof ArrayBuffer) return true;
  return 'getReader' in input || 'read' in input || 'arrayBuffer' in input;
}

function namesOf(input: FolderInput): string[] {
  if (typeof input !== 'object' || input === null) return [];
  if (input instanceof Map) return [...input.keys()];
  if ('length' in input) return Array.from(input as ArrayLike<{ name: string }>, ({ name }) => name);
  return Object.keys(input);
}
