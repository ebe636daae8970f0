import type { Node } from 'oxc-parser';
import { type Packed, paths, text } from '../packed.ts';
import { lineAt, parse, type Source } from '../source.ts';

/** Every public export, and every public method of an exported class, has a doc comment that editors show (STYLE §9). */
export function docs(packed: Packed): string[] {
  const entries = paths(packed, /^dist\/.+\.d\.ts$/);
  return entries.flatMap((path) => {
    const source = parse(path, text(packed, path));
    return [...publicDeclarations(source)].flatMap(([name, node]) => [
      ...(documented(source, node) ? [] : [`${path}:${lineAt(source.text, node.start)}: ${name} has no doc comment`]),
      ...undocumentedMethods(source, name, node).map((line) => `${path}:${line}`),
    ]);
  });
}

/** Declarations by the name they are exported under. A name that only passes through belongs to another file. */
function publicDeclarations({ program }: Source): Map<string, Node> {
  const declarations = new Map<string, Node>();
  const exported = new Map<string, string>();
  for (const statement of program.body) {
    const isExport = statement.type === 'ExportNamedDeclaration';
    const declaration = isExport ? statement.declaration : statement;
    for (const name of declaration ? namesOf(declaration) : []) {
      if (!declarations.has(name)) declarations.set(name, statement); // of overloads, the first one speaks
      if (isExport) exported.set(name, name);
    }
    if (!isExport || statement.source) continue;
    for (const { local, exported: as } of statement.specifiers) {
      if (local.type === 'Identifier' && as.type === 'Identifier') exported.set(as.name, local.name);
    }
  }
  const found = new Map<string, Node>();
  for (const [name, local] of exported) {
    const node = declarations.get(local);
    if (node && node.type !== 'ImportDeclaration') found.set(name, node);
  }
  return found;
}

function namesOf(node: Node): string[] {
  if (node.type === 'VariableDeclaration') {
    return node.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? id.name : []));
  }
  const id = 'id' in node ? (node.id as Node | null) : null;
  return id?.type === 'Identifier' ? [id.name] : [];
}

function undocumentedMethods(source: Source, name: string, statement: Node): string[] {
  const node = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
  if (node?.type !== 'ClassDeclaration') return [];
  const seen = new Set<string>();
  return node.body.body.flatMap((member) => {
    if (member.type !== 'MethodDefinition' || member.kind === 'constructor' || member.computed) return [];
    if (member.key.type !== 'Identifier' || member.accessibility === 'private') return [];
    const method = member.key.name;
    if (seen.has(method)) return [];
    seen.add(method);
    if (documented(source, member)) return [];
    return [`${lineAt(source.text, member.start)}: ${name}.${method} has no doc comment`];
  });
}

/** A comment that opens with two stars, says something, and ends right before the node. */
function documented({ comments, text }: Source, { start }: Node): boolean {
  const before = comments.findLast((comment) => comment.end <= start);
  if (before?.type !== 'Block' || !before.value.startsWith('*')) return false;
  return /\w/.test(before.value) && text.slice(before.end, start).trim() === '';
}
