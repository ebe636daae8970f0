// The kernel builds that @gossamer/gla ships, for the sections that measure a kernel and not the package's API.
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Folder of the package, found as a consumer finds it. */
export const packageFolder = dirname(fileURLToPath(import.meta.resolve('@gossamer/gla/package.json')));

/** Its built kernels. */
export const wasmFolder = pathToFileURL(join(packageFolder, 'wasm/'));

/** The element type of tooling/as-kit/assembly/types.ts that the benchmarks of the kernel use. */
export const F32 = 0;
/** Rows per panel of a packed matrix. */
export const PANEL = 8;
