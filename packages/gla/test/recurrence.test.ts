import { maxAbsDiff, rmsRatio } from '@gossamer/testkit/bounds';
import { readJson, readTensors } from '@gossamer/testkit/fixtures';
import { kernelVariants } from '@gossamer/testkit/kernels';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GlaInput, type GlaMode, GlaRecurrence, gla } from '../src/index.ts';
import { magnitudes, oracle, roundings, type Sizes } from './oracle.ts';
import { concat, expectSameBits, type Gates, problem, slice, someState } from './problems.ts';

const MODES: readonly GlaMode[] = ['auto', 'recurrent', 'chunk'];
const U = 2 ** -24;

interface KernelCase {
  readonly name: string;
  readonly B: number;
  readonly T: number;
  readonly H: number;
  readonly K: number;
  readonly V: number;
  readonly scale: number | null;
  readonly cuSeqlens: number[] | null;
  readonly hasInitialState: boolean;
}

const fixtures = new URL('./fixtures/', import.meta.url);
const tensors = readTensors(new URL('kernel.safetensors', fixtures));
const { cases } = readJson<{ cases: KernelCase[] }>(new URL('kernel.json', fixtures));

function floats(name: string): Float32Array {
  const found = tensors.get(name);
  if (!(found?.data instanceof Float32Array)) throw new Error(`fixture has no f32 ${name}`);
  return found.data;
}

function doubles(name: string): Float64Array {
  const found = tensors.get(name);
  if (!(found?.data instanceof Float64Array)) throw new Error(`fixture has no f64 ${name}`);
  return found.data;
}

/** q, k, v, g of spec vectors: T = 5, K = 3, V = 2. */
function wave(): GlaInput {
  const fill = (size: number, f: (t: number, d: number) => number) =>
    Float32Array.from({ length: 5 * size }, (_, i) => f(Math.floor(i / size), i % size));
  return {
    q: fill(3, (t, d) => Math.sin(0.3 + 0.7 * t + 1.1 * d)),
    k: fill(3, (t, d) => Math.cos(0.2 + 0.5 * t - 0.9 * d)),
    v: fill(2, (t, e) => Math.sin(1 - 0.4 * t + 0.6 * e)),
    g: fill(3, (t, d) => -Math.log1p(Math.exp(-3 * Math.sin(0.9 * t + 0.4 * d)))),
  };
}

/** The states and outputs of `wave`, from an independent f64 program; 7 decimals. */
const GOLDEN = [
  {
    initial: undefined,
    o: [0.4983907, 0.5920326, 1.1474053, 1.5837234, 0.7869573, 1.0811524, 0.3284061, -0.1236962, 0.3165191, -0.0771369],
    state: [0.5338931, 0.2823172, -0.1014328, 0.1342761, -0.525818, 0.0340182],
  },
  {
    initial: Float32Array.of(0.1, -0.2, 0.3, 0.4, -0.5, 0.6),
    o: [0.4823524, 0.9343026, 1.2919959, 1.6662036, 0.989793, 0.9155067, 0.3723626, -0.2413043, 0.3140844, -0.0869762],
    state: [0.5409988, 0.2681059, -0.0915295, 0.1474805, -0.530767, 0.039957],
  },
];

describe.each(kernelVariants())('gla on %s', (variant) => {
  it.each(MODES)('reproduces the golden vectors in mode %s', (mode) => {
    for (const { initial, o, state } of GOLDEN) {
      const shape = { length: 5, heads: 1, keySize: 3, valueSize: 2 };
      const got = gla(wave(), shape, { variant, mode, ...(initial && { initialState: initial }) });
      expect(maxAbsDiff(got.o, o)).toBeLessThan(2e-6);
      expect(maxAbsDiff(got.finalState, state)).toBeLessThan(2e-6);
    }
  });

  it.each(cases)(
    'agrees with the reference implementation: $name',
    ({ name, B, T, H, K, V, scale, cuSeqlens, hasInitialState }) => {
      const x = { q: floats(`${name}.q`), k: floats(`${name}.k`), v: floats(`${name}.v`), g: floats(`${name}.g`) };
      const sequences = cuSeqlens === null ? B : cuSeqlens.length - 1;
      for (const mode of MODES) {
        const got = gla(
          x,
          { sequences, length: T, heads: H, keySize: K, valueSize: V },
          {
            variant,
            mode,
            ...(scale !== null && { scale }),
            ...(cuSeqlens !== null && { cuSeqlens: Int32Array.from(cuSeqlens) }),
            ...(hasInitialState && { initialState: floats(`${name}.initial`) }),
          },
        );
        // Both are relative to the RMS of the reference: 1e-6 is about 20 roundings of a typical element.
        expect(rmsRatio(got.o, doubles(`${name}.o`))).toBeLessThan(1e-6);
        expect(rmsRatio(got.finalState, doubles(`${name}.final`))).toBeLessThan(1e-6);
      }
    },
  );

  it('gives for packed sequences what separate calls give, and leaves the state of an empty one alone', () => {
    const sizes: Sizes = { tokens: 83, heads: 4, kvHeads: 2, keySize: 48, valueSize: 52 };
    const x = problem(21, sizes);
    const cuSeqlens = Int32Array.of(0, 0, 17, 17, 18, 83, 83);
    const states = Array.from({ length: 6 }, (_, n) => someState(n, sizes));
    const shape = { ...sizes, length: 83 };
    const { o, finalState } = gla(x, shape, { variant, cuSeqlens, initialState: concat(states) });
    const parts = states.map((initialState, n) => {
      const [begin, end] = [cuSeqlens[n] as number, cuSeqlens[n + 1] as number];
      return gla(slice(x, sizes, begin, end), { ...sizes, length: end - begin }, { variant, initialState });
    });
    expectSameBits(o, concat(parts.map((part) => part.o)));
    expectSameBits(finalState, concat(parts.map((part) => part.finalState)));
    expectSameBits(finalState.slice(0, states[0]?.length), states[0] as Float32Array);
  });

  it('gives for a batch what separate calls give', () => {
    const sizes: Sizes = { tokens: 90, heads: 2, kvHeads: 1, keySize: 5, valueSize: 33 };
    const x = problem(22, sizes);
    const { o, finalState } = gla(x, { ...sizes, sequences: 3, length: 30 }, { variant, scale: 1 });
    const parts = [0, 30, 60].map((from) =>
      gla(slice(x, sizes, from, from + 30), { ...sizes, length: 30 }, { variant, scale: 1 }),
    );
    expectSameBits(o, concat(parts.map((part) => part.o)));
    expectSameBits(finalState, concat(parts.map((part) => part.finalState)));
  });

  it('gives empty output and the initial state for no tokens', () => {
    const sizes: Sizes = { tokens: 0, heads: 1, kvHeads: 1, keySize: 3, valueSize: 4 };
    const initialState = someState(1, sizes);
    const { o, finalState } = gla(problem(1, sizes), { ...sizes, length: 0 }, { variant, initialState });
    expect(o.length).toBe(0);
    expectSameBits(finalState, initialState);
  });

  it('is plain linear attention, a cumulative sum, when every log gate is 0', () => {
    const sizes: Sizes = { tokens: 100, heads: 1, kvHeads: 1, keySize: 8, valueSize: 20 };
    const x = problem(23, sizes, 'zero');
    const want = new Float64Array(100 * 20);
    const size = new Float64Array(100 * 20);
    for (let t = 0; t < 100; t++) {
      for (let j = 0; j <= t; j++) {
        let similarity = 0;
        for (let d = 0; d < 8; d++) similarity += (x.q[t * 8 + d] as number) * (x.k[j * 8 + d] as number);
        for (let e = 0; e < 20; e++) {
          want[t * 20 + e] = (want[t * 20 + e] as number) + similarity * (x.v[j * 20 + e] as number);
          size[t * 20 + e] = (size[t * 20 + e] as number) + 8 * Math.abs(x.v[j * 20 + e] as number);
        }
      }
    }
    const { o } = gla(x, { ...sizes, length: 100 }, { variant, scale: 1 });
    o.forEach((y, i) => {
      expect(Math.abs(y - (want[i] as number))).toBeLessThan(roundings(sizes) * U * (size[i] as number));
    });
  });

  it('uses an output that is given', () => {
    const sizes: Sizes = { tokens: 7, heads: 1, kvHeads: 1, keySize: 3, valueSize: 4 };
    const out = new Float32Array(28).fill(9);
    const { o } = gla(problem(2, sizes), { ...sizes, length: 7 }, { variant, out });
    expect(o).toBe(out);
    expectSameBits(o, gla(problem(2, sizes), { ...sizes, length: 7 }, { variant }).o);
  });
});

describe.each(kernelVariants())('GlaRecurrence on %s', (variant) => {
  it('can be cut anywhere into forward and step', () => {
    const gates = fc.constantFrom<Gates>('slow', 'strong', '-Infinity', 'mixed');
    const dims = fc.tuple(
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 1, max: 3 }),
    );
    const cuts = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1000 }),
        gates,
        dims,
        cuts,
        fc.constantFrom(...MODES),
        (seed, kind, dim, parts, mode) => {
          const [keySize, valueSize, group] = dim;
          const tokens = parts.reduce((a, b) => a + b, 0);
          const sizes: Sizes = { tokens, heads: 2 * group, kvHeads: 2, keySize, valueSize };
          const x = problem(seed, sizes, kind);
          const initialState = someState(seed, sizes);
          const recurrence = new GlaRecurrence(sizes, { variant, initialState });
          let from = 0;
          const outputs = parts.map((count) => {
            const part = slice(x, sizes, from, from + count);
            from += count;
            return count === 1 ? recurrence.step(part) : recurrence.forward(part, { mode });
          });
          const state = recurrence.saveState();
          recurrence.dispose();
          const scale = keySize ** -0.5;
          const want = oracle(x, sizes, scale, initialState);
          const size = magnitudes(x, sizes, scale, initialState);
          const terms = roundings(sizes);
          const check = (got: Float32Array, wanted: Float64Array, sized: Float64Array) =>
            got.every((y, i) => Math.abs(y - (wanted[i] as number)) <= terms * U * (sized[i] as number) + 1e-20);
          expect(check(concat(outputs), want.o, size.o)).toBe(true);
          expect(check(state, want.state, size.state)).toBe(true);
        },
      ),
      { numRuns: 60, seed: 1 },
    );
  });

  it('gives the same bits for cuts after multiples of 16 tokens, in any mode', () => {
    for (const mode of MODES) {
      const sizes: Sizes = { tokens: 77, heads: 2, kvHeads: 1, keySize: 64, valueSize: 48 };
      const x = problem(31, sizes);
      const whole = gla(x, { ...sizes, length: 77 }, { variant, mode });
      for (const cut of [0, 16, 32, 48, 64]) {
        const recurrence = new GlaRecurrence(sizes, { variant });
        const head = recurrence.forward(slice(x, sizes, 0, cut), { mode });
        const tail = recurrence.forward(slice(x, sizes, cut, 77), { mode });
        expectSameBits(concat([head, tail]), whole.o);
        expectSameBits(recurrence.saveState(), whole.finalState);
        recurrence.dispose();
      }
    }
  });

  it('steps all sequences at once with the bits of the recurrent form', () => {
    const sizes: Sizes = { tokens: 9, heads: 4, kvHeads: 2, keySize: 6, valueSize: 18 };
    const inputs = [0, 1, 2].map((n) => problem(40 + n, sizes));
    const recurrence = new GlaRecurrence({ ...sizes, sequences: 3 }, { variant });
    const wholes = inputs.map((x) => gla(x, { ...sizes, length: 9 }, { variant, mode: 'recurrent' }));
    for (let t = 0; t < 9; t++) {
      const tokens = inputs.map((x) => slice(x, sizes, t, t + 1));
      const joined = (name: keyof GlaInput) => concat(tokens.map((x) => x[name]));
      const o = recurrence.step({ q: joined('q'), k: joined('k'), v: joined('v'), g: joined('g') });
      expectSameBits(o, concat(wholes.map((whole) => whole.o.slice(t * 72, t * 72 + 72))));
    }
    expectSameBits(recurrence.saveState(), concat(wholes.map((whole) => whole.finalState)));
    recurrence.dispose();
  });

  it('steps more sequences than a buffer holds', () => {
    const sizes: Sizes = { tokens: 1000, heads: 1, kvHeads: 1, keySize: 3, valueSize: 5 };
    const x = problem(43, sizes);
    const recurrence = new GlaRecurrence({ ...sizes, sequences: 1000 }, { variant });
    const { o, finalState } = gla(x, { ...sizes, sequences: 1000, length: 1 }, { variant });
    expectSameBits(recurrence.step(x), o);
    expectSameBits(recurrence.saveState(), finalState);
    recurrence.dispose();
  });

  it('stays within 1e-4 of f64 over a stream of 20,000 tokens', () => {
    const sizes: Sizes = { tokens: 20_000, heads: 1, kvHeads: 1, keySize: 32, valueSize: 64 };
    const x = problem(44, sizes);
    const want = oracle(x, sizes, 32 ** -0.5);
    for (const mode of MODES) {
      const { o, finalState } = gla(x, { ...sizes, length: 20_000 }, { variant, mode });
      expect(rmsRatio(o, want.o)).toBeLessThan(1e-6);
      expect(maxAbsDiff(o, want.o)).toBeLessThan(1e-4);
      expect(maxAbsDiff(finalState, want.state)).toBeLessThan(1e-4);
    }
  });
});
