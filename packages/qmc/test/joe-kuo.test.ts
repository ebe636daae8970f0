import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Sobol } from '../src/index.ts';
import { loadDirections } from '../src/joe-kuo.ts';

const golden = JSON.parse(readFileSync(new URL('fixtures/net.json', import.meta.url), 'utf8'));
interface ScipyRows {
  readonly dimension: number;
  readonly coordinates: readonly number[];
  readonly indices: readonly number[];
  readonly integers: readonly (readonly number[])[];
}

describe('against SciPy', () => {
  it.each(golden.scipy as ScipyRows[])('unscrambled points in d = $dimension are the same', async (wanted) => {
    const { dimension, coordinates, indices, integers } = wanted;
    const directions = await loadDirections(dimension);
    const sobol = new Sobol({ dimension, randomize: 'none', order: 'gray', directions });
    for (const [k, i] of indices.entries()) {
      const point = sobol.integers({ start: i, end: i + 1 });
      expect(coordinates.map((j) => Number((point[j] as bigint) >> 32n))).toEqual(integers[k]);
    }
  });
});

describe('loading', () => {
  it.each([
    [1, 1024, 0],
    [1024, 1024, 0],
    [1025, 2048, 13_500],
    [2048, 2048, 13_500],
    [2049, 4096, 44_822],
    [8193, 16_384, 281_512],
    [16_384, 16_384, 281_512],
    [16_385, 21_201, 383_874],
    [21_201, 21_201, 383_874],
  ])('%i dimensions takes the numbers of %i, in %i bytes', async (dimension, most, length) => {
    const directions = await loadDirections(dimension);
    expect(directions.dimension).toBe(most);
    expect(directions.bytes).toHaveLength(length);
    const packed = readFileSync(new URL('../data/joe-kuo-21201.bin', import.meta.url));
    expect(packed.subarray(0, length).equals(directions.bytes)).toBe(true);
  });

  it('more numbers than a set needs change no point', async () => {
    const all = await loadDirections(21_201);
    const few = await loadDirections(1500);
    const points = (directions: typeof all): Float64Array =>
      new Sobol({ dimension: 1500, seed: 1, directions }).points({ end: 9 });
    expect(points(all)).toEqual(points(few));
    const small = new Sobol({ dimension: 3, seed: 1, directions: all });
    expect(small.points({ end: 9 })).toEqual(new Sobol({ dimension: 3, seed: 1 }).points({ end: 9 }));
  });

  it('the numbers may be sent to another thread', async () => {
    const directions = await loadDirections(1030);
    const there = new Sobol({ dimension: 1030, seed: 2, directions: structuredClone(directions) });
    const here = new Sobol({ dimension: 1030, seed: 2, directions });
    expect(there.points({ end: 3 })).toEqual(here.points({ end: 3 }));
  });

  it('a spawned set has them too, and so has an interlaced one', async () => {
    const sobol = new Sobol({ dimension: 700, alpha: 2, seed: 3, directions: await loadDirections(1400) });
    expect(sobol.spawn(1)[0]?.points({ end: 2 })).toHaveLength(1400);
  });

  it('every coordinate of all 21,201 puts one of 2^m points into each interval of length 2^-m', async () => {
    const [dimension, n] = [21_201, 32];
    const points = new Sobol({ dimension, seed: 5, directions: await loadDirections(dimension) }).points({ end: n });
    for (let j = 0; j < dimension; j++) {
      let hit = 0;
      for (let i = 0; i < n; i++) hit |= 1 << Math.floor((points[i * dimension + j] as number) * n);
      if (hit !== -1) expect.fail(`coordinate ${j} leaves an interval empty`);
    }
  });

  it('refuses dimensions that there are none of', async () => {
    await expect(loadDirections(0)).rejects.toMatchObject({ code: 'bad-option' });
    await expect(loadDirections(21_202)).rejects.toMatchObject({
      code: 'bad-option',
      message: 'dimension: expected an integer from 1 to 21201, got 21202',
    });
  });
});
