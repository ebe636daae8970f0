import { getModule, initSync } from '#wasm/simd';
import { QmcError, type QmcErrorCode } from './errors.ts';

/**
 * The memory of the crate's one instance, compiled on first use; before that, nothing of the crate may be called. The
 * instance keeps nothing between calls and refuses what it has no room for without a trap, so it serves everybody.
 *
 * @throws `unsupported` when the host lacks WebAssembly with fixed-width SIMD.
 */
export function coreMemory(): WebAssembly.Memory {
  try {
    return initSync({ module: getModule() }).memory;
  } catch (cause) {
    throw new QmcError('unsupported', 'this host does not run WebAssembly with SIMD', { cause });
  }
}

/** Runs a call into the core; its refusal (an `Error` with one of our codes) becomes a {@link QmcError}. */
export function refusable<T>(call: () => T): T {
  try {
    return call();
  } catch (cause) {
    const code = (cause as { code?: QmcErrorCode }).code;
    throw code === undefined ? cause : new QmcError(code, (cause as Error).message, { cause });
  }
}
