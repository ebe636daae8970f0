import type { Value } from './jinja.ts';
import { badTemplate, MAX_NESTING, MAX_TEXT } from './limits.ts';

/** The children of a list, of a mapping, or of a namespace. */
type Children = readonly Value[] | ReadonlyMap<string, Value>;

/** Characters that a value, a bracket or a comma take beside the text in them. */
const OVERHEAD = 8;

/** The elements of a list or of a mapping; undefined for anything else. */
export function childrenOf({ value }: Value): Children | undefined {
  return Array.isArray(value) || value instanceof Map ? value : undefined;
}

/** How many elements a list or a mapping has; 0 for anything else. */
export function countOf(value: Value): number {
  const children = childrenOf(value);
  return children === undefined ? 0 : 'size' in children ? children.size : children.length;
}

/**
 * Measures values as if they were written out. One list can be in another many times, so a small graph may stand for a text
 * that no memory holds.
 */
export class Scale {
  readonly #known = new WeakMap<object, number>();

  /** @throws `bad-template` above the largest text, or for values nested too deep or in a circle. */
  weigh(value: Value): number {
    return this.#weigh(value, 0)[0];
  }

  #weigh(value: Value, depth: number): [weight: number, fixed: boolean] {
    if (typeof value.value === 'string') {
      return [OVERHEAD + value.value.length, true];
    }
    const children = childrenOf(value);
    if (children === undefined) {
      return [OVERHEAD, true];
    }
    const known = this.#known.get(value);
    if (known !== undefined) {
      return [known, true];
    }
    if (depth > MAX_NESTING) {
      throw badTemplate(`expected values nested at most ${MAX_NESTING} deep`);
    }
    let [weight, fixed] = [OVERHEAD, value.type !== 'NamespaceValue']; // only namespaces change
    const add = (child: Value, key: unknown): void => {
      const [more, known] = this.#weigh(child, depth + 1);
      weight += more + (typeof key === 'string' ? key.length : 0);
      fixed &&= known;
      if (weight > MAX_TEXT) {
        throw badTemplate(`expected values of at most ${MAX_TEXT} characters`);
      }
    };
    children.forEach(add);
    if (fixed) {
      this.#known.set(value, weight);
    }
    return [weight, fixed];
  }
}
