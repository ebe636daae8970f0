import { deflateRawSync } from 'node:zlib';
import type { Packed } from '../src/packed.ts';

/** (module (import "env" "memory" (memory 1))) */
export const KERNEL = new Uint8Array([
  0,
  97,
  115,
  109,
  1,
  0,
  0,
  0,
  2,
  15,
  1,
  3,
  ...ascii('env'),
  6,
  ...ascii('memory'),
  2,
  0,
  1,
]);

const MANIFEST = {
  name: '@gossamer/sample',
  version: '0.0.0',
  description: 'A sample.',
  license: 'MIT',
  type: 'module',
  sideEffects: false,
  engines: { node: '>=20.19' },
  files: ['dist', 'src', 'assembly', 'kit', 'wasm/*.js', 'wasm/*.d.ts', 'wasm/kernel.wasm'],
  imports: {
    '#wasm/simd': {
      types: './wasm/kernel.d.ts',
      workerd: './wasm/simd.module.js',
      default: './wasm/simd.inline.js',
    },
  },
  exports: {
    '.': { types: './dist/index.d.ts', default: './dist/index.js' },
    './kernel.wasm': { default: './wasm/kernel.wasm' },
    './package.json': { default: './package.json' },
  },
};

const README = `# @gossamer/sample

y = x (arXiv:0000.00000).

## Install

\`\`\`js
import { same } from '@gossamer/sample';
console.log(same(1)); // → 1
\`\`\`

## API

| name | does |
| --- | --- |
| same | nothing |

## Limits and accuracy

None.

## Speed

| work | figure |
| --- | --- |
| same | 1 |

## Where it runs

- Node

## Differences from the paper

None.
`;

const FILES: Readonly<Record<string, string | Uint8Array>> = {
  LICENSE: 'MIT License\n',
  'README.md': README,
  'dist/index.js': "import { getModule } from '#wasm/simd';\nexport const same = (x) => x;\nexport { getModule };\n",
  'dist/index.d.ts': '/** Returns x. */\nexport declare const same: (x: number) => number;\n',
  'src/index.ts': "export { same } from './same.ts';\n",
  'src/same.ts': "import { count } from '@gossamer/kit/count';\nexport const same = (x: number): number => count(x);\n",
  'kit/src/count.ts': 'export const count = (x: number): number => x;\n',
  'assembly/index.ts': "import { lane } from './lane';\nexport { lane };\n",
  'assembly/lane.ts': 'export function lane(): i32 { return 4; }\n',
  'wasm/kernel.d.ts': 'export function getModule(): WebAssembly.Module;\n',
  'wasm/simd.module.js': "import module from './kernel.wasm';\nexport const getModule = () => module;\n",
  'wasm/inflate.js': 'export const inflate = (text) => text;\n',
  'wasm/simd.inline.js': `import { inflate } from './inflate.js';\nexport const getModule = () => inflate(DEFLATED);\nconst DEFLATED =\n  '${deflated(KERNEL)}';\n`,
  'wasm/kernel.wasm': KERNEL,
};

/** A package that keeps every rule, with files and fields of package.json replaced; `null` takes one away. */
export function sample(
  files: Readonly<Record<string, string | Uint8Array | null>> = {},
  fields: Readonly<Record<string, unknown>> = {},
): Packed {
  const manifest = { ...MANIFEST, ...fields };
  const all = { ...FILES, 'package.json': JSON.stringify(manifest), ...files };
  const encoder = new TextEncoder();
  const entries = Object.entries(all).flatMap(([path, content]) =>
    content === null ? [] : [[path, typeof content === 'string' ? encoder.encode(content) : content] as const],
  );
  return { manifest, files: new Map(entries) };
}

/** A file of the sample, to be changed. */
export function original(path: string): string {
  return FILES[path] as string;
}

export function deflated(bytes: Uint8Array): string {
  return deflateRawSync(bytes).toString('base64');
}

function ascii(text: string): number[] {
  return [...text].map((letter) => letter.charCodeAt(0));
}
