import { posix } from 'node:path';
import { type Packed, paths, text } from '../packed.ts';
import { parse } from '../source.ts';

/** Workspace sources that are built in, and where the tarball carries them. */
const CARRIED: ReadonlyArray<readonly [prefix: string, folder: string]> = [
  ['@gossamer/kit/', 'kit/src/'],
  ['@gossamer/as-kit/assembly/', 'kit/assembly/'],
];

/**
 * Whatever a published file imports is in the tarball, in `imports` or in `dependencies`; kit sources that `src` names are
 * carried along. `node:` modules appear only in files that the condition `node` picks (DESIGN §2, STYLE §3).
 */
export function imports(packed: Packed): string[] {
  const picked = pickedByNode(packed.manifest.imports);
  const found: string[] = [];
  for (const path of paths(packed, /\.(js|ts)$/)) {
    for (const specifier of specifiers(path, text(packed, path))) {
      const problem = resolve(packed, path, specifier, picked);
      if (problem) found.push(`${path}: '${specifier}' ${problem}`);
    }
  }
  return found;
}

function specifiers(path: string, source: string): readonly string[] {
  if (/^(kit\/)?assembly\//.test(path)) {
    return [...source.matchAll(/\bfrom\s+['"]([^'"]+)['"]/g)].map(([, specifier]) => specifier as string);
  }
  const { imports, dynamicImports } = parse(path, source);
  return [...imports, ...dynamicImports];
}

function resolve(packed: Packed, path: string, specifier: string, picked: ReadonlySet<string>): string | undefined {
  const { files, manifest } = packed;
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(path), specifier);
    const served = [target, `${target}.ts`, target.replace(/\.js$/, '.d.ts')].some((file) => files.has(file));
    // The bundler names the module that workerd links; the other builds come as text.
    return served ? undefined : 'is not in the tarball';
  }
  if (specifier.startsWith('#')) {
    return specifier in ((manifest.imports ?? {}) as object) ? undefined : 'is not in "imports"';
  }
  if (specifier.startsWith('node:')) {
    return picked.has(path) || path.endsWith('.node.ts') ? undefined : 'exists on Node only';
  }
  const carried = CARRIED.find(([prefix]) => specifier.startsWith(prefix));
  if (carried && !/^(dist|wasm)\//.test(path)) {
    const home = `${carried[1]}${specifier.slice(carried[0].length)}.ts`;
    return files.has(home) ? undefined : `is not carried as ${home}`;
  }
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
  return name in declared ? undefined : 'is not in "dependencies"';
}

/** The files that the condition `node` leads to. */
function pickedByNode(target: unknown, under = false, into: Set<string> = new Set<string>()): Set<string> {
  if (typeof target === 'string' && under) into.add(target.replace(/^\.\//, ''));
  else if (typeof target === 'object') {
    for (const [key, value] of Object.entries(target ?? {})) pickedByNode(value, under || key === 'node', into);
  }
  return into;
}
