/** What can go wrong, for programs. Codes are added, never renamed. */
export type QmcErrorCode =
  | 'bad-option'
  | 'bad-length'
  | 'bad-value'
  | 'bad-range'
  | 'singular'
  | 'out-of-memory'
  | 'unsupported'
  | 'bad-file';

/** Everything a caller of this package can cause, but for a wrong type, which is a `TypeError`. */
export class QmcError extends Error {
  override readonly name = 'QmcError';
  /** Which of the documented cases this is. */
  readonly code: QmcErrorCode;

  constructor(code: QmcErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The seam through which shared code throws this package's error. */
export function fail(code: QmcErrorCode, message: string, options?: ErrorOptions): QmcError {
  return new QmcError(code, message, options);
}
