import { expect, it } from 'vitest';
import { Halton } from '../src/index.ts';
import { coreMemory } from '../src/instance.ts';
import { fillUp } from './full-memory.ts';

it.each([
  ['none', 1028, 100_000],
  ['permutation', 400, 100_000],
  ['lms+permutation', 400, 100_000],
  ['owen', 1028, 100_000],
  ['owen-tree', 100, 2 ** 16],
] as const)('tables that outgrow the core are refused, and the next call works: %s', (randomize, dimension, end) => {
  const large = new Halton({ dimension, seed: 7, randomize });
  const small = new Halton({ dimension: 2, seed: 7, randomize });
  const out = new Float64Array(dimension * end);
  const first = small.points({ end: 4 });
  fillUp(coreMemory());
  expect(() => large.points({ end }, out)).toThrow(expect.objectContaining({ code: 'out-of-memory' }));
  expect(small.points({ end: 4 })).toEqual(first);
});
