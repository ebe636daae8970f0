import { expect, it } from 'vitest';
import { Halton } from '../src/index.ts';
import { coreMemory } from '../src/instance.ts';
import { fillUp } from './full-memory.ts';

/** Made while there is room. */
const small = new Halton({ dimension: 2, seed: 7 });
const first = small.points({ end: 4 });
const wide = {
  none: new Halton({ dimension: 1028, randomize: 'none' }),
  permutation: new Halton({ dimension: 400, randomize: 'permutation' }),
  'lms+permutation': new Halton({ dimension: 400 }),
  owen: new Halton({ dimension: 1028, randomize: 'owen' }),
  'owen-tree': new Halton({ dimension: 1028, randomize: 'owen-tree' }),
};

it.each(Object.entries(wide))('tables that outgrow the core are refused, and the next call works: %s', (_, set) => {
  const end = 2 ** 16;
  const out = new Float64Array(set.dimension * end);
  fillUp(coreMemory());
  expect(() => set.points({ end }, out)).toThrow(expect.objectContaining({ code: 'out-of-memory' }));
  expect(small.points({ end: 4 })).toEqual(first);
});
