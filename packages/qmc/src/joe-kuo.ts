import { checkDimension } from './checks.ts';
import { BUNDLED, CHUNKS, chunksFor, type Directions, MOST } from './directions.ts';

export type { Directions } from './directions.ts';

/** Literal names, so that every bundler finds the files and splits them off. */
const CHUNK_FILES = [
  () => import('#directions/1'),
  () => import('#directions/2'),
  () => import('#directions/3'),
  () => import('#directions/4'),
  () => import('#directions/5'),
] as const;

/**
 * Loads the direction numbers `new-joe-kuo-6.21201` of S. Joe and F. Y. Kuo that a `Sobol` of more than 1,024 dimensions needs,
 * and no more than those: 18 kB for 2,048 dimensions, 512 kB for all 21,201.
 *
 * @param dimension the largest α·d of your point sets, from 1 to 21,201.
 * @throws `QmcError` with code `bad-option`.
 *
 * @example
 * ```ts
 * import { Sobol } from '@gossamer/qmc';
 * import { loadDirections } from '@gossamer/qmc/joe-kuo';
 *
 * const sobol = new Sobol({ dimension: 5000, seed: 7, directions: await loadDirections(5000) });
 * ```
 */
export async function loadDirections(dimension: number): Promise<Directions> {
  checkDimension(dimension, MOST);
  const count = chunksFor(dimension);
  const chunks = await Promise.all(CHUNK_FILES.slice(0, count).map((load) => load()));
  const bytes = new Uint8Array(CHUNKS.slice(0, count).reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const { base64 } of chunks) {
    const chunk = atob(base64);
    for (let k = 0; k < chunk.length; k++) bytes[at++] = chunk.charCodeAt(k);
  }
  return { dimension: Math.min(BUNDLED * 2 ** count, MOST), bytes };
}
