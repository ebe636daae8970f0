import { type Environment, Interpreter, type TemplateNode, type Value } from './jinja.ts';
import { badTemplate, MAX_DEPTH, MAX_ITEMS, MAX_STEPS, MAX_TEXT, SLOW_STEP, STEP } from './limits.ts';
import { boundMethods } from './methods.ts';
import { filterName, type TemplateProgram } from './program.ts';
import { childrenOf, countOf, Scale } from './value.ts';

/** Filters that look at their operand without reading through it. */
const CHEAP: ReadonlySet<string> = new Set(['length', 'first', 'last', 'safe', 'default', 'list']);
/** Filters that take more than a step for each {@link STEP} characters. */
const SLOW: ReadonlySet<string> = new Set(['sort', 'dictsort', 'title', 'join', 'unique']);
/** Filters whose arguments multiply what they write. */
const SPREADING: ReadonlySet<string> = new Set(['indent', 'join', 'tojson', 'map', 'selectattr', 'rejectattr', 'sort']);
/** Of operand times argument, such as the width of an indent; a filter block has no operand beforehand. */
const MAX_PRODUCT = 2 * MAX_TEXT;
const MAX_IN_BLOCK = 16;
/** Steps of what the interpreter does beside: a scope for each turn of a loop, an exception. */
const TURN = 16;

/** A node that is being evaluated. */
interface Frame {
  readonly node: TemplateNode;
  /** The value of its first part. */
  first: Value | undefined;
}

/**
 * An interpreter that refuses bombs. Everything that a template does goes through `evaluate`: there each node costs a step, and the
 * values that an operation is about to work on, or has made, are measured.
 */
export class BoundedInterpreter extends Interpreter {
  readonly #program: TemplateProgram;
  readonly #scale = new Scale();
  #frame: Frame | undefined;
  #depth = 0;
  #steps = 0;

  constructor(environment: Environment, program: TemplateProgram) {
    super(environment);
    this.#program = program;
  }

  override evaluate(node: TemplateNode | undefined, environment: Environment): Value {
    if (node === undefined) {
      return super.evaluate(node, environment);
    }
    this.spend(1);
    this.#enter(node);
    if (this.#depth === MAX_DEPTH) {
      throw badTemplate(`expected at most ${MAX_DEPTH} parts and calls within one another`);
    }
    const outer = this.#frame;
    const frame: Frame = { node, first: undefined };
    this.#frame = frame;
    this.#depth++;
    let value: Value;
    try {
      value = super.evaluate(node, environment);
    } finally {
      this.#depth--;
      this.#frame = outer;
    }
    this.#leave(frame, value);
    if (outer !== undefined) {
      this.#pass(outer, node, value);
      outer.first ??= value;
    }
    return value;
  }

  /** @throws `bad-template` when too much was done. */
  spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > MAX_STEPS) {
      throw badTemplate(`expected at most ${MAX_STEPS} steps`);
    }
  }

  #enter(node: TemplateNode): void {
    if (node.type === 'Break' || node.type === 'Continue') {
      this.spend(TURN);
    } else if (node.type === 'Macro' || node.type === 'CallStatement') {
      this.spend(this.#program.sizes.get(node) ?? 0);
    }
  }

  /** What came out of a node. */
  #leave({ node, first }: Frame, value: Value): void {
    if (typeof value.value === 'string') {
      if (value.value.length > MAX_TEXT) {
        throw badTemplate(`expected texts of at most ${MAX_TEXT} characters, got ${value.value.length}`);
      }
    } else if (countOf(value) > MAX_ITEMS) {
      throw badTemplate(`expected lists of at most ${MAX_ITEMS} elements, got ${countOf(value)}`);
    } else if (value.type === 'UndefinedValue' && node.type === 'Identifier') {
      this.spend(TURN); // an exception inside
    } else if (value.type === 'FunctionValue' && node.type === 'MemberExpression' && first !== undefined) {
      this.#read(first); // what the method is going to do
    }
    if (node.type === 'CallExpression') {
      this.spend(countOf(value)); // made by a function
    }
    if (this.#program.outputs.has(node) && childrenOf(value) !== undefined) {
      this.#read(value);
    }
    if (this.#program.iterables.has(node)) {
      this.spend(TURN * countOf(value));
    }
  }

  /** A value goes to the node that asked for it, which has not worked on it yet. */
  #pass({ node, first }: Frame, part: TemplateNode, value: Value): void {
    switch (node.type) {
      case 'BinaryExpression':
        if (node.operator?.value !== 'and' && node.operator?.value !== 'or') {
          this.#read(value);
        }
        return;
      case 'FilterExpression':
      case 'FilterStatement':
        this.#passToFilter(node, first, part, value);
        return;
      case 'MemberExpression':
        if (first === undefined) {
          boundMethods(value, this);
          if (node.property?.type === 'SliceExpression') {
            this.#readSlowly(value);
          }
        }
        return;
      case 'CallExpression':
      case 'TestExpression':
        if (typeof value.value === 'string') {
          this.#read(value);
        }
        return;
    }
  }

  #passToFilter(node: TemplateNode, first: Value | undefined, part: TemplateNode, value: Value): void {
    const name = filterName(node.filter);
    if (CHEAP.has(name)) {
      return;
    }
    if (SLOW.has(name)) {
      this.#readSlowly(value);
    } else {
      this.#read(value);
    }
    if (node.type === 'FilterExpression' && first === undefined) {
      boundMethods(value, this);
    } else if (SPREADING.has(name) && !this.#program.outputs.has(part)) {
      const limit =
        first === undefined || node.type === 'FilterStatement'
          ? MAX_IN_BLOCK
          : MAX_PRODUCT / this.#repeats(name, first);
      if (this.#sizeOf(value) > limit) {
        throw badTemplate(`${name}: expected shorter arguments for what it is applied to`);
      }
    }
  }

  /** How often a filter may write or read its argument, at most. */
  #repeats(name: string, operand: Value): number {
    return Array.isArray(operand.value) && name !== 'tojson' ? countOf(operand) : this.#scale.weigh(operand);
  }

  #sizeOf(value: Value): number {
    if (typeof value.value === 'number') return value.value;
    return typeof value.value === 'string' ? value.value.length : this.#scale.weigh(value);
  }

  /** An operation takes a value apart, or compares its elements again and again. */
  #readSlowly(value: Value): void {
    this.spend(Math.ceil(this.#scale.weigh(value) / SLOW_STEP));
  }

  /** An operation reads through a value. */
  #read(value: Value): void {
    this.spend(Math.ceil(this.#scale.weigh(value) / STEP));
  }
}
