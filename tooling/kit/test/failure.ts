import type { KitErrorCode } from '../src/errors.ts';

/** Stands for a package's own error class. */
export class KitFailure extends Error {
  override readonly name = 'KitFailure';
  readonly code: KitErrorCode;

  constructor(code: KitErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function fail(code: KitErrorCode, message: string, options?: ErrorOptions): KitFailure {
  return new KitFailure(code, message, options);
}

/** What `act` throws; a second error when it throws nothing. */
export function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('expected a throw');
}
