import { parse, type TemplateNode } from './jinja.ts';
import { badTemplate, MAX_TEMPLATE } from './limits.ts';

/** A parsed template, and what its limits need to know about it. */
export interface TemplateProgram {
  readonly root: TemplateNode;
  /** Nodes whose values are written out. */
  readonly outputs: ReadonlySet<unknown>;
  /** Nodes whose values are looped over. */
  readonly iterables: ReadonlySet<unknown>;
  /** How many nodes a macro or call block holds: it is searched each time that it is defined. */
  readonly sizes: ReadonlyMap<unknown, number>;
}

/** The lexer looks at a run of white space once for each of its characters. */
const MAX_BLANKS = 256;
/** Filters whose arguments multiply what they write. */
const SPREADING: ReadonlySet<string> = new Set(['indent', 'join', 'tojson', 'replace']);

/** @throws `bad-template` for what is no template, is too long, or can not be bounded. */
export function parseTemplate(source: string): TemplateProgram {
  if (source.length > MAX_TEMPLATE) {
    throw badTemplate(`expected at most ${MAX_TEMPLATE} characters, got ${source.length}`);
  }
  if (new RegExp(`\\s{${MAX_BLANKS + 1}}`).test(source)) {
    throw badTemplate(`expected at most ${MAX_BLANKS} blanks in a row`);
  }
  try {
    const root = parse(source);
    const outputs = new Set<unknown>();
    const iterables = new Set<unknown>();
    const sizes = new Map<unknown, number>();
    const visit = (node: unknown): number => {
      if (Array.isArray(node) || node instanceof Map) {
        let sum = 0;
        node.forEach((child: unknown, key: unknown) => {
          sum += visit(child) + (Array.isArray(node) ? 0 : visit(key));
        });
        return sum;
      }
      if (!isNode(node)) {
        return 0;
      }
      refuse(node);
      if (node.type === 'For') {
        iterables.add(node.iterable?.type === 'SelectExpression' ? node.iterable.lhs : node.iterable);
      }
      let size = 1;
      for (const [key, child] of Object.entries(node)) {
        if (BODIES.has(key) && Array.isArray(child)) {
          for (const statement of child) outputs.add(statement);
        }
        size += visit(child);
      }
      if (node.type === 'Macro' || node.type === 'CallStatement') {
        sizes.set(node, size);
      }
      return size;
    };
    visit(root);
    return { root, outputs, iterables, sizes };
  } catch (cause) {
    throw asBadTemplate(cause);
  }
}

/** Members of a node that are lists of statements. */
const BODIES: ReadonlySet<string> = new Set(['body', 'alternate', 'defaultBlock']);

function isNode(value: unknown): value is TemplateNode {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function refuse({ type, filter }: TemplateNode): void {
  const args = filter?.args ?? [];
  const name = filterName(filter);
  if (SPREADING.has(name) && args.some((argument) => argument.type.endsWith('SpreadExpression'))) {
    throw badTemplate(`${name}: expected arguments one by one`);
  }
  if (type === 'FilterStatement' && name === 'replace') {
    throw badTemplate('replace: expected no filter block');
  }
}

/** The name of a filter, whether it has arguments or not. */
export function filterName(filter: TemplateNode | undefined): string {
  const { value } = filter?.callee ?? filter ?? {};
  return typeof value === 'string' ? value : '';
}

/** Whatever was thrown while a template was read or run, as the error of this package. */
export function asBadTemplate(cause: unknown): Error {
  if (cause instanceof Error && 'code' in cause && cause.code === 'bad-template') {
    return cause;
  }
  if (cause instanceof RangeError) {
    return badTemplate('expected less nesting, or shorter texts', { cause });
  }
  const message = cause instanceof Error && cause.message !== '' ? cause.message : 'a statement out of place';
  return badTemplate(message.length > 500 ? `${message.slice(0, 500)}…` : message, { cause });
}
