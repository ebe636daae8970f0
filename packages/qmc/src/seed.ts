import { isCount, show } from '@gossamer/kit/errors';
import { fail } from './errors.ts';

/** What a randomisation can be drawn from: an integer from 0 to 2^53 − 1, a bigint below 2^128, or a sequence of seeds. */
export type Seed = number | bigint | SeedSequence;

/**
 * A seed from which any number of independent seeds can be drawn, as `numpy.random.SeedSequence` does it: the same entropy
 * gives the same streams here, in NumPy and in QMCPy.
 *
 * @example
 * ```ts
 * const [first, second] = new SeedSequence(7).spawn(2);
 * ```
 */
export class SeedSequence {
  /** The number it all comes from, below 2^128. */
  readonly entropy: bigint;
  /** Which child of which child this is; empty for the root. */
  readonly spawnKey: readonly number[];
  #children: number;

  /**
   * @param entropy an integer from 0 to 2^53 − 1 or a bigint below 2^128; fresh randomness of the host unless told.
   * @param spawnKey the path of child numbers, each below 2^32.
   * @param children how many were spawned elsewhere: the next one has this number.
   * @throws `QmcError` with code `bad-option`.
   */
  constructor(entropy: number | bigint = freshEntropy(), spawnKey: readonly number[] = [], children = 0) {
    this.entropy = checkEntropy(entropy);
    const bad = spawnKey.find((child) => !isCount(child, 0) || child >= 2 ** 32);
    if (bad !== undefined) throw fail('bad-option', `spawnKey: expected integers below 2^32, got ${show(bad)}`);
    if (!isCount(children, 0)) {
      throw fail('bad-option', `children: expected an integer from 0, got ${show(children)}`);
    }
    this.spawnKey = [...spawnKey];
    this.#children = children;
  }

  /**
   * The next `count` children. Every call gives new ones.
   *
   * @throws `QmcError` with code `bad-option` unless `count` is a positive integer.
   */
  spawn(count: number): SeedSequence[] {
    if (!isCount(count)) throw fail('bad-option', `count: expected a positive integer, got ${show(count)}`);
    const first = this.reserve(count);
    return Array.from({ length: count }, (_, k) => new SeedSequence(this.entropy, [...this.spawnKey, first + k]));
  }

  /** Counts `count` children as spawned; the number of the first. @throws `bad-option` over 2^32 children. @internal */
  reserve(count: number): number {
    const first = this.#children;
    if (first + count > 2 ** 32) {
      throw fail('bad-option', `seed: it has 2^32 children, of which ${first} are taken, got ${count} more`);
    }
    this.#children += count;
    return first;
  }
}

/**
 * A seed option as a sequence of its own. One that was handed in stays itself, so that nothing is spawned twice.
 *
 * @throws `bad-option` for anything that is no seed.
 */
export function seedOf(seed: Seed | undefined): SeedSequence {
  return seed instanceof SeedSequence ? seed : new SeedSequence(seed);
}

/** The seed as the core reads it: 32-bit words of the entropy, low word first, then the spawn key after at least four. */
export function seedWords({ entropy, spawnKey }: SeedSequence): Uint32Array {
  const words: number[] = [];
  for (let rest = entropy; rest > 0n || words.length === 0; rest >>= 32n) words.push(Number(rest & 0xffffffffn));
  while (spawnKey.length > 0 && words.length < 4) words.push(0);
  return Uint32Array.of(...words, ...spawnKey);
}

function freshEntropy(): bigint {
  return crypto.getRandomValues(new BigUint64Array(2)).reduce((entropy, word) => (entropy << 64n) | word, 0n);
}

function checkEntropy(entropy: unknown): bigint {
  if (isCount(entropy, 0)) return BigInt(entropy);
  if (typeof entropy === 'bigint' && entropy >= 0n && entropy < 1n << 128n) return entropy;
  throw fail(
    'bad-option',
    `seed: expected an integer from 0 to 2^53 − 1 or a bigint below 2^128, got ${show(entropy)}`,
  );
}
