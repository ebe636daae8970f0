import { isCount, show } from '@gossamer/kit/errors';
import { fftbrRows, fwhtRows, ifftbrRows } from '#wasm/simd';
import { fail } from './errors.ts';
import { coreMemory, refusable } from './instance.ts';

/** What the fast transforms can be told. */
export interface TransformOptions {
  /** n, the length of each row, a power of two; the whole array is one row unless told. */
  readonly size?: number | undefined;
}

/**
 * The fast Walsh–Hadamard transform of each row, in place: y_k = n^−½ Σᵢ (−1)^popcount(i & k) xᵢ in natural (Sylvester)
 * order. It is its own inverse and keeps the Euclidean norm; ‖error‖₂ ≤ (m + 2)·2^−53·‖x‖₂ for n = 2^m,
 * while nothing overflows or falls below 2^−1022.
 *
 * @param x rows of `size` numbers, one after the other; NaN and ∞ spread through their row.
 * @returns `x`.
 * @throws `QmcError` with code `bad-option` (size), `bad-length` (x), `out-of-memory`, or `unsupported` on a host without
 * WebAssembly SIMD; `TypeError` when `x` is no `Float64Array`.
 *
 * @example
 * ```ts
 * fwht(Float64Array.of(1, 2, 3, 4)); // 5, −1, −2, 0
 * ```
 */
export function fwht(x: Float64Array, options: TransformOptions = {}): Float64Array {
  checkArray('x', x);
  const size = rowSize('x', x, options);
  eachBlock(x.length, size, (start, end) => fwhtRows(x.subarray(start, end), size));
  return x;
}

/**
 * The fast Fourier transform of each row, in place, from bit-reversed to natural order:
 * y_k = n^−½ Σᵢ xᵢ exp(−2πi·k·R(i)/n), where R mirrors the m bits of an index, n = 2^m. It keeps the Euclidean norm;
 * ‖error‖₂ ≤ 4(m + 1)·2^−53·‖x‖₂, while nothing overflows or falls below 2^−1022.
 *
 * A lattice in radical inverse order has its points, and so every function on them, in bit-reversed order. Two real vectors
 * x and y are transformed at once as re = x, im = y: with z = x̂ + iŷ, x̂_k = (z_k + conj z_(n−k))/2 and
 * ŷ_k = (z_k − conj z_(n−k))/2i, where z_n is z_0.
 *
 * Source: W. M. Gentleman, G. Sande, *Fast Fourier transforms: for fun and profit*, AFIPS 1966
 * (https://doi.org/10.1145/1464291.1464352): the transforms without a reordering.
 *
 * @param re the real parts: rows of `size` numbers, one after the other.
 * @param im the imaginary parts, as many, in other memory.
 * @throws `QmcError` with code `bad-option` (size), `bad-length` (re, im), `bad-value` (shared memory), `out-of-memory`,
 * or `unsupported` on a host without WebAssembly SIMD; `TypeError` when an array is no `Float64Array`.
 *
 * @example
 * ```ts
 * const [re, im] = [Float64Array.of(1, 2, 3, 4), new Float64Array(4)];
 * fftbr(re, im); // re = 5, −0.5, −2, −0.5 and im = 0, 0.5, 0, −0.5
 * ```
 */
export function fftbr(re: Float64Array, im: Float64Array, options: TransformOptions = {}): void {
  const size = complexRowSize(re, im, options);
  eachBlock(re.length, size, (start, end) => fftbrRows(re.subarray(start, end), im.subarray(start, end), size));
}

/**
 * The inverse of {@link fftbr}, in place, from natural to bit-reversed order: xᵢ = n^−½ Σ_k y_k exp(2πi·k·R(i)/n).
 *
 * @param re the real parts: rows of `size` numbers, one after the other.
 * @param im the imaginary parts, as many, in other memory.
 * @throws as {@link fftbr}.
 *
 * @example
 * ```ts
 * const [re, im] = [Float64Array.of(0, 0, 2, 0), new Float64Array(4)];
 * ifftbr(re, im); // re = 1, 1, −1, −1 and im = 0
 * ```
 */
export function ifftbr(re: Float64Array, im: Float64Array, options: TransformOptions = {}): void {
  const size = complexRowSize(re, im, options);
  eachBlock(re.length, size, (start, end) => ifftbrRows(re.subarray(start, end), im.subarray(start, end), size));
}

/** Numbers per call: with a second array they still stay in a second-level cache. A longer row goes alone. */
const BLOCK = 2 ** 14;

/** Runs `call` for blocks of whole rows, one after the other, so that many rows need no more room than a few. */
function eachBlock(length: number, size: number, call: (start: number, end: number) => void): void {
  if (size > 2 ** 28) throw fail('out-of-memory', `size: no room for ${8 * size} bytes`); // nor a way to say it to the core
  coreMemory();
  const block = Math.max(BLOCK, size);
  for (let start = 0; start < length; start += block) refusable(() => call(start, Math.min(start + block, length)));
}

function complexRowSize(re: Float64Array, im: Float64Array, options: TransformOptions): number {
  checkArray('re', re);
  checkArray('im', im);
  const size = rowSize('re', re, options);
  if (im.length !== re.length) throw fail('bad-length', `im: expected ${re.length} elements (re), got ${im.length}`);
  const apart = Math.abs(im.byteOffset - re.byteOffset) >= re.byteLength;
  if (re.buffer === im.buffer && !apart) throw fail('bad-value', 'im: expected memory of its own, got that of re');
  return size;
}

function checkArray(name: string, array: Float64Array): void {
  if (!(array instanceof Float64Array)) throw new TypeError(`${name}: expected a Float64Array, got ${show(array)}`);
}

/** n; `array` holds whole rows of it, one at least. */
function rowSize(name: string, { length }: Float64Array, { size }: TransformOptions): number {
  if (size === undefined) {
    if (isPowerOfTwo(length)) return length;
    throw fail('bad-length', `${name}: expected 2^m elements, got ${length}`);
  }
  if (!isPowerOfTwo(size)) throw fail('bad-option', `size: expected a power of two, got ${show(size)}`);
  if (length > 0 && length % size === 0) return size;
  throw fail('bad-length', `${name}: expected a positive multiple of ${size} elements (size), got ${length}`);
}

function isPowerOfTwo(value: number): boolean {
  return isCount(value) && Number.isInteger(Math.log2(value));
}
