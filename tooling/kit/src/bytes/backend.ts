import type { Fail } from '../errors.ts';

/** Codes of everything that reads bytes. */
export type SourceFail = Fail<
  'unsupported' | 'bad-length' | 'bad-source' | 'not-found' | 'http' | 'truncated' | 'out-of-order' | 'disposed'
>;

/** One kind of place that bytes come from. `openSource` puts the checks, the signal and the progress around it. */
export interface Backend {
  /** What errors call it. */
  readonly name: string;
  readonly size: number | undefined;
  readonly sequential: boolean;
  /** What an error about its bytes carries as its cause. */
  readonly cause?: unknown;
  /** Copies bytes from `offset` on into the beginning of `into`; returns how many: at least one, 0 only at the end. */
  some(offset: number, into: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** The error for a backend that ended after `size` bytes, before byte `offset`. */
export function endedEarly(fail: SourceFail, backend: Backend, size: number, offset: number): Error {
  const { name, cause } = backend;
  const message = `${name}: ended after ${size} bytes, byte ${offset} was needed`;
  return fail('truncated', message, cause === undefined ? undefined : { cause });
}
