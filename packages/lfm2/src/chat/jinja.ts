import * as jinja from '@huggingface/jinja';

// The library's declarations import one another without extensions, which resolvers of Node's kind refuse: they come out as
// `any`. These are the parts that are used here.

/** A value of the template language. */
export interface Value {
  readonly type: string;
  value: unknown;
  /** Its methods and attributes. */
  readonly builtins: ReadonlyMap<string, Value>;
}

/** A node of a parsed template. */
export interface TemplateNode {
  readonly type: string;
  readonly value?: unknown;
  readonly filter?: TemplateNode;
  readonly callee?: TemplateNode;
  readonly args?: readonly TemplateNode[];
  readonly operator?: { readonly value: string };
  readonly property?: TemplateNode;
  readonly iterable?: TemplateNode;
  readonly lhs?: TemplateNode;
}

export interface Environment {
  set(name: string, value: unknown): unknown;
}

interface Evaluator {
  run(program: TemplateNode): Value;
  /** Evaluates any node; everything that runs goes through here. */
  evaluate(node: TemplateNode | undefined, environment: Environment): Value;
}

export const Environment: new () => Environment = jinja.Environment;
export const Interpreter: new (environment: Environment) => Evaluator = jinja.Interpreter as never;

export function parse(source: string): TemplateNode {
  return jinja.parse(jinja.tokenize(source, { lstrip_blocks: true, trim_blocks: true })) as never;
}
