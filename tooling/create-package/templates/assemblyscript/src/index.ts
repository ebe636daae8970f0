export { type DotOptions, dot } from './dot.ts';
export { NewPackageError, type NewPackageErrorCode } from './errors.ts';
