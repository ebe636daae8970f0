import { isDeepStrictEqual } from 'node:util';
import type { Packed } from '../packed.ts';

/** Fields that have one right value in every published package (STYLE §3). */
const EXPECTED: Readonly<Record<string, unknown>> = {
  type: 'module',
  sideEffects: false,
  license: 'MIT',
  engines: { node: '>=20.19' },
};

/** Fields that older tools read; `exports` replaces them. */
const SUPERSEDED = ['main', 'module', 'browser', 'types', 'typings', 'jsnext:main'];

/** The fixed fields of package.json, a description to find the package by, and no dependency on a neighbour (DESIGN §2). */
export function manifestFields({ manifest }: Packed): string[] {
  const found: string[] = [];
  for (const [field, want] of Object.entries(EXPECTED)) {
    const got = manifest[field];
    if (!isDeepStrictEqual(got, want)) {
      found.push(`package.json ${field}: expected ${JSON.stringify(want)}, got ${JSON.stringify(got)}`);
    }
  }
  for (const field of SUPERSEDED) if (field in manifest) found.push(`package.json ${field}: "exports" replaces it`);
  if (!manifest.description) found.push('package.json description: missing');
  for (const field of ['dependencies', 'peerDependencies', 'optionalDependencies'] as const) {
    for (const name of Object.keys((manifest[field] ?? {}) as object)) {
      if (name.startsWith('@gossamer/')) found.push(`package.json ${field}: ${name} is a neighbour`);
    }
  }
  return found;
}
