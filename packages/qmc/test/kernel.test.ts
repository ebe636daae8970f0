import { readJson } from '@gossamer/testkit/fixtures';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateKernel, type Kernel, type KernelRequest, kernelMatrix, Sobol } from '../src/index.ts';
import { at } from './dense.ts';

interface Case {
  readonly name: string;
  readonly dimension: number;
  readonly kernel: Kernel;
  readonly x: number[] | string[];
  readonly z: number[] | string[];
  readonly derivatives?: { x: number[]; z: number[] };
  readonly k: number[];
}
const { kernels } = readJson<{ kernels: Case[] }>(new URL('fixtures/kernels.json', import.meta.url));

const points = (list: number[] | string[]): Float64Array | BigUint64Array =>
  typeof list[0] === 'string' ? BigUint64Array.from(list as string[], BigInt) : Float64Array.from(list as number[]);

const value = (kernel: Kernel, delta: number): number =>
  at(
    evaluateKernel({
      kernel: { weights: 1, ...kernel },
      dimension: 1,
      x: Float64Array.of(delta),
      z: new Float64Array(1),
    }),
    0,
  ) - 1;

describe('K̃', () => {
  // Fifteen digits were given of values below 4.
  const DIGITS = 5e-15;

  it.each([
    [0, 3.28986813369645, 2.16464646742228, 2.0346861239689, 2.00815471239589],
    [0.1, 1.51333934150037, 1.63863737583866, 1.62628799453811, 1.62032320665388],
    [0.25, -0.411233516712057, -0.118379103687156, -0.0307984716030448, -0.00778307032697381],
    [0.5, -1.64493406684823, -1.89406565899449, -1.97110218259487, -1.9924660037053],
  ])('of shift-invariant kernels at %d is that of the reference', (delta, ...want) => {
    for (const [i, k] of want.entries()) {
      expect(Math.abs(value({ type: 'shift-invariant', alpha: i + 1 }, delta) - k)).toBeLessThanOrEqual(DIGITS);
    }
  });

  it.each([
    [0, 1, 1.5, 25 / 18, 407 / 294],
    [0.1, 0.8125, 0.94375, 0.950807291666667, 0.951702198517629],
    [0.25, 0.25, 0.375, 0.427083333333333, 0.430431547619048],
    [1 / 3, 0.25, 0.208333333333333, 0.211805555555556, 0.210744598765432],
    [0.5, -0.5, -0.25, -0.208333333333333, -0.205357142857143],
    [0.6, -0.5, -0.35, -0.348333333333334, -0.349448717948718],
    [0.9, -0.5, -0.65, -0.648333333333333, -0.647217948717949],
  ])('of digital kernels at %d is that of the reference', (delta, ...want) => {
    for (const [i, k] of want.entries()) {
      expect(Math.abs(value({ type: 'digital', alpha: i + 1 }, delta) - k)).toBeLessThanOrEqual(DIGITS);
    }
  });

  it('of real smoothness is that of the reference', () => {
    for (const [alpha, want] of [
      [0.5, 1.85355339059],
      [1.5, 1.43435921677],
      [2, 1.296875],
      [3, 1.138671875],
    ] as const) {
      expect(Math.abs(value({ type: 'digital-adaptive', alpha }, 0.1) - want)).toBeLessThanOrEqual(6e-12); // 12 digits
    }
  });

  it('at 0 is 2ζ(2α)', () => {
    const zeta = [Math.PI ** 2 / 6, Math.PI ** 4 / 90, Math.PI ** 6 / 945, Math.PI ** 8 / 9450, Math.PI ** 10 / 93555];
    for (const [i, want] of zeta.entries()) {
      expect(Math.abs(value({ type: 'shift-invariant', alpha: i + 1 }, 0) - 2 * want)).toBeLessThanOrEqual(DIGITS);
    }
  });
});

describe('kernels of the reference', () => {
  it.each(kernels)('$name', ({ k, x, z, name, ...request }) => {
    const got = kernelMatrix({ ...request, x: points(x), z: points(z) });
    // A product of four factors of a dozen roundings each; QMCPy's own constants are good to 5e-15, and its α = 4 sums
    // stop at 2^-27, so 2^-27·8/7/48·β·γ is missing, β ≤ 12 in these points.
    const largest = Math.max(...k.map(Math.abs));
    const cut = name.includes('DigShift') ? (2 ** -27 * 8 * 12) / (7 * 48) : 0;
    for (const [i, want] of k.entries()) {
      expect(Math.abs(at(got, i) - want)).toBeLessThanOrEqual(largest * (1e-13 + 2 * cut));
    }
  });

  it('pairs are the entries of the matrix, to the bit', () => {
    for (const { k, x, z, name, ...request } of kernels) {
      const [left, right] = [points(x), points(z)];
      const n = right.length;
      const pairs = evaluateKernel({ ...request, x: left.slice(0, n), z: right } as KernelRequest);
      const m = n / request.dimension;
      const matrix = kernelMatrix({ ...request, x: left, z: right });
      for (const [i, pair] of pairs.entries()) expect(pair).toBe(at(matrix, i * m + i));
    }
  });
});

describe('combined shift-invariant kernels', () => {
  it('are symmetric, which they are not in the reference', () => {
    const kernel: Kernel = { type: 'shift-invariant', combine: [1, 1, 1, 1] };
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (u) => {
        const mirrored = (1 - u) % 1;
        expect(Math.abs(value(kernel, u) - value(kernel, mirrored))).toBeLessThanOrEqual(40 * 2 ** -53 * 10);
      }),
    );
  });

  it('are the sums of their parts', () => {
    const shares = [0.5, 0, 2, 0.25, 1];
    for (const delta of [0, 0.01, 0.3, 0.77]) {
      const parts = shares.map((share, p) => share * value({ type: 'shift-invariant', alpha: p + 1 }, delta));
      const want = parts.reduce((sum, part) => sum + part);
      expect(Math.abs(value({ type: 'shift-invariant', combine: shares }, delta) - want)).toBeLessThanOrEqual(1e-14);
    }
  });

  it('may differ between coordinates', () => {
    const [x, z] = [Float64Array.of(0.2, 0.7), Float64Array.of(0.1, 0.4)];
    const request = { dimension: 2, x, z };
    const lists = { type: 'digital', combine: [[0, 1], [0.5]], weights: [0.3, 2] } as const;
    const want =
      (1 + 0.3 * value({ type: 'digital', alpha: 2 }, xor(0.2, 0.1))) *
      (1 + value({ type: 'digital', alpha: 1 }, xor(0.7, 0.4)));
    expect(Math.abs(at(evaluateKernel({ ...request, kernel: lists }), 0) - want)).toBeLessThanOrEqual(1e-14);
  });
});

/** u ⊕ v of two doubles of at least 2^-11, which have no more than 64 digits. */
function xor(u: number, v: number): number {
  const integer = (x: number): bigint => BigInt(x * 2 ** 64);
  return Number(integer(u) ^ integer(v)) * 2 ** -64;
}

it('coordinates of one kind need not stand together', () => {
  const x = Float64Array.of(0.2, 0.7, 0.4, 0.9);
  for (const type of ['shift-invariant', 'digital', 'digital-adaptive'] as const) {
    const alpha = [1, 2, 1, 2];
    const request = { kernel: { type, alpha, weights: 0.5 }, dimension: 4, x, z: new Float64Array(4) };
    const want = x.reduce((product, delta, j) => product * (1 + 0.5 * value({ type, alpha: at(alpha, j) }, delta)), 1);
    expect(Math.abs(at(evaluateKernel(request), 0) - want)).toBeLessThanOrEqual(1e-14); // a dozen roundings of values below 10
  }
});

describe('kernel matrices', () => {
  const sobol = new Sobol({ dimension: 3, seed: 5 });

  it.each(['shift-invariant', 'digital', 'digital-adaptive'] as const)('of %s kernels are symmetric', (type) => {
    const x = sobol.points({ end: 33 });
    const k = kernelMatrix({ kernel: { type, alpha: 2 }, dimension: 3, x, z: x });
    for (let i = 0; i < 33; i++) for (let j = 0; j < i; j++) expect(at(k, i * 33 + j)).toBe(at(k, j * 33 + i));
  });

  it('scale with S and take one weight for all', () => {
    const x = sobol.points({ end: 7 });
    const base = { dimension: 3, x, z: x };
    const one = kernelMatrix({ ...base, kernel: { type: 'digital', weights: 0.5 } });
    const each = kernelMatrix({
      ...base,
      kernel: { type: 'digital', weights: Float64Array.of(0.5, 0.5, 0.5), scale: 4 },
    });
    for (const [i, value] of one.entries()) expect(at(each, i)).toBe(4 * value);
  });

  it('have the sum of weights that makes Π(1 + γ) = 2 unless told', () => {
    const x = new Float64Array(3);
    const weights = 2 ** (1 / 3) - 1;
    const kernel: Kernel = { type: 'digital', alpha: 1 }; // K̃(0) = 1
    expect(at(evaluateKernel({ kernel, dimension: 3, x, z: x }), 0)).toBeCloseTo(2, 14);
    expect(evaluateKernel({ kernel, dimension: 3, x, z: x })).toEqual(
      evaluateKernel({ kernel: { ...kernel, weights }, dimension: 3, x, z: x }),
    );
  });

  it('take integers of nets and their doubles alike', () => {
    const integers = new Sobol({ dimension: 3, randomize: 'none' }).integers({ end: 9 });
    const doubles = new Sobol({ dimension: 3, randomize: 'none' }).points({ end: 9 });
    const request = { kernel: { type: 'digital', alpha: 4 }, dimension: 3 } as const;
    expect(kernelMatrix({ ...request, x: integers, z: doubles })).toEqual(
      kernelMatrix({ ...request, x: doubles, z: integers }),
    );
  });

  it('of more values than one call makes join without a seam', () => {
    const x = sobol.points({ end: 700 });
    const whole = kernelMatrix({ kernel: { type: 'digital', alpha: 3 }, dimension: 3, x, z: x });
    for (const row of [0, 92, 93, 94, 699]) {
      const part = kernelMatrix({
        kernel: { type: 'digital', alpha: 3 },
        dimension: 3,
        x: x.subarray(3 * row, 3 * row + 3),
        z: x,
      });
      expect(whole.subarray(700 * row, 700 * (row + 1))).toEqual(part);
    }
    const z = x.toReversed();
    const pairs = evaluateKernel({
      kernel: { type: 'shift-invariant' },
      dimension: 1,
      x: repeat(x, 40),
      z: repeat(z, 40),
    });
    expect(pairs.subarray(0, 2100)).toEqual(pairs.subarray(39 * 2100));
  });

  it('are filled into out, and may be empty', () => {
    const out = new Float64Array(4);
    const request = {
      kernel: { type: 'digital' },
      dimension: 2,
      x: new Float64Array(4),
      z: new Float64Array(4),
    } as const;
    expect(kernelMatrix(request, out)).toBe(out);
    expect(kernelMatrix({ ...request, x: new Float64Array() })).toHaveLength(0);
    expect(evaluateKernel({ ...request, x: new Float64Array(), z: new Float64Array() })).toHaveLength(0);
  });
});

const repeat = (x: Float64Array, times: number): Float64Array => {
  const all = new Float64Array(x.length * times);
  for (let k = 0; k < times; k++) all.set(x, k * x.length);
  return all;
};
