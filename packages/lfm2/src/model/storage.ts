import { show } from '@gossamer/kit/errors';
import type { GgmlType } from '@gossamer/kit/gguf';
import { fail } from '../errors.ts';
import type { Move } from './checkpoint.ts';
import type { Storage } from './matrix.ts';

/** How matrices are kept: in the type of the file where it has kernels, or all as int8. */
export type WeightStorage = 'stored' | 'int8';

/** Types that have kernels of their own; all others that can be read are converted to int8 with a scale per 32 columns. */
const OWN: ReadonlyMap<string, Storage> = new Map([
  ['F32', 'f32'],
  ['F16', 'f16'],
  ['BF16', 'bf16'],
  ['Q8_0', 'int8x32'],
  ['Q4_0', 'q4_0'],
  ['Q4_K', 'q4_k'],
  ['Q6_K', 'q6_k'],
]);

const CONVERTED: ReadonlySet<string> = new Set(['Q4_1', 'Q5_0', 'Q5_1', 'Q2_K', 'Q3_K', 'Q5_K', 'IQ4_NL', 'IQ4_XS']);

const FLOATS: ReadonlySet<string> = new Set(['F32', 'F16', 'BF16']);

/**
 * How a matrix of a file is kept.
 *
 * @throws `unsupported` for a type that is not read.
 */
export function storageOf(type: GgmlType, weights: WeightStorage, { tensor, name }: Move): Storage {
  const own = OWN.get(type.name);
  if (own !== undefined && !(weights === 'int8' && FLOATS.has(type.name))) return own;
  if (own !== undefined || CONVERTED.has(type.name)) return 'int8x32';
  throw unreadable([...OWN.keys(), ...CONVERTED], type.name, tensor.file, name);
}

/** @throws `unsupported` unless a vector of this type is read. */
export function checkVectorType(type: GgmlType, { tensor, name }: Move): void {
  if (!FLOATS.has(type.name)) throw unreadable([...FLOATS], type.name, tensor.file, name);
}

function unreadable(types: readonly string[], got: string, file: string, name: string): Error {
  return fail('unsupported', `${file}: ${name}: expected a type of ${types.join(', ')}, got ${show(got)}`);
}
