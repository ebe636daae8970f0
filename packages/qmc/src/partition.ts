import { isCount, show } from '@gossamer/kit/errors';
import { blockBuffers, sumBlocks } from './block.ts';
import { fail } from './errors.ts';
import { type ConfidenceOptions, checkReplications, confidenceOf, type Estimate, estimateOf } from './estimate.ts';
import { type AsyncIntegrand, checkIntegrand, evaluate } from './integrand.ts';
import { checkRange, type PointSet, type PointSetSpec } from './points.ts';
import { pointSet, type SpecResources } from './spec.ts';
import { DyadicSums, dyadicPieces } from './sum.ts';

/** What is to be split: the points start ≤ i < end of every replication. */
export interface PartitionJob {
  /** Randomised points with two or more replications. */
  readonly points: PointSet;
  /** The first index; 0 unless told. More than 0 continues a job that ended there. */
  readonly start?: number | undefined;
  /** The index after the last: n of the result. */
  readonly end: number;
}

/** A part of a job as plain JSON, to be evaluated anywhere. */
export interface Chunk {
  /** Which points it belongs to: partial sums of others are not added up. */
  readonly job: string;
  readonly points: PointSetSpec;
  readonly start: number;
  readonly end: number;
  /** Points in each replication of the whole job. */
  readonly n: number;
}

/** What `evaluateChunk` makes of a chunk, as plain JSON: the sums that no other chunk can change. */
export interface PartialSums {
  readonly job: string;
  readonly start: number;
  readonly end: number;
  readonly n: number;
  /** Of each of the largest aligned pieces of 2^k points, from left to right: the sum in every replication. */
  readonly sums: ReadonlyArray<readonly number[]>;
}

/**
 * Splits the points of an integral into chunks of about the same size, as plain JSON.
 *
 * @param parts how many chunks are wanted; there are fewer only if there are fewer points.
 * @throws `QmcError` with code `bad-option` (points, parts) or `bad-range` (start, end).
 *
 * @example
 * ```ts
 * const points = new Lattice({ dimension: 2, replications: 16, seed: 7 });
 * const chunks = partition({ points, end: 4096 }, 3);
 * const partials = await Promise.all(chunks.map((chunk) => evaluateChunk(chunk, ([x, y]) => x * y)));
 * const { mean, bound } = reduce(partials);
 * ```
 */
export function partition({ points, start: from, end }: PartitionJob, parts: number): Chunk[] {
  checkReplications(points);
  const { start } = checkRange({ start: from ?? 0, end }, points.size);
  if (start === end) throw fail('bad-range', `end: expected more than start = ${start}, got ${end}`);
  if (!isCount(parts)) throw fail('bad-option', `parts: expected a positive integer, got ${show(parts)}`);
  const spec = points.toJSON();
  const job = fingerprint(JSON.stringify(spec));
  const count = Math.min(parts, end - start);
  // cut at multiples of a power of two, so that a chunk is a few large pieces
  const grain = 2 ** Math.max(0, Math.floor(Math.log2((end - start) / count / 8)));
  const cut = (k: number): number =>
    k === count ? end : start + Math.floor(((end - start) * (k / count)) / grain) * grain;
  return Array.from({ length: count }, (_, k) => ({ job, points: spec, start: cut(k), end: cut(k + 1), n: end }));
}

/**
 * Evaluates an integrand at the points of a chunk, in blocks, with turns for the host.
 *
 * @throws `QmcError` with code `bad-option`, `bad-range` or `bad-value` for what is no chunk, and else as `integrate`.
 *
 * @example
 * ```ts
 * const points = new Lattice({ dimension: 2, replications: 16, seed: 7 });
 * const [chunk] = partition({ points, end: 4096 }, 1);
 * const partial = JSON.stringify(await evaluateChunk(chunk, ([x, y]) => x * y));
 * ```
 */
export async function evaluateChunk(
  chunk: Chunk,
  integrand: AsyncIntegrand,
  { signal, ...resources }: SpecResources & { readonly signal?: AbortSignal | undefined } = {},
): Promise<PartialSums> {
  checkIntegrand(integrand);
  const { job, start, end, n } = checkPlace('chunk', chunk);
  const points = pointSet(chunk.points, resources);
  checkRange({ start, end }, points.size);
  const sums = new DyadicSums(points.replications);
  await evaluate(sumBlocks(points, { start, end }, sums, blockBuffers(points, end - start)), integrand, signal);
  const pieces = sums.pieces().map((piece) => [...piece]);
  if (!pieces.flat().every(Number.isFinite))
    throw fail('bad-value', 'integrand: the sum of its values is too large for a number');
  return { job, start, end, n, sums: pieces };
}

/**
 * The integral of all partial sums of a job, in any order: bit for bit what one unsplit run gives for as many points.
 *
 * The job may have been continued: chunks of [0, n) and of [n, 2n) together are those of [0, 2n).
 *
 * @throws `QmcError` with code `bad-value` for what is no partial sum, for partial sums of several jobs, and for indices
 * that are missing or there twice; `bad-option` (alpha, inflate).
 *
 * @example
 * ```ts
 * const points = new Lattice({ dimension: 2, replications: 16, seed: 7 });
 * const [chunk] = partition({ points, end: 4096 }, 1);
 * const { mean, bound } = reduce([await evaluateChunk(chunk, ([x, y]) => x * y)]);
 * ```
 */
export function reduce(partials: readonly PartialSums[], options: ConfidenceOptions = {}): Estimate {
  const confidence = confidenceOf(options);
  if (!Array.isArray(partials) || partials.length === 0) {
    throw fail('bad-value', `partials: expected partial sums, got ${show(partials)}`);
  }
  const parts = partials.map((partial, k) => checkPartial(`partials[${k}]`, partial)).sort((a, b) => a.start - b.start);
  const { job, sums } = parts[0] as PartialSums;
  const n = parts.reduce((most, part) => Math.max(most, part.n), 0);
  const replications = (sums[0] as readonly number[]).length;
  const total = new DyadicSums(replications);
  let at = 0;
  for (const part of parts) {
    if (part.job !== job || part.sums.some((piece) => piece.length !== replications)) {
      throw fail('bad-value', `partials: expected those of one job, got ${show(job)} and ${show(part.job)}`);
    }
    if (part.start > at) throw missing(at, part.start);
    if (part.start < at) {
      throw fail(
        'bad-value',
        `partials: expected every index once, got ${part.start} to ${Math.min(at, part.end) - 1} twice`,
      );
    }
    let k = 0;
    for (const piece of dyadicPieces(part)) total.add(piece, Float64Array.from(part.sums[k++] as readonly number[]));
    at = part.end;
  }
  if (at < n) throw missing(at, n);
  return estimateOf(total.total(), n, confidence);
}

function missing(start: number, end: number): Error {
  return fail('bad-value', `partials: expected every index once, ${start} to ${end - 1} are missing`);
}

function checkPlace<Place extends Pick<Chunk, 'job' | 'start' | 'end' | 'n'>>(name: string, place: Place): Place {
  const { job, start, end, n } = (place ?? {}) as Partial<Place>;
  if (typeof job === 'string' && isCount(start, 0) && isCount(end, start + 1) && isCount(n, end)) return place;
  throw fail('bad-value', `${name}: expected a job, and start < end ≤ n, got ${show([job, start, end, n])}`);
}

function checkPartial(name: string, partial: PartialSums): PartialSums {
  const { start, end, sums } = checkPlace(name, partial);
  const length = [...dyadicPieces({ start, end })].length;
  const isPiece = (piece: unknown): boolean =>
    Array.isArray(piece) && piece.length >= 2 && piece.every(Number.isFinite);
  if (Array.isArray(sums) && sums.length === length && sums.every(isPiece)) return partial;
  throw fail(
    'bad-value',
    `${name}.sums: expected ${length} arrays of one finite number per replication, got ${show(sums)}`,
  );
}

/** 64 bits that tell one text from another (two hashes in the manner of FNV-1a, which nobody has to trust). */
function fingerprint(text: string): string {
  let [a, b] = [0x811c9dc5, 0x050c5d1f];
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(i), 0x5bd1e995) ^ (b >>> 15);
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
