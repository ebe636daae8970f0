import { posix } from 'node:path';
import type { Member } from '../workspace.ts';

/** Generated files are never committed (STYLE §13). */
export function generated(paths: readonly string[]): string[] {
  const pattern =
    /(^|\/)(dist|wasm|target|node_modules|test-results)\/|^packages\/[^/]+\/kit\/|\.(wasm|tgz|tsbuildinfo)$/;
  return paths
    .filter((path) => pattern.test(path) && !path.includes('/fixtures/'))
    .map((path) => `${path}: generated, must not be committed`);
}

const TOP_LEVEL =
  /^(packages|apps|tooling|docs|\.changeset|\.ci|\.github)\/|^(turbo\.json|pnpm-workspace\.yaml|package\.json|tsconfig\.base\.json|README\.md|LICENSE|CONTRIBUTING\.md|pnpm-lock\.yaml|\.gitignore|\.gitattributes|\.biome\.json)$/;

/** The top level is fixed (DESIGN §3). */
export function topLevel(paths: readonly string[]): string[] {
  return paths.filter((path) => !TOP_LEVEL.test(path)).map((path) => `${path}: the top level is fixed`);
}

/** Versions of dependencies are in the catalog, in one place; members of the workspace are linked. */
export function catalogOnly({ dir, manifest }: Member): string[] {
  const fields = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'];
  return fields.flatMap((field) =>
    Object.entries((manifest[field] ?? {}) as Record<string, string>)
      .filter(([name, version]) => version !== (name.startsWith('@gossamer/') ? 'workspace:*' : 'catalog:'))
      .map(([name, version]) => `${dir}/package.json ${field}: ${name} is "${version}", not in the catalog`),
  );
}

/** Every member has the licence; all but packages/ are private, so that nothing else can be published. */
export function licensed({ dir, manifest }: Member): string[] {
  const found: string[] = [];
  if (manifest.license !== 'MIT') found.push(`${dir}/package.json license: expected "MIT", got ${manifest.license}`);
  const isPrivate = manifest.private === true;
  if (isPrivate === dir.startsWith('packages/')) {
    found.push(`${dir}/package.json private: expected ${!isPrivate}, got ${isPrivate}`);
  }
  return found;
}

/** Members of the workspace import each other by name, never through a path (DESIGN §3). */
export function importsByName(path: string, source: string, dirs: readonly string[]): string[] {
  const own = dirs.find((dir) => path.startsWith(`${dir}/`));
  if (own === undefined) return [];
  return [...source.matchAll(/\b(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g)]
    .map(([, specifier]) => specifier as string)
    .filter((specifier) => !posix.join(posix.dirname(path), specifier).startsWith(`${own}/`))
    .map((specifier) => `${path}: '${specifier}' reaches out of ${own}`);
}

/** A package that was never released has a changeset; a released one has its version in CHANGELOG.md (STYLE §13). */
export function announced({ dir, manifest }: Member, changesets: readonly string[], changelog: string): string[] {
  const { name, version } = manifest;
  if (version === '0.0.0') {
    const announced = changesets.some((text) => text.includes(`'${name}':`) || text.includes(`"${name}":`));
    return announced ? [] : [`${dir}: no changeset announces ${name}`];
  }
  return changelog.includes(`\n## ${version}\n`) ? [] : [`${dir}/CHANGELOG.md: no entry for ${version}`];
}

/** Actions are pinned by commit, with the version beside it for people (STYLE §13). */
export function pinnedActions(path: string, workflow: string): string[] {
  return [...workflow.matchAll(/^\s*(?:- )?uses:\s*(.+)$/gm)]
    .map(([, used]) => (used as string).trim())
    .filter((used) => !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(used))
    .map((used) => `${path}: ${used} is not pinned as owner/name@<commit> # vX.Y.Z`);
}
