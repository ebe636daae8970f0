import { fail } from '../errors.ts';

/** Characters of a template; published ones have less than 20,000. */
export const MAX_TEMPLATE: number = 1 << 18;
/** Characters of any text while a template runs, the result included: some 500,000 tokens. */
export const MAX_TEXT: number = 1 << 21;
/** Elements of any list while a template runs. */
export const MAX_ITEMS: number = 1 << 16;
/** Nesting of values and of what a template evaluates; keeps the stack of the host small. */
export const MAX_DEPTH: number = 256;
/** Nesting of messages, tools, variables and arguments. */
export const MAX_NESTING: number = 64;
/**
 * Steps of a run: one for each part of the template that is evaluated, one for each {@link STEP} characters or elements that an
 * operation reads or writes. The limit is reached in a second or two.
 */
export const MAX_STEPS: number = 1 << 22;
export const STEP = 32;
/** As {@link STEP}, for operations that make an object or a call of each character. */
export const SLOW_STEP = 2;

/** The error for a template that is wrong or wants too much. */
export function badTemplate(message: string, options?: ErrorOptions): Error {
  return fail('bad-template', `template: ${message}`, options);
}
