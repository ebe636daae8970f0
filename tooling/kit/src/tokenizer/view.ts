import type { Fail } from '../errors.ts';
import { isCount, show } from '../errors.ts';

/** Codes of everything here. */
export type TokenizerFail = Fail<'bad-file' | 'unsupported' | 'bad-token'>;

/** A value of a parsed tokenizer.json and its path. Its readers check the type, so that an error names the place. */
export class View {
  readonly value: unknown;
  readonly path: string;
  readonly fail: TokenizerFail;

  constructor(value: unknown, path: string, fail: TokenizerFail) {
    this.value = value;
    this.path = path;
    this.fail = fail;
  }

  /** Whether it is null or absent. */
  get absent(): boolean {
    return this.value === null || this.value === undefined;
  }

  /** A member of an object; absent when the object has no such key of its own. */
  at(key: string): View {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.expected('an object');
    }
    const member = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
    return new View(member, `${this.path}.${key}`, this.fail);
  }

  /** The `type` of a component. */
  type(): string {
    return this.at('type').string();
  }

  entries(): [string, unknown][] {
    this.at('');
    return Object.entries(this.value as object);
  }

  /** @param limit the largest length accepted. */
  list(limit: number): View[] {
    return this.items(limit).map((_, i) => this.item(i));
  }

  /** As {@link list}, but bare: for lists so long that a view of each element would cost. */
  items(limit: number): readonly unknown[] {
    if (!Array.isArray(this.value)) {
      throw this.expected('an array');
    }
    if (this.value.length > limit) {
      throw this.bad(`expected at most ${limit} elements, got ${this.value.length}`);
    }
    return this.value;
  }

  /** An element of an array. */
  item(i: number): View {
    return new View((this.value as readonly unknown[])[i], `${this.path}[${i}]`, this.fail);
  }

  string(): string {
    if (typeof this.value !== 'string') {
      throw this.expected('a string');
    }
    return this.value;
  }

  /** True or false; absent means `fallback`. */
  flag(fallback: boolean): boolean {
    if (this.absent) {
      return fallback;
    }
    if (typeof this.value !== 'boolean') {
      throw this.expected('true or false');
    }
    return this.value;
  }

  /** An integer from 0 to `limit` − 1. */
  count(limit: number): number {
    if (!isCount(this.value, 0) || this.value >= limit) {
      throw this.expected(`an integer from 0 to ${limit - 1}`);
    }
    return this.value;
  }

  expected(what: string): Error {
    return this.bad(`expected ${what}, got ${show(this.value)}`);
  }

  bad(message: string): Error {
    return this.fail('bad-file', `${this.path}: ${message}`);
  }

  /** The error for a component that is legal, but that we do not compute. */
  unsupported(supported: string): Error {
    const { value } = this;
    const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : value;
    return this.fail('unsupported', `${this.path}: ${show(type ?? null)} is not supported, only ${supported}`);
  }
}
