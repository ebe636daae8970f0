import { readFileSync } from 'node:fs';
import { Arena, instantiate } from '@gossamer/kit/memory';
import { rmsRatio } from '@gossamer/testkit/bounds';
import { kernelVariants } from '@gossamer/testkit/kernels';
import { LANE_EDGES } from '@gossamer/testkit/lengths';
import { uniforms } from '@gossamer/testkit/random';
import { describe, expect, it } from 'vitest';
import type { Kernel } from '#wasm/simd';
import { fail } from '../src/errors.ts';
import type { GlaInput } from '../src/recurrence-shape.ts';
import { FLOOR, magnitudes, oracle, roundings, type Sizes } from './oracle.ts';
import { expectSameBits, GATES, type Gates, problem, slice, someState } from './problems.ts';

const FORMS = ['glaRecurrent', 'glaChunk'] as const;
type Form = (typeof FORMS)[number];

const U = 2 ** -24;

/** Every build this host runs; the debug ones are not optimised. */
const BUILDS = kernelVariants().flatMap((variant) => [variant, `debug/${variant}`]);

describe.each(BUILDS)('kernels of %s', (build) => {
  const module = new WebAssembly.Module(readFileSync(new URL(`../wasm/${build}.wasm`, import.meta.url)));

  /** Runs one call between guards: whatever a kernel writes beside its arrays shows. All its memory is NaN before. */
  function run(form: Form, x: GlaInput, sizes: Sizes, scale: number, initial: Float32Array) {
    const { tokens, heads, kvHeads, keySize, valueSize } = sizes;
    const arena = new Arena(new WebAssembly.Memory({ initial: 1 }), fail);
    const kernel = instantiate<Kernel>(module, arena.memory);
    const guards: number[] = [];
    const place = (elements: number) => {
      guards.push(arena.alloc(64));
      return arena.alloc(elements * 4, 4); // no alignment is promised for the arrays
    };
    const outputs = tokens * heads * valueSize;
    const scratchBytes = kernel.glaScratchBytes(heads, kvHeads, keySize, valueSize);
    const q = place(x.q.length);
    const k = place(x.k.length);
    const v = place(x.v.length);
    const a = place(x.g.length);
    const state = place(initial.length);
    const o = place(outputs);
    guards.push(arena.alloc(64));
    const scratch = arena.alloc(scratchBytes);
    guards.push(arena.alloc(64));
    new Uint8Array(arena.memory.buffer).fill(0xff);
    arena.f32(q, x.q.length).set(x.q);
    arena.f32(k, x.k.length).set(x.k);
    arena.f32(v, x.v.length).set(x.v);
    arena.f32(a, x.g.length).set(x.g);
    arena.f32(state, initial.length).set(initial);
    kernel.logGateToDecay(a, a, x.g.length);
    const args = [q, k, v, a, state, o, tokens, heads, kvHeads, keySize, valueSize, scale] as const;
    if (form === 'glaChunk') kernel.glaChunk(...args, scratch);
    else kernel.glaRecurrent(...args);
    for (const at of guards) expect(arena.u8(at, 64).every((byte) => byte === 0xff)).toBe(true);
    expectSameBits(arena.f32(q, x.q.length), x.q);
    expectSameBits(arena.f32(k, x.k.length), x.k);
    expectSameBits(arena.f32(v, x.v.length), x.v);
    return { o: arena.f32(o, outputs).slice(), state: arena.f32(state, initial.length).slice() };
  }

  function expectOracle(form: Form, seed: number, sizes: Sizes, gates: Gates, ratio = 1e-5): void {
    const x = problem(seed, sizes, gates);
    const initial = someState(seed, sizes);
    const scale = sizes.keySize ** -0.5;
    const got = run(form, x, sizes, scale, initial);
    const want = oracle(x, sizes, scale, initial);
    const size = magnitudes(x, sizes, scale, initial);
    const terms = roundings(sizes);
    for (const part of ['o', 'state'] as const) {
      const unit = part === 'o' ? sizes.keySize * FLOOR : FLOOR;
      const off = got[part].findIndex((value, i) => {
        const bound = terms * U * (size[part][i] as number) + sizes.tokens * unit;
        return !(Math.abs(value - (want[part][i] as number)) <= bound);
      });
      expect(off, `${part}[${off}] is ${got[part][off]}, expected ${want[part][off]}`).toBe(-1);
      expect(rmsRatio(got[part], want[part])).toBeLessThan(ratio);
    }
  }

  const SHAPES = [
    [1, 1],
    [1, 320],
    [3, 60],
    [5, 17],
    [60, 3],
    [64, 64],
    [128, 64],
    [60, 128],
    [320, 5],
  ] as const;

  describe.each(FORMS)('%s', (form) => {
    it.each(SHAPES)(
      'agrees with the f64 recurrence at K = %i, V = %i for every remainder of a sub-chunk',
      (keySize, valueSize) => {
        for (const tokens of [0, 1, 2, 3, 4, 5, 15, 16, 17, 31, 63, 64, 65, 203]) {
          expectOracle(form, tokens + 1, { tokens, heads: 1, kvHeads: 1, keySize, valueSize }, 'slow');
        }
      },
    );

    it.each(LANE_EDGES)('agrees with the f64 recurrence at K = V = %i', (size) => {
      expectOracle(form, size, { tokens: 37, heads: 2, kvHeads: 2, keySize: size, valueSize: size }, 'medium');
    });

    it.each(GATES)('agrees with the f64 recurrence under %s gates, to 1e-6 of its size', (gates) => {
      expectOracle(form, 7, { tokens: 203, heads: 2, kvHeads: 1, keySize: 32, valueSize: 48 }, gates, 1e-6);
    });

    it('reads the state of the kv head of a group', () => {
      expectOracle(form, 9, { tokens: 70, heads: 12, kvHeads: 3, keySize: 12, valueSize: 20 }, 'medium');
    });
  });

  it.each(FORMS)('%s gives the query heads of a group what repeated kv heads give', (form) => {
    const sizes: Sizes = { tokens: 35, heads: 6, kvHeads: 2, keySize: 9, valueSize: 21 };
    const x = problem(3, sizes);
    const initial = someState(3, sizes);
    const repeat = (array: Float32Array, size: number) => {
      const out = new Float32Array(array.length * 3);
      for (let i = 0; i < out.length; i++) out[i] = array[Math.floor(i / (3 * size)) * size + (i % size)] as number;
      return out;
    };
    const repeated = { q: x.q, k: repeat(x.k, 9), v: repeat(x.v, 21), g: repeat(x.g, 9) };
    const want = run(form, repeated, { ...sizes, kvHeads: 6 }, 0.5, repeat(initial, 9 * 21));
    expectSameBits(run(form, x, sizes, 0.5, initial).o, want.o);
  });

  it.each([
    ['glaRecurrent', 1],
    ['glaChunk', 16],
  ] as const)('%s gives the same bits when a sequence is cut after a multiple of %i tokens', (form, step) => {
    const sizes: Sizes = { tokens: 150, heads: 2, kvHeads: 2, keySize: 20, valueSize: 19 };
    const x = problem(4, sizes);
    const initial = someState(4, sizes);
    const whole = run(form, x, sizes, 0.3, initial);
    for (let cut = step; cut < 150; cut += step) {
      const head = run(form, slice(x, sizes, 0, cut), { ...sizes, tokens: cut }, 0.3, initial);
      const tail = run(form, slice(x, sizes, cut, 150), { ...sizes, tokens: 150 - cut }, 0.3, head.state);
      expectSameBits(tail.state, whole.state);
      expectSameBits(tail.o, whole.o.slice(cut * 38));
    }
  });

  it.each(FORMS)('%s lets no later token, not even NaN, change a bit of earlier outputs', (form) => {
    const sizes: Sizes = { tokens: 40, heads: 1, kvHeads: 1, keySize: 6, valueSize: 18 };
    const initial = someState(5, sizes);
    const whole = run(form, problem(5, sizes), sizes, 0.4, initial).o;
    for (const t of [1, 3, 6, 14, 15, 16, 17, 29, 39]) {
      for (const [name, size] of [
        ['q', 6],
        ['k', 6],
        ['v', 18],
        ['g', 6],
      ] as const) {
        for (const value of [Number.NaN, 0]) {
          const x = problem(5, sizes);
          x[name].fill(value, t * size);
          const { o } = run(form, x, sizes, 0.4, initial);
          expectSameBits(o.slice(0, t * 18), whole.slice(0, t * 18));
          if (Number.isNaN(value)) expect(o.slice(t * 18, t * 18 + 18).every(Number.isNaN)).toBe(true);
        }
      }
    }
  });

  it.each(FORMS)('%s forgets a finite past exactly at log gates of −∞', (form) => {
    const sizes: Sizes = { tokens: 45, heads: 2, kvHeads: 1, keySize: 7, valueSize: 17 };
    for (const t of [0, 1, 5, 15, 16, 30, 44]) {
      const one = problem(6, sizes);
      const two = problem(6, sizes);
      for (const x of [one, two]) x.g.fill(Number.NEGATIVE_INFINITY, t * 7, t * 7 + 7);
      two.k.subarray(0, t * 7).fill(1e20);
      two.v.subarray(0, t * 17).fill(-1e15);
      const a = run(form, one, sizes, 1, someState(6, sizes));
      const b = run(form, two, sizes, 1, someState(60, sizes).fill(3e38));
      expectSameBits(b.o.slice(t * 34), a.o.slice(t * 34));
      expectSameBits(b.state, a.state);
      expect(a.o.every(Number.isFinite)).toBe(true);
    }
  });

  it.each(FORMS)('%s keeps a state that is not finite visible, in its own column, also past a reset', (form) => {
    const sizes: Sizes = { tokens: 33, heads: 1, kvHeads: 1, keySize: 5, valueSize: 21 };
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      for (const column of [0, 9, 20]) {
        const initial = someState(8, sizes);
        initial[2 * 21 + column] = value;
        const x = problem(8, sizes);
        x.g.fill(Number.NEGATIVE_INFINITY, 11 * 5, 12 * 5);
        const { o, state } = run(form, x, sizes, 1, initial);
        expect(o.every((y, i) => Number.isFinite(y) === (i % 21 !== column))).toBe(true);
        expect(state.every((s, i) => Number.isFinite(s) === (i !== 2 * 21 + column))).toBe(true);
      }
    }
  });

  it.each(FORMS)('%s lets a state without input decay to zero, through no denormal', (form) => {
    const sizes: Sizes = { tokens: 64, heads: 1, kvHeads: 1, keySize: 4, valueSize: 20 };
    const x = problem(10, sizes);
    x.k.fill(0);
    x.g.fill(-0.7);
    let state = someState(10, sizes);
    for (let round = 0; round < 6; round++) {
      state = run(form, x, sizes, 1, state).state;
      expect(state.every((s) => s === 0 || Math.abs(s) >= FLOOR)).toBe(true);
    }
    expect(state.every((s) => s === 0)).toBe(true);
  });

  it('turns log gates into decays to 2e-7, −∞ into 0 and NaN into NaN', () => {
    const arena = new Arena(new WebAssembly.Memory({ initial: 1 }), fail);
    const kernel = instantiate<Kernel>(module, arena.memory);
    for (const n of LANE_EDGES) {
      const g = uniforms(n, n, -87, 0);
      if (n > 2) g.set([0, Number.NEGATIVE_INFINITY, Number.NaN]);
      arena.f32(64, n + 1).set([...g, 5]);
      kernel.logGateToDecay(64, 64, n);
      const a = arena.f32(64, n + 1);
      expect(a[n]).toBe(5);
      g.forEach((gate, i) => {
        const want = Math.exp(gate);
        if (Number.isNaN(want) || want === 0 || want === 1) expect(a[i]).toBe(want);
        else expect(Math.abs((a[i] as number) / want - 1)).toBeLessThan(2e-7);
      });
    }
    const low = Float32Array.of(-88, -1000, -3e38, -87.4);
    arena.f32(64, 4).set(low);
    kernel.logGateToDecay(64, 64, 4);
    expect([...arena.f32(64, 4)]).toEqual([0, 0, 0, 0]);
  });
});
