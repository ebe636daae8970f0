/** What can go wrong, for programs. Codes are added, never renamed. */
export type GlaErrorCode =
  | 'bad-shape'
  | 'bad-length'
  | 'bad-value'
  | 'bad-option'
  | 'bad-token'
  | 'bad-file'
  | 'bad-source'
  | 'not-found'
  | 'http'
  | 'truncated'
  | 'out-of-order'
  | 'unsupported'
  | 'out-of-memory'
  | 'disposed';

/** Everything a caller of this package can cause, but for a wrong type, which is a `TypeError`. */
export class GlaError extends Error {
  override readonly name = 'GlaError';
  /** Which of the documented cases this is. */
  readonly code: GlaErrorCode;

  constructor(code: GlaErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The seam through which shared code throws this package's error. */
export function fail(code: GlaErrorCode, message: string, options?: ErrorOptions): GlaError {
  return new GlaError(code, message, options);
}
