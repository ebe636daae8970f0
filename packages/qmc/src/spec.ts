import { isCount, show } from '@gossamer/kit/errors';
import { checkWord } from './checks.ts';
import { DigitalNet } from './digital-net.ts';
import type { Directions } from './directions.ts';
import { fail } from './errors.ts';
import { Halton } from './halton.ts';
import { LatinHypercube } from './hypercube.ts';
import { Iid } from './iid.ts';
import { Korobov } from './korobov.ts';
import { Lattice } from './lattice.ts';
import type { PointSet, PointSetSpec } from './points.ts';
import { SeedSequence } from './seed.ts';
import { Sobol } from './sobol.ts';

/** What a spec does not hold. */
export interface SpecResources {
  /** For a `Sobol` of more than 1,024 dimensions: what `loadDirections` of `@gossamer/qmc/joe-kuo` gives. */
  readonly directions?: Directions | undefined;
}

/** What a spec holds: words and numbers that the constructors check, and arrays. */
type Options = { readonly [option: string]: unknown };

/** How each kind of set is made of its `toJSON()`. */
const KINDS: { readonly [sequence: string]: (options: Options, resources: SpecResources) => PointSet } = {
  'digital-net': (options) => make(DigitalNet, options, { columns: bigWords }),
  halton: (options) => make(Halton, options),
  iid: (options) => make(Iid, options),
  korobov: (options) => make(Korobov, options),
  'latin-hypercube': (options) => make(LatinHypercube, options),
  lattice: (options) => make(Lattice, options, { vector: words, shift: doubles }),
  sobol: (options, { directions }) => make(Sobol, { ...options, directions }),
};

/**
 * The point set that a spec describes: the same bits as those of the set whose `toJSON()` it is, or was before it went
 * through JSON.
 *
 * @throws `QmcError` with code `bad-option` for what is no spec, and whatever the set's constructor throws.
 *
 * @example
 * ```ts
 * const lattice = new Lattice({ dimension: 2, seed: 7 });
 * const copy = pointSet(JSON.parse(JSON.stringify(lattice)));
 * ```
 */
export function pointSet(spec: PointSetSpec, resources: SpecResources = {}): PointSet {
  if (typeof spec !== 'object' || spec === null)
    throw fail('bad-option', `spec: expected an object, got ${show(spec)}`);
  const { sequence, ...options } = spec;
  checkWord('spec.sequence', sequence, Object.keys(KINDS));
  const kind = KINDS[sequence] as (typeof KINDS)[string];
  return kind({ ...options, seed: seedFrom(options.seed) }, resources);
}

/** An option that is an array of another type than JSON's. */
type Reader = (name: string, value: unknown) => unknown;

function make<Set extends PointSet, O>(
  Kind: new (options: O) => Set,
  options: Options,
  arrays: { readonly [option: string]: Reader } = {},
): Set {
  const read = { ...options };
  for (const [name, reader] of Object.entries(arrays)) {
    if (options[name] !== undefined) read[name] = reader(`spec.${name}`, options[name]);
  }
  return new Kind(read as O); // which checks what it reads
}

function seedFrom(seed: unknown): SeedSequence {
  const { entropy, spawnKey, children } = (seed ?? {}) as { [part: string]: unknown };
  if (typeof entropy !== 'string' || !/^\d{1,39}$/.test(entropy) || !Array.isArray(spawnKey)) {
    throw fail('bad-option', `spec.seed: expected { entropy: digits, spawnKey: array }, got ${show(seed)}`);
  }
  return new SeedSequence(BigInt(entropy), spawnKey, children as number | undefined); // which checks it
}

function words(name: string, value: unknown): unknown {
  if (!Array.isArray(value)) return value; // a vector to draw
  return Uint32Array.from(
    checked<number>(name, value, 'integers below 2^32', (word) => isCount(word, 0) && word < 2 ** 32),
  );
}

function doubles(name: string, value: unknown): Float64Array {
  return Float64Array.from(checked<number>(name, value, 'numbers', (each) => typeof each === 'number'));
}

function bigWords(name: string, value: unknown): BigUint64Array {
  const isWord = (word: unknown): boolean => typeof word === 'string' && /^0x[\da-f]{1,16}$/.test(word);
  return BigUint64Array.from(checked<string>(name, value, 'hexadecimal integers below 2^64', isWord), BigInt);
}

function checked<T>(name: string, value: unknown, expected: string, fits: (element: unknown) => boolean): T[] {
  if (Array.isArray(value) && value.every(fits)) return value;
  throw fail('bad-option', `${name}: expected an array of ${expected}, got ${show(value)}`);
}
