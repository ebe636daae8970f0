import { show } from '../errors.ts';
import type { SourceFail } from './backend.ts';
import type { ByteSource, SourceInput, SourceOptions } from './source.ts';
import { isUrl, openSource } from './source.ts';

/**
 * Where the files of a model are: a folder path, a base URL, the files by name, or a list of `File` as an
 * `<input type="file">` gives it.
 */
export type FolderInput =
  | string
  | URL
  | ReadonlyMap<string, SourceInput>
  | { readonly [name: string]: SourceInput }
  | ArrayLike<Blob & { readonly name: string }>;

/** Opens the files of a model by name. */
export interface Folder {
  /**
   * @param options laid over those of the folder.
   * @throws `not-found` when there is no such file; what {@link openSource} throws.
   */
  openFile(name: string, options?: SourceOptions): Promise<ByteSource>;
}

/**
 * A model folder; nothing is opened yet.
 *
 * @throws `bad-source` when two files of a list have one name; TypeError for another input.
 */
export function openFolder(input: FolderInput, fail: SourceFail, options: SourceOptions = {}): Folder {
  const locate = locator(input, fail);
  return {
    async openFile(name, over) {
      if (!isPlainName(name)) {
        throw fail('bad-source', `file name: expected a plain name without folders, got ${show(name)}`);
      }
      const found = locate(name);
      if (found === undefined) {
        throw fail('not-found', `${name}: no such file among those given`);
      }
      return openSource(found, fail, { ...options, ...over });
    },
  };
}

/** Whether `name` names a file in a folder, not one elsewhere: no separator, no `.` or `..`, no control character. */
export function isPlainName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\u0000-\u001f\u007f]/.test(name);
}

function locator(input: FolderInput, fail: SourceFail): (name: string) => SourceInput | undefined {
  if (typeof input === 'string' && !isUrl(input)) {
    const base = input === '' ? '' : `${input.replace(/[/\\]+$/, '')}/`;
    return (name) => base + name;
  }
  if (typeof input === 'string' || input instanceof URL) {
    const base = new URL(input);
    base.pathname = base.pathname.replace(/\/*$/, '/');
    return (name) => {
      const url = new URL(base);
      url.pathname += encodeURIComponent(name);
      return url;
    };
  }
  if (input instanceof Map) {
    return (name) => input.get(name);
  }
  if (typeof input !== 'object' || input === null) {
    throw new TypeError(`folder: expected a path, a base URL or files by name, got ${show(input)}`);
  }
  const files =
    'length' in input ? byName(input as ArrayLike<Blob & { name: string }>, fail) : new Map(Object.entries(input));
  return (name) => files.get(name);
}

function byName(list: ArrayLike<Blob & { name: string }>, fail: SourceFail): Map<string, SourceInput> {
  const files = new Map<string, SourceInput>();
  for (const file of Array.from(list)) {
    if (files.has(file.name)) {
      throw fail('bad-source', `files: expected each name once, got ${show(file.name)} twice`);
    }
    files.set(file.name, file);
  }
  return files;
}
