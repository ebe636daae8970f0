import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Project } from '@gossamer/consumers/project';
import { nodeBinary } from '@gossamer/toolchain/node';
import { run } from '@gossamer/toolchain/run';

/** A code block of a README that has to run. */
export interface Example {
  readonly line: number;
  readonly language: 'js' | 'ts';
  readonly code: string;
  /** What `// → …` comments promise, in order. */
  readonly output: readonly string[];
}

/** Why a block is not run, in the words that follow `no-run`; a block without a reason has to run. */
const NOT_RUN = /^no-run: \S/;

/**
 * Every ```js and ```ts block, except those that say why not: ```js no-run: needs a 2 GB file.
 *
 * A line that ends in `// → text` promises that the block prints the line `text`, in the order of these comments.
 */
export function examples(markdown: string): Example[] {
  const found: Example[] = [];
  for (const match of markdown.matchAll(/^```(js|ts)\b ?(.*)\n([\s\S]*?)^```$/gm)) {
    const [, language, info, code] = match as unknown as [string, 'js' | 'ts', string, string];
    if (NOT_RUN.test(info)) continue;
    const line = markdown.slice(0, match.index).split('\n').length;
    const output = [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, text]) => (text as string).trim());
    found.push({ line, language, code, output });
  }
  return found;
}

/**
 * Runs an example as a module of a project that has the package: JavaScript on this Node, TypeScript on Node 24, which
 * strips types. `model/` beside it is the folder given.
 * @returns what is wrong, or undefined
 */
export async function runExample(
  project: Pick<Project, 'dir'>,
  example: Example,
  model?: string,
): Promise<string | undefined> {
  const { line, language, code, output } = example;
  const folder = join(project.dir, `example-${line}`);
  const file = language === 'js' ? 'example.mjs' : 'example.mts';
  await mkdir(folder);
  await writeFile(join(folder, file), code);
  if (model) await symlink(model, join(folder, 'model'), 'junction');
  const node = language === 'js' ? process.execPath : await nodeBinary(24);
  let printed: string;
  try {
    printed = await run(node, ['--disable-warning=ExperimentalWarning', file], { cwd: folder });
  } catch (error) {
    return `README.md:${line}: ${(error as Error).message}`;
  }
  const lines = printed.split('\n').map((text) => text.trim());
  for (const want of output) {
    const at = lines.indexOf(want);
    if (at < 0) return `README.md:${line}: promises the line "${want}", but prints\n${printed}`;
    lines.splice(0, at + 1);
  }
  return undefined;
}
