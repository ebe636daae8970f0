import { type Comment, type Node, type Program, parseSync, visitorKeys } from 'oxc-parser';

/** A parsed JavaScript or TypeScript file. */
export interface Source {
  readonly program: Program;
  readonly comments: readonly Comment[];
  readonly text: string;
  /** Static imports and re-exports. */
  readonly imports: readonly string[];
  /** `import('…')` with a literal. */
  readonly dynamicImports: readonly string[];
}

/** @throws when the file is not valid JavaScript or TypeScript */
export function parse(path: string, text: string): Source {
  const { program, comments, module, errors } = parseSync(path, text);
  const error = errors.find(({ severity }) => severity === 'Error');
  if (error) throw new Error(`${path}: ${error.message}`);
  const imported = module.staticImports.map(({ moduleRequest }) => moduleRequest.value);
  const exported = module.staticExports.flatMap(({ entries }) => entries.flatMap((e) => e.moduleRequest?.value ?? []));
  const dynamic = module.dynamicImports.map(({ moduleRequest }) => text.slice(moduleRequest.start, moduleRequest.end));
  return {
    program,
    comments,
    text,
    imports: [...new Set([...imported, ...exported])],
    dynamicImports: dynamic.flatMap((code) => /^(['"`])(.*)\1$/.exec(code)?.[2] ?? []),
  };
}

/** Calls `visit` for every node below `root`, parents first. */
export function walk(root: Node, visit: (node: Node, ancestors: readonly Node[]) => void): void {
  const ancestors: Node[] = [];
  const enter = (node: Node): void => {
    visit(node, ancestors);
    ancestors.push(node);
    for (const key of visitorKeys[node.type] ?? []) {
      const child = (node as unknown as Record<string, Node | null | Array<Node | null>>)[key];
      for (const one of Array.isArray(child) ? child : [child]) if (one) enter(one);
    }
    ancestors.pop();
  };
  enter(root);
}

/** The line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
