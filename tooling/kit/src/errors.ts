/** What kit code can complain about. A package's own error codes contain those of the kit functions that it calls. */
export type KitErrorCode =
  | 'unsupported'
  | 'out-of-memory'
  | 'bad-option'
  | 'bad-length'
  | 'bad-file'
  | 'bad-source'
  | 'not-found'
  | 'http'
  | 'truncated'
  | 'out-of-order'
  | 'bad-token'
  | 'bad-value'
  | 'disposed';

/**
 * Makes the error that a kit function throws, so that a caller sees the class of the package and never one of the kit:
 * `(code, message, options) => new GlaError(code, message, options)`.
 */
export type Fail<Code extends string = KitErrorCode> = (code: Code, message: string, options?: ErrorOptions) => Error;

/** Whether `value` can be a size: an integer from `least` (1 unless told) to 2^53 − 1. */
export function isCount(value: unknown, least = 1): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

/**
 * Checks the length of an array argument.
 *
 * @throws `bad-length` when `array` does not hold exactly `expected` elements.
 */
export function checkLength(
  name: string,
  array: { readonly length: number },
  expected: number,
  fail: Fail<'bad-length'>,
): void {
  if (array.length !== expected) {
    throw fail('bad-length', `${name}: expected ${expected} elements, got ${array.length}`);
  }
}

/** A value as an error message shows it: strings quoted, everything cut to a readable length. */
export function show(value: unknown): string {
  const text =
    typeof value === 'string' ? JSON.stringify(value) : Array.isArray(value) ? showArray(value) : plain(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function showArray(value: readonly unknown[]): string {
  return `[${value.slice(0, 8).map(plain).join(', ')}${value.length > 8 ? ', …' : ''}]`;
}

function plain(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    return Object.prototype.toString.call(value).slice(8, -1);
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
