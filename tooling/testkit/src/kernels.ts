/** (func (result v128) …f32x4.relaxed_madd): valid only where relaxed SIMD is on. */
const RELAXED_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2,
  253, 133, 2, 11,
]);

/**
 * The kernel builds this host can run. `npm test` runs kernel suites on a host where both exist and says so in
 * GOSSAMER_RELAXED, so a missing build fails there instead of being passed over.
 */
export function kernelVariants(): Array<'simd' | 'relaxed'> {
  if (WebAssembly.validate(RELAXED_PROBE)) return ['simd', 'relaxed'];
  if (process.env.GOSSAMER_RELAXED === 'required') throw new Error('this host must run relaxed SIMD, but does not');
  return ['simd'];
}
