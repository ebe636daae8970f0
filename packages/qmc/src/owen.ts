import { Scrambled } from '#wasm/simd';
import { type Matrices, type NetRuns, type Randomisation, randomised } from './scramble.ts';
import { seedWords } from './seed.ts';

/** The largest tree has about twice as many nodes of 24 bytes. @internal */
export const MOST_TREE_POINTS: number = 2 ** 24;

/** Runs of a net whose points are scrambled one by one: it is no digital net any more. @internal */
export function owenRuns(matrices: Matrices, options: Randomisation): NetRuns {
  const { dimension, alpha, randomize, seed, replications } = options;
  const width = alpha * dimension;
  const { columns } = randomised(matrices, {
    ...options,
    dimension: width,
    alpha: 1,
    randomize: 'none',
    replications: 1,
  });
  const words = seedWords(seed);
  const first = randomize === 'owen-tree' ? seed.reserve(replications * width) : undefined;
  const scrambled = (r: number, start: number, end: number): Scrambled =>
    first === undefined
      ? Scrambled.keyed(columns, dimension, alpha, words, r, start, end)
      : Scrambled.tree(columns, dimension, alpha, matrices.bits, words, first + r * width, start, end);
  return {
    points: (r, { start, end }, single) => scrambled(r, start, end).points(single),
    integers: (r, { start, end }) => scrambled(r, start, end).integers(),
    ...(first !== undefined && { firstChild: first }),
  };
}
