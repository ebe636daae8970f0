import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pack } from '@gossamer/consumers/pack';
import { createProject, type Project } from '@gossamer/consumers/project';

/** The parts of package.json that the rules read. */
export interface Manifest {
  readonly [key: string]: unknown;
  readonly name: string;
  readonly version: string;
  readonly exports?: unknown;
  readonly imports?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A package as its users get it. */
export interface Packed {
  readonly manifest: Manifest;
  /** Every file of the tarball, by path inside it. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** A packed package, installed in a folder of its own. */
export interface Installed extends Packed {
  readonly tarball: string;
  readonly project: Project;
}

/** A rule: every violation in words, beginning with the place; none when all is well. */
export type Rule = (packed: Packed) => string[] | Promise<string[]>;

/** The text of a file of the tarball; empty when it is absent. */
export function text({ files }: Packed, path: string): string {
  return new TextDecoder().decode(files.get(path));
}

/** The paths in the tarball that match. */
export function paths({ files }: Packed, pattern: RegExp): string[] {
  return [...files.keys()].filter((path) => pattern.test(path)).sort();
}

/** Packs a built package and installs the tarball. `project.dispose()` removes it again. */
export async function install(packageDir: string): Promise<Installed> {
  const { tarball, dispose } = await pack(packageDir);
  const project = await createProject(tarball);
  project.defer(dispose);
  const manifest = project.manifest as Manifest;
  const home = join(project.dir, 'node_modules', manifest.name);
  return { manifest, files: await filesIn(home), tarball, project };
}

async function filesIn(folder: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length + 1).replaceAll('\\', '/'), await readFile(path));
  }
  return files;
}
