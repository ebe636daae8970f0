// The one bundler configuration of all packages: src/ and the kit sources it uses → dist/.
import { readFileSync } from 'node:fs';
import { mergeConfig } from 'tsdown/config';
import { copyKitSources } from './kit-sources.mjs';

/**
 * @param {import('tsdown').UserConfig} [overrides]
 * @returns {import('tsdown').UserConfig}
 */
export function library(overrides = {}) {
  const entry = entries(JSON.parse(readFileSync('package.json', 'utf8')));
  return mergeConfig(
    {
      entry,
      format: 'esm',
      platform: 'neutral',
      target: 'es2022',
      fixedExtension: false,
      logLevel: 'warn',
      dts: { oxc: true, resolver: 'oxc' }, // TypeScript 7 has no compiler API; isolatedDeclarations makes one unnecessary
      deps: {
        neverBundle: [/^#/, /^node:/], // private imports stay: the package's own "imports" map picks the file at run time
        alwaysBundle: [/^@gossamer\/kit\//],
        onlyBundle: [],
      },
      plugins: [disposableLib],
      hooks: { 'build:done': () => copyKitSources(process.cwd(), Object.values(entry)) },
    },
    overrides,
  );
}

/**
 * `[Symbol.dispose]` in a declaration needs a lib that a consumer's target may lack, and the bundler of the declarations
 * drops the reference to it that the source has.
 */
const disposableLib = {
  name: 'gossamer:disposable-lib',
  /** @param {unknown} _ @param {Record<string, { code?: string }>} bundle */
  generateBundle(_, bundle) {
    for (const [file, chunk] of Object.entries(bundle)) {
      if (file.endsWith('.d.ts') && chunk.code && /Symbol\.(asyncD|d)ispose/.test(chunk.code)) {
        chunk.code = `/// <reference lib="esnext.disposable" />\n${chunk.code}`;
      }
    }
  },
};

/**
 * The sources behind "exports" and private "imports": ./dist/NAME.js is built from src/NAME.ts.
 * @param {{ exports: Record<string, Target>, imports?: Record<string, Target> }} manifest
 * @typedef {string | { [condition: string]: string }} Target
 */
function entries({ exports, imports = {} }) {
  const targets = [...Object.values(exports), ...Object.values(imports)].flatMap((target) =>
    typeof target === 'string' ? target : Object.values(target),
  );
  const built = targets.flatMap((target) => /^\.\/dist\/(.+)(?<!\.d)\.js$/.exec(target)?.[1] ?? []);
  return Object.fromEntries(built.map((name) => [name, `src/${name}.ts`]));
}
