import { describe, expect, it } from 'vitest';
import {
  DigitalNet,
  Halton,
  Iid,
  Korobov,
  LatinHypercube,
  Lattice,
  type PointSet,
  type PointSetSpec,
  pointSet,
  SeedSequence,
  Sobol,
} from '../src/index.ts';
import { loadDirections } from '../src/joe-kuo.ts';
import { VECTOR } from './point-sets.ts';

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value));
const seed = (): SeedSequence => new SeedSequence((1n << 127n) + 3n, [4, 0, 2 ** 32 - 1]);
const random = { seed: seed(), replications: 3 };

const SETS: Array<[name: string, set: PointSet]> = [
  ['the default lattice', new Lattice({ dimension: 4, ...random })],
  ['a lattice of a given vector', new Lattice({ dimension: 4, vector: VECTOR, order: 'gray', ...random })],
  ['a lattice of a random vector', new Lattice({ dimension: 3, vector: { random: 20 }, ...random })],
  ['a linear lattice', new Lattice({ dimension: 2, vector: VECTOR, order: 'linear', size: 1021, ...random })],
  ['an unshifted lattice', new Lattice({ dimension: 2, randomize: 'none' })],
  [
    'a lattice with a shift that JSON could round',
    new Lattice({ dimension: 2, vector: VECTOR, shift: Float64Array.of(0.1 + 2 ** -54, 2 ** -1074) }),
  ],
  ['a Korobov lattice', new Korobov({ dimension: 3, size: 1024, multiplier: 17, ...random })],
  ['a Korobov lattice of a searched multiplier', new Korobov({ dimension: 3, size: 101, ...random })],
  ['a Latin hypercube', new LatinHypercube({ dimension: 3, size: 100, ...random })],
  ['a centred Latin hypercube', new LatinHypercube({ dimension: 3, size: 100, centered: true, ...random })],
  ['independent points', new Iid({ dimension: 3, ...random })],
  ...(['lms+ds', 'lms', 'ds', 'none', 'owen', 'owen-tree'] as const).map((randomize): [string, PointSet] => [
    `a Sobol' sequence with randomize = ${randomize}`,
    new Sobol({ dimension: 3, randomize, order: 'gray', alpha: 2, ...random }),
  ]),
  [
    'a digital net',
    new DigitalNet({
      dimension: 2,
      columns: BigUint64Array.of(2n ** 63n + 1n, 2n ** 62n, 2n ** 64n - 1n, 1n),
      bits: 64,
      ...random,
    }),
  ],
  ...(['lms+permutation', 'lms+shift', 'lms', 'permutation', 'shift', 'owen', 'owen-tree', 'none'] as const).map(
    (randomize): [string, PointSet] => [
      `a Halton sequence with randomize = ${randomize}`,
      new Halton({ dimension: 3, randomize, ...random }),
    ],
  ),
];

describe('the copy made from JSON has the same bits', () => {
  it.each(SETS)('%s', (_, set) => {
    const copy = pointSet(throughJson(set) as unknown as PointSetSpec);
    expect(copy.constructor).toBe(set.constructor);
    const { dimension, replications, size, group, unbiased } = set;
    expect(copy).toMatchObject({ dimension, replications, size, group, unbiased });
    const range = { start: 1, end: Math.min(100, size) };
    expect(copy.points(range)).toEqual(set.points(range));
    expect(throughJson(copy)).toEqual(throughJson(set));
  });

  it('without JSON too, and whatever was spawned before it was made', () => {
    const root = new SeedSequence(7);
    root.spawn(5);
    const set = new Halton({ dimension: 2, randomize: 'owen-tree', seed: root });
    root.spawn(5);
    expect(pointSet(set.toJSON()).points({ end: 50 })).toEqual(set.points({ end: 50 }));
  });

  it('of more than 1,024 dimensions, with the direction numbers of that many', async () => {
    const directions = await loadDirections(1500);
    const set = new Sobol({ dimension: 1500, seed: 7, directions });
    const spec = throughJson(set) as unknown as PointSetSpec;
    expect(pointSet(spec, { directions }).points({ end: 4 })).toEqual(set.points({ end: 4 }));
    expect(() => pointSet(spec)).toThrow(
      expect.objectContaining({ code: 'bad-option', message: expect.stringMatching(/^directions: /) }),
    );
  });
});

describe('what is no spec is refused', () => {
  const good = throughJson(new Lattice({ dimension: 2, vector: VECTOR, seed: 7 })) as unknown as PointSetSpec;
  const net = throughJson(new DigitalNet({ dimension: 1, columns: BigUint64Array.of(1n), bits: 1, seed: 7 }));
  const kinds = "'digital-net', 'halton', 'iid', 'korobov', 'latin-hypercube', 'lattice' or 'sobol'";

  const refusals: Array<[message: string, spec: unknown]> = [
    ['spec: expected an object, got undefined', undefined],
    ['spec: expected an object, got null', null],
    ['spec: expected an object, got "lattice"', 'lattice'],
    [`spec.sequence: expected ${kinds}, got undefined`, {}],
    [`spec.sequence: expected ${kinds}, got "toString"`, { ...good, sequence: 'toString' }],
    [`spec.sequence: expected ${kinds}, got "__proto__"`, { ...good, sequence: '__proto__' }],
    [`spec.sequence: expected ${kinds}, got ["lattice"]`, { ...good, sequence: ['lattice'] }],
    ['spec.seed: expected { entropy: digits, spawnKey: array }, got undefined', { ...good, seed: undefined }],
    ['spec.seed: expected { entropy: digits, spawnKey: array }, got 7', { ...good, seed: 7 }],
    [
      'spec.seed: expected { entropy: digits, spawnKey: array }, got Object',
      { ...good, seed: { entropy: 7, spawnKey: [] } },
    ],
    [
      'spec.seed: expected { entropy: digits, spawnKey: array }, got Object',
      { ...good, seed: { entropy: '-7', spawnKey: [] } },
    ],
    ['spec.seed: expected { entropy: digits, spawnKey: array }, got Object', { ...good, seed: { entropy: '7' } }],
    ['spawnKey: expected integers below 2^32, got "0"', { ...good, seed: { entropy: '7', spawnKey: ['0'] } }],
    [
      'children: expected an integer from 0, got null',
      { ...good, seed: { entropy: '7', spawnKey: [], children: null } },
    ],
    [
      'seed: expected an integer from 0 to 2^53 − 1 or a bigint below 2^128, got 999999999999999999999999999999999999999',
      { ...good, seed: { entropy: '9'.repeat(39), spawnKey: [] } },
    ],
    ['spec.vector: expected an array of integers below 2^32, got [1, 2.5]', { ...good, vector: [1, 2.5] }],
    ['spec.vector: expected an array of integers below 2^32, got [1, 4294967296]', { ...good, vector: [1, 2 ** 32] }],
    ['spec.vector: expected an array of integers below 2^32, got [1, "3"]', { ...good, vector: [1, '3'] }],
    ['spec.shift: expected an array of numbers, got [0.5, null]', { ...good, shift: [0.5, null] }],
    ['spec.shift: expected an array of numbers, got "00"', { ...good, shift: '00' }],
    ['dimension: expected a positive integer, got "2"', { ...good, dimension: '2' }],
    ['replications: expected a positive integer, got null', { ...good, replications: null }],
    ["order: expected 'radical-inverse', 'gray' or 'linear', got 1", { ...good, order: 1 }],
    ['spec.columns: expected an array of hexadecimal integers below 2^64, got [1]', { ...net, columns: [1] }],
    ['spec.columns: expected an array of hexadecimal integers below 2^64, got ["1"]', { ...net, columns: ['1'] }],
    [
      'spec.columns: expected an array of hexadecimal integers below 2^64, got ["0x10000000000000000"]',
      { ...net, columns: ['0x10000000000000000'] },
    ],
    ['bits: expected an integer from 1 to 64, got null', { ...net, bits: null }],
    [
      'centered: expected true or false, got 1',
      { sequence: 'latin-hypercube', dimension: 1, size: 4, centered: 1, seed: good.seed },
    ],
  ];

  it.each(refusals)('%s', (message, spec) => {
    expect(() => pointSet(spec as PointSetSpec)).toThrow(
      expect.objectContaining({ name: 'QmcError', code: 'bad-option', message }),
    );
  });
});
