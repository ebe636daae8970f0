/** What can go wrong, for programs. Codes are added, never renamed. */
export type NewPackageErrorCode = 'bad-length' | 'out-of-memory' | 'unsupported';

/** Everything a caller of this package can cause, but for a wrong type, which is a `TypeError`. */
export class NewPackageError extends Error {
  override readonly name = 'NewPackageError';
  /** Which of the documented cases this is. */
  readonly code: NewPackageErrorCode;

  constructor(code: NewPackageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The seam through which shared code throws this package's error. */
export function fail(code: NewPackageErrorCode, message: string, options?: ErrorOptions): NewPackageError {
  return new NewPackageError(code, message, options);
}
