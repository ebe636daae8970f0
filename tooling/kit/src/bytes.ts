export type { Folder, FolderInput } from './bytes/folder.ts';
export { isPlainName, openFolder } from './bytes/folder.ts';
export type { HttpCause } from './bytes/http.ts';
export type { ByteSource, Progress, SourceInput, SourceOptions } from './bytes/source.ts';
export { openSource } from './bytes/source.ts';
export { readAll, readText } from './bytes/whole.ts';
