import { expect, it } from 'vitest';
import type { Packed } from '../src/packed.ts';
import { RULES } from '../src/rules.ts';
import { deflated, KERNEL, original, sample } from './sample.ts';

const exporting = (target: unknown): Record<string, unknown> => ({
  exports: { '.': target, './package.json': { default: './package.json' } },
});
const inSource = (text: string): Packed => sample({ 'src/same.ts': text });
const inDist = (text: string): Packed => sample({ 'dist/index.js': text });
const inTypes = (text: string): Packed => sample({ 'dist/index.d.ts': text });
const inReadme = (from: string, to: string): Packed => sample({ 'README.md': original('README.md').replace(from, to) });

/** What each rule must say of a package with one fault. */
const FAULTS: Readonly<Record<string, ReadonlyArray<readonly [fault: string, packed: Packed, finding: RegExp]>>> = {
  'package.json has the fixed fields and no neighbour': [
    ['CommonJS', sample({}, { type: 'commonjs' }), /type: expected "module", got "commonjs"/],
    ['no side-effect flag', sample({}, { sideEffects: undefined }), /sideEffects: expected false/],
    ['another licence', sample({}, { license: 'ISC' }), /license: expected "MIT", got "ISC"/],
    ['other engines', sample({}, { engines: { node: '>=18' } }), /engines/],
    ['main', sample({}, { main: './dist/index.js' }), /main: "exports" replaces it/],
    ['no description', sample({}, { description: undefined }), /description: missing/],
    ['a neighbour', sample({}, { dependencies: { '@gossamer/gla': '1.0.0' } }), /@gossamer\/gla is a neighbour/],
  ],
  'every path of its export map is served, types first': [
    ['a lost file', sample({ 'dist/index.js': null }), /\.\/dist\/index\.js is not in the tarball/],
    [
      'types last',
      sample({}, exporting({ default: './dist/index.js', types: './dist/index.d.ts' })),
      /"types" must come first/,
    ],
    [
      'an unproven condition',
      sample({}, exporting({ deno: './dist/index.js', default: './dist/index.js' })),
      /the condition "deno" has no consumer test/,
    ],
    ['no default', sample({}, exporting({ types: './dist/index.d.ts' })), /"default" must be there and last/],
    ['no root', sample({}, { exports: { './package.json': './package.json' } }), /exports: "\." is missing/],
    ['nothing', sample({}, exporting({})), /expected a path or an object of conditions/],
    ['a bare target', sample({}, exporting('dist/index.js')), /dist\/index\.js is not in the tarball/],
  ],
  'publishes sources and builds, a licence and a README, nothing else': [
    ['a test', sample({ 'src/same.test.ts': '' }), /src\/same\.test\.ts: tests and benches are not published/],
    ['a bench', sample({ 'bench/same.bench.ts': '' }), /bench\/same\.bench\.ts: tests and benches/],
    ['the debug build', sample({ 'wasm/debug/simd.wasm': KERNEL }), /does not belong in the tarball/],
    ['configuration', sample({ 'tsconfig.json': '{}' }), /tsconfig\.json: does not belong/],
    ['no licence', sample({ LICENSE: null }), /LICENSE: missing or empty/],
    ['another licence', sample({ LICENSE: 'Apache License' }), /expected the MIT License/],
    ['an empty README', sample({ 'README.md': '' }), /README\.md: missing or empty/],
  ],
  'imports only what it ships or declares': [
    ['an undeclared package', sample({ 'dist/index.js': "import 'left-pad';" }), /'left-pad' is not in "dependencies"/],
    [
      'an undeclared package, late',
      sample({ 'dist/index.js': "export const f = () => import('@a/b/c');" }),
      /'@a\/b\/c' is not in/,
    ],
    ['an undeclared type', sample({ 'dist/index.d.ts': "export type { A } from 'a';" }), /'a' is not in/],
    [
      'the kit, not bundled',
      sample({ 'dist/index.js': "import '@gossamer/kit/count';" }),
      /@gossamer\/kit\/count' is not/,
    ],
    ['kit sources left out', sample({ 'kit/src/count.ts': null }), /is not carried as kit\/src\/count\.ts/],
    ['a private import', sample({ 'dist/index.js': "import '#wasm/other';" }), /'#wasm\/other' is not in "imports"/],
    ['a lost file', sample({ 'src/same.ts': null }), /'\.\/same\.ts' is not in the tarball/],
    ['a lost kernel source', sample({ 'assembly/lane.ts': null }), /'\.\/lane' is not in the tarball/],
    ['a module of Node', sample({ 'dist/index.js': "import 'node:fs';" }), /'node:fs' exists on Node only/],
  ],
  'keeps its kernels free of data and of imports': [
    [
      'data',
      sample({ 'wasm/kernel.wasm': new Uint8Array([...KERNEL, 11, 7, 1, 0, 65, 0, 11, 1, 7]) }),
      /kernel\.wasm: 1 data segments/,
    ],
    [
      'data in an inlined build',
      sample({ 'wasm/simd.inline.js': `const DEFLATED = '${deflated(new Uint8Array([...KERNEL, 11, 1, 3]))}';` }),
      /simd\.inline\.js: 3 data segments/,
    ],
    ['no memory', sample({ 'wasm/kernel.wasm': KERNEL.slice(0, 8) }), /imports , expected env\.memory alone/],
    [
      'another import',
      sample({ 'wasm/kernel.wasm': new Uint8Array([...KERNEL.slice(0, 8), 2, 7, 1, 1, 97, 1, 98, 0, 0]) }),
      /imports a\.b, expected env\.memory alone/,
    ],
    ['no binary', sample({ 'wasm/simd.inline.js': 'export {};' }), /no binary found/],
    ['a damaged binary', sample({ 'wasm/simd.inline.js': "const DEFLATED = 'AGFzbQ==';" }), /no binary found/],
  ],
  'names no host': [
    ['a global', inSource("export const a = process.env['A'];"), /src\/same\.ts:1: process exists on some hosts only/],
    ['a question', inSource("export const a = typeof window === 'undefined';"), /window/],
    ['a property of globalThis', inSource('export const a = globalThis.navigator;'), /navigator/],
    ['a computed property', inSource("export const a = globalThis['Deno'];"), /Deno/],
    ['a cast', inSource('export const a = (Buffer as unknown as string[]);'), /Buffer/],
    ['a declared global', inSource('declare const process: { a: 1 };\nexport const b = process.a;'), /:2: process/],
    ['the kit', sample({ 'kit/src/count.ts': 'export const a = document;' }), /kit\/src\/count\.ts:1: document/],
  ],
  'loads WebAssembly in the one way that works everywhere': [
    ['a URL', inDist("export const a = new URL('./a.wasm', import.meta.url);"), /dist\/index\.js:1: new URL/],
    ['a data URL', inDist("export const a = () => fetch('data:application/wasm,');"), /fetch of a data: URL/],
    [
      'an import',
      inDist("import a from './a.wasm';\nexport { a };"),
      /imports \.\/a\.wasm, which only a \*\.module\.js may/,
    ],
    ['work at import', inDist('export const a = await Promise.resolve();'), /await at the top level/],
  ],
  'documents every public export': [
    ['no comment', inTypes('export declare const a: 1;'), /dist\/index\.d\.ts:1: a has no doc comment/],
    ['a plain comment', inTypes('/* a */\nexport declare const a: 1;'), /:2: a has no doc comment/],
    ['an empty comment', inTypes('/** */\nexport interface A {}'), /A has no doc comment/],
    ['another comment', inTypes('/** Says b. */\nconst b = 1;\ndeclare class A {}\nexport { A, b };'), /:3: A has no/],
    ['a renamed export', inTypes('declare function f(): void;\nexport { f as g };'), /:1: g has no doc comment/],
    [
      'a method',
      inTypes('/** A class. */\nexport declare class A {\n  run(): void;\n}'),
      /:3: A\.run has no doc comment/,
    ],
  ],
  'has a README with the sections of the house, in order': [
    ['another title', inReadme('# @gossamer/sample', '# Sample'), /the first line must be # @gossamer\/sample/],
    ['no source', inReadme('arXiv:0000.00000', 'folklore'), /cites no paper/],
    ['a lost section', inReadme('## Limits and accuracy\n\nNone.', ''), /"## Limits and accuracy" is missing or empty/],
    ['an empty section', inReadme('## Where it runs\n\n- Node', '## Where it runs\n'), /"## Where it runs" is missing/],
    [
      'another order',
      inReadme('## API', '## Differences from the paper\n\nNone.\n\n## API'),
      /sections must follow this order/,
    ],
    ['no example', inReadme('```js\n', '```js no-run: it is late\n'), /"## Install" has no example that runs/],
    ['no table', inReadme('| name | does |\n| --- | --- |\n| same | nothing |', 'same'), /"## API" has no table/],
    ['a section in a fence', inReadme('## Speed', '```sh\n## Speed\n```'), /"## Speed" is missing/],
  ],
  'passes publint in strict mode': [
    ['a wrong entry', sample({ 'dist/index.js': 'module.exports = 1;' }), /publint: .*CJS|publint: .*ESM/],
  ],
  'resolves with its types under ESM and bundlers': [
    [
      'no types',
      sample({
        'dist/index.d.ts': null,
        'wasm/kernel.d.ts': null,
        'src/index.ts': null,
        'src/same.ts': null,
        'kit/src/count.ts': null,
        'assembly/index.ts': null,
        'assembly/lane.ts': null,
      }),
      /types: the package has none/,
    ],
    [
      'an unresolved entry',
      sample({}, exporting({ types: './dist/other.d.ts', default: './dist/other.js' })),
      /types: \. \(node16-esm\)/,
    ],
    [
      'CommonJS types',
      sample(
        { 'dist/index.d.cts': 'export declare const same: 1;' },
        exporting({ types: './dist/index.d.cts', default: './dist/index.js' }),
      ),
      /CJS/,
    ],
  ],
};

it.each(RULES)('a package that keeps all rules: it %s', async (_, rule) => {
  expect(await rule(sample())).toEqual([]);
});

it('every rule is shown to catch something', () => {
  expect(Object.keys(FAULTS)).toEqual(RULES.map(([sentence]) => sentence));
});

const cases = RULES.flatMap(([sentence, rule]) =>
  (FAULTS[sentence] ?? []).map(([fault, packed, finding]) => ({ sentence, fault, rule, packed, finding })),
);

it.each(cases)('$sentence: catches $fault', async ({ rule, packed, finding }) => {
  expect((await rule(packed)).join('\n')).toMatch(finding);
});
