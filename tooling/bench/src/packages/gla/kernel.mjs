// The kernel builds that @gossamer/gla ships, for the sections that measure a kernel and not the package's API.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageFolder } from '../../facts.mjs';

/** Its built kernels. */
export const wasmFolder = pathToFileURL(join(packageFolder('gla'), 'wasm/'));

/** The element type of tooling/as-kit/assembly/types.ts that the benchmarks of the kernel use. */
export const F32 = 0;
/** Rows per panel of a packed matrix. */
export const PANEL = 8;
