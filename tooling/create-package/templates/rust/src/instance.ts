import { getModule, initSync } from '#wasm/simd';
import { NewPackageError, type NewPackageErrorCode } from './errors.ts';

/**
 * Calls into the crate, whose one instance is compiled on first use. It keeps nothing between calls, so it serves everybody.
 *
 * @throws {@link NewPackageError} `unsupported` where WebAssembly lacks SIMD; what the crate refuses, under its code.
 */
export function inCrate<T>(call: () => T): T {
  try {
    initSync({ module: getModule() }); // does nothing the second time
  } catch (cause) {
    throw new NewPackageError('unsupported', 'this host does not run WebAssembly with SIMD', { cause });
  }
  try {
    return call();
  } catch (cause) {
    const { code, message } = cause as { code?: NewPackageErrorCode; message: string };
    throw code === undefined ? cause : new NewPackageError(code, message, { cause });
  }
}
