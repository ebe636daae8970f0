import { describe, expect, it } from 'vitest';
import { Sobol } from '../src/index.ts';

const rows = (points: ArrayLike<number>, d: number): number[][] =>
  Array.from({ length: points.length / d }, (_, i) => Array.from({ length: d }, (_, j) => points[i * d + j] as number));
/** The integers of the reference, which have t of our 64 digits. */
const ints = (integers: BigUint64Array, t: number): bigint[] => [...integers].map((x) => x >> BigInt(64 - t));

// specs §16: the sequence itself, and what QMCPy draws from its seeds
describe('golden points of the reference', () => {
  const natural = [
    [0, 0, 0, 0, 0, 0],
    [0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
    [0.25, 0.75, 0.75, 0.75, 0.25, 0.25],
    [0.75, 0.25, 0.25, 0.25, 0.75, 0.75],
    [0.125, 0.625, 0.375, 0.125, 0.125, 0.375],
    [0.625, 0.125, 0.875, 0.625, 0.625, 0.875],
    [0.375, 0.375, 0.625, 0.875, 0.375, 0.125],
    [0.875, 0.875, 0.125, 0.375, 0.875, 0.625],
  ];

  it('agree in natural order, which is the default', () => {
    expect(rows(new Sobol({ dimension: 6, randomize: 'none' }).points({ end: 8 }), 6)).toEqual(natural);
    expect(rows(new Sobol({ dimension: 6, randomize: 'none' }).pointsF32({ end: 8 }), 6)).toEqual(natural);
  });

  it('agree in Gray code order', () => {
    const gray = new Sobol({ dimension: 6, randomize: 'none', order: 'gray' });
    expect(rows(gray.points({ end: 8 }), 6)).toEqual([0, 1, 3, 2, 6, 7, 5, 4].map((i) => natural[i]));
  });

  it.each([
    ['natural', 1000, [398458880, 692060160, 1933574144, 3904897024, 4265607168, 700448768]],
    ['natural', 1000003, [3259166720, 2422870016, 3449729024, 3132739584, 2738565120, 2174128128]],
    ['natural', 123456789, [2830359264, 1600484064, 4238183456, 3320112736, 1985212128, 3083294368]],
    ['gray', 1000, [943718400, 415236096, 2227175424, 2906652672, 1203765248, 3896508416]],
    ['gray', 65535, [65536, 4294901760, 2421489664, 3271884800, 1085997056, 2344288256]],
    ['gray', 123456789, [4191448864, 3403469216, 27513184, 3903213344, 3757488416, 3656567136]],
  ] as const)('agree as integers in %s order at i = %i', (order, i, want) => {
    const sobol = new Sobol({ dimension: 6, randomize: 'none', order });
    expect(ints(sobol.integers({ start: i, end: i + 1 }), 32)).toEqual(want.map(BigInt));
  });

  it('agree after its linear matrix scramble and digital shift', () => {
    const sobol = new Sobol({ dimension: 2, seed: 7 });
    expect(ints(sobol.integers({ end: 4 }), 63)).toEqual([
      6655802589216230298n,
      8438970345183407960n,
      1507611218661319648n,
      3962808503805824301n,
      9101278141258385471n,
      316950450839917444n,
      3962052102537322565n,
      5153682883050648049n,
    ]);
    expect([...sobol.points({ end: 1 })]).toEqual([0.7216235626862882, 0.9149549981788598]);
  });

  it('agree after either of the two', () => {
    const lms = new Sobol({ dimension: 3, seed: 5, randomize: 'lms' });
    expect(rows(lms.points({ end: 2 }), 3)).toEqual([
      [0, 0, 0],
      [0.7544607736028253, 0.832659372468805, 0.6958407927123351],
    ]);
    const ds = new Sobol({ dimension: 3, seed: 5, randomize: 'ds' });
    expect([...ds.points({ end: 1 })]).toEqual([0.6838394925444888, 0.04047995370571396, 0.4290318175860501]);
  });

  it('agree when two matrices are interlaced to one', () => {
    const plain = new Sobol({ dimension: 3, randomize: 'none', alpha: 2 });
    expect(rows(plain.points({ end: 4 }), 3)).toEqual([
      [0, 0, 0],
      [0.75, 0.75, 0.75],
      [0.4375, 0.9375, 0.1875],
      [0.6875, 0.1875, 0.9375],
    ]);
    const random = new Sobol({ dimension: 3, seed: 7, alpha: 2, replications: 2 });
    expect(rows(random.points({ end: 2 }).subarray(0, 6), 3)).toEqual([
      [0.42955148675134414, 0.8914905806027064, 0.4386711129556822],
      [0.6870182842570206, 0.0760114775847262, 0.5131244721912507],
    ]);
  });
});
