/** What can go wrong, for programs. Codes are added, never renamed. */
export type Lfm2ErrorCode =
  | 'bad-length'
  | 'bad-value'
  | 'bad-option'
  | 'bad-token'
  | 'bad-file'
  | 'bad-source'
  | 'bad-template'
  | 'not-found'
  | 'http'
  | 'truncated'
  | 'out-of-order'
  | 'context-full'
  | 'unsupported'
  | 'out-of-memory'
  | 'disposed';

/** Everything a caller of this package can cause, but for a wrong type, which is a `TypeError`. */
export class Lfm2Error extends Error {
  override readonly name = 'Lfm2Error';
  /** Which of the documented cases this is. */
  readonly code: Lfm2ErrorCode;

  constructor(code: Lfm2ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The seam through which shared code throws this package's error. */
export function fail(code: Lfm2ErrorCode, message: string, options?: ErrorOptions): Lfm2Error {
  return new Lfm2Error(code, message, options);
}
