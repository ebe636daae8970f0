import type { Node } from 'oxc-parser';
import { type Packed, paths, text } from '../packed.ts';
import { lineAt, parse, type Source, walk } from '../source.ts';

/** Names that exist on some hosts only. Where runtimes differ, `imports` picks a file (STYLE §3). */
const HOST_NAMES = new Set(
  'process window navigator document self global Deno Bun Buffer require module __dirname __filename importScripts'.split(
    ' ',
  ),
);

const SHIPPED = /^(src|kit\/src)\/.+(?<!\.node)\.ts$|^dist\/.+\.js$|^wasm\/.+\.js$/;

/** No host is asked for its name. Files that the condition `node` picks end in `.node.ts` and are exempt. */
export function hostNeutral(packed: Packed): string[] {
  return paths(packed, /^(src|kit\/src)\/.+(?<!\.node)\.ts$/).flatMap((path) => {
    const source = parse(path, text(packed, path));
    const own = declaredNames(source);
    return at(path, source, (node, ancestors) => {
      const name = referenced(node, ancestors.at(-1));
      return name && HOST_NAMES.has(name) && !own.has(name) ? `${name} exists on some hosts only` : undefined;
    });
  });
}

/** Ways to load WebAssembly that fail on a host we support, and work done at import (STYLE §§1, 3). */
export function loaders(packed: Packed): string[] {
  return paths(packed, SHIPPED).flatMap((path) => {
    const source = parse(path, text(packed, path));
    const staticWasm = path.endsWith('.module.js') ? [] : source.imports.filter((name) => name.endsWith('.wasm'));
    return [
      ...staticWasm.map((name) => `${path}: imports ${name}, which only a *.module.js may`),
      ...at(path, source, (node, ancestors) => {
        if (isNew(node, 'URL') && /\.wasm\b.*import\.meta\.url/s.test(code(source, node))) return 'new URL(….wasm)';
        if (node.type === 'CallExpression' && /^(globalThis\.)?fetch\(\s*[`'"]data:/.test(code(source, node))) {
          return 'fetch of a data: URL';
        }
        if (node.type === 'AwaitExpression' && !ancestors.some(isFunction)) return 'await at the top level';
        return undefined;
      }),
    ];
  });
}

function at(
  path: string,
  source: Source,
  find: (node: Node, ancestors: readonly Node[]) => string | undefined,
): string[] {
  const found: string[] = [];
  walk(source.program, (node, ancestors) => {
    const problem = find(node, ancestors);
    if (problem) found.push(`${path}:${lineAt(source.text, node.start)}: ${problem}`);
  });
  return found;
}

const code = ({ text }: Source, { start, end }: Node): string => text.slice(start, end);
const isFunction = ({ type }: Node): boolean => /Function/.test(type) || type === 'StaticBlock';
const isNew = (node: Node, name: string): boolean =>
  node.type === 'NewExpression' && node.callee.type === 'Identifier' && node.callee.name === name;

/** Nodes of the type level; the others that begin with TS wrap an expression. */
const TYPE_LEVEL = /^TS(?!As|Satisfies|NonNull|TypeAssertion|Instantiation)/;

/** The global a node refers to: a bare name in an expression, or a property of globalThis. */
function referenced(node: Node, parent: Node | undefined): string | undefined {
  if (node.type === 'MemberExpression' && node.object.type === 'Identifier' && node.object.name === 'globalThis') {
    if (node.property.type === 'Identifier' && !node.computed) return node.property.name;
    return node.property.type === 'Literal' ? String(node.property.value) : undefined;
  }
  if (node.type !== 'Identifier' || !parent) return undefined;
  const isKey = 'key' in parent && parent.key === node && !('shorthand' in parent && parent.shorthand);
  const isProperty = parent.type === 'MemberExpression' && parent.property === node && !parent.computed;
  return isKey || isProperty || TYPE_LEVEL.test(parent.type) ? undefined : node.name;
}

/** Names that a file declares itself, in whatever scope: parameters, variables, imports, functions, classes. */
function declaredNames({ program }: Source): Set<string> {
  const names = new Set<string>();
  const bind = (pattern: Node | null | undefined): void => {
    if (!pattern) return;
    if (pattern.type === 'Identifier') names.add(pattern.name);
    else if (pattern.type === 'AssignmentPattern') bind(pattern.left);
    else if (pattern.type === 'RestElement') bind(pattern.argument);
    else if (pattern.type === 'ArrayPattern') for (const element of pattern.elements) bind(element);
    else if (pattern.type === 'ObjectPattern') {
      for (const property of pattern.properties) bind(property.type === 'Property' ? property.value : property);
    }
  };
  walk(program, (node, ancestors) => {
    const parent = ancestors.at(-1);
    if (parent && 'declare' in parent && parent.declare) return; // names a global instead of making one
    if ('params' in node && Array.isArray(node.params)) for (const parameter of node.params) bind(parameter as Node);
    if (node.type === 'CatchClause') bind(node.param);
    if (node.type === 'VariableDeclarator' || /Declaration$|^(Function|Class)Expression$/.test(node.type)) {
      bind((node as { id?: Node | null }).id);
    }
    if (/^Import(Default|Namespace)?Specifier$/.test(node.type)) bind((node as { local?: Node }).local);
  });
  return names;
}
