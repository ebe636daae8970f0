import type { Rule } from './packed.ts';
import { contents } from './rules/contents.ts';
import { docs } from './rules/docs.ts';
import { exportMap } from './rules/export-map.ts';
import { imports } from './rules/imports.ts';
import { kernels } from './rules/kernels.ts';
import { manifestFields } from './rules/manifest.ts';
import { publintStrict } from './rules/publint.ts';
import { readme } from './rules/readme.ts';
import { hostNeutral, loaders } from './rules/sources.ts';
import { typesResolve } from './rules/types-resolve.ts';

/** What holds for every published package, each under the sentence that its test bears. */
export const RULES: ReadonlyArray<readonly [sentence: string, rule: Rule]> = [
  ['package.json has the fixed fields and no neighbour', manifestFields],
  ['every path of its export map is served, types first', exportMap],
  ['publishes sources and builds, a licence and a README, nothing else', contents],
  ['imports only what it ships or declares', imports],
  ['keeps its kernels free of data and of imports', kernels],
  ['names no host', hostNeutral],
  ['loads WebAssembly in the one way that works everywhere', loaders],
  ['documents every public export', docs],
  ['has a README with the sections of the house, in order', readme],
  ['passes publint in strict mode', publintStrict],
  ['resolves with its types under ESM and bundlers', typesResolve],
];
