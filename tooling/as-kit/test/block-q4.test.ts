import { F32_ROUNDOFF } from '@gossamer/testkit/bounds';
import { generator, normals } from '@gossamer/testkit/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blockFixture,
  goldenActivations,
  goldenBlock,
  quantizeSpan,
  randomBlocks,
  type Span,
  spansQ4K,
  spansQ40,
} from './blocks.ts';
import { builds, type Host, Q4_0, Q4_K } from './host.ts';

const TYPES = [
  { name: 'Q4_0', type: Q4_0, columns: 32, bytes: 18, fields: [0], spans: spansQ40 },
  { name: 'Q4_K', type: Q4_K, columns: 256, bytes: 144, fields: [0, 2], spans: spansQ4K },
] as const;
type Type = (typeof TYPES)[number];

interface Shape {
  readonly m: number;
  readonly n: number;
  /** Blocks of a row. */
  readonly blocks: number;
}

interface Options {
  readonly ldy?: number;
  readonly panelsPerCall?: number;
  readonly initial?: Float32Array;
  /** The array that ends with the memory, so that a read behind it traps. */
  readonly last?: 'src' | 'w' | 'x' | 'y';
}

/** y of packed w (n rows of blocks) and x (m, k). */
function run(host: Host, one: Type, w: Uint8Array, x: Float32Array, { m, n, blocks }: Shape, options: Options = {}) {
  const { kernel } = host;
  const { type } = one;
  const k = blocks * one.columns;
  const ldy = options.ldy ?? n;
  const put = <T extends Uint8Array | Float32Array>(name: Options['last'], data: T) =>
    options.last === name ? host.putLast(data) : host.put(data);
  const packed = put('w', new Uint8Array(kernel.blockMatrixBytes(type, n, k)).fill(0xaa));
  kernel.blockPackRows(put('src', w), packed, type, 0, n, n, k);
  const a = host.alloc(kernel.blockActivationBytes(type, m, k));
  kernel.blockQuantize(put('x', x), type, m, k, a);
  const y = put('y', options.initial ?? new Float32Array(m * ldy).fill(-77));
  const panels = Math.ceil(n / 8);
  const step = options.panelsPerCall ?? panels;
  const add = options.initial ? 1 : 0;
  for (let p = 0; p < panels; p += step) {
    kernel.blockMatmul(packed, type, a, y, m, n, k, ldy, p, Math.min(step, panels - p), add);
  }
  const out = host.f32(y, m * ldy);
  host.check();
  return out;
}

function weights(one: Type, seed: number, { n, blocks }: Shape): Uint8Array {
  return randomBlocks(seed, n * blocks, one.bytes, one.fields);
}

function activations(one: Type, seed: number, { m, blocks }: Shape): Float32Array {
  return normals(seed, m * blocks * one.columns);
}

/** The product of row r and token i over the quantised operands: exact sums in integers, scales in f64, terms per scale of x. */
function terms(one: Type, w: Uint8Array, x: Float32Array, i: number, r: number, blocks: number): number[] {
  const found: number[] = [];
  for (let b = 0; b < blocks; b++) {
    const at = (r * blocks + b) * one.bytes;
    const from = (i * blocks + b) * one.columns;
    const { scale, q } = quantizeSpan(x.subarray(from, from + one.columns));
    let sum = 0;
    let least = 0;
    const spans = one.spans(w.subarray(at, at + one.bytes));
    spans.forEach((span, j) => {
      for (let c = 0; c < 32; c++) {
        sum += span.factor * (span.q[c] as number) * (q[32 * j + c] as number);
        least += span.minimum * (q[32 * j + c] as number);
      }
    });
    const { d, dmin } = spans[0] as Span;
    found.push(d * scale * sum, -dmin * scale * least);
  }
  return found;
}

/**
 * The integers are exact. Each term rounds in its conversion, in the product of the scales and in the product of both: 3 unit
 * roundoffs; then come one subtraction and `blocks` additions, and one more onto y. Products below 2^-126 lose up to 2^-149 each.
 */
function expectProduct(
  one: Type,
  got: Float32Array,
  w: Uint8Array,
  x: Float32Array,
  shape: Shape,
  ldy = shape.n,
): void {
  for (let i = 0; i < shape.m; i++) {
    for (let r = 0; r < shape.n; r++) {
      const list = terms(one, w, x, i, r, shape.blocks);
      const want = list.reduce((sum, term) => sum + term, 0);
      const limit = (shape.blocks + 5) * F32_ROUNDOFF * list.reduce((sum, term) => sum + Math.abs(term), 0) + 1e-37;
      const value = got[i * ldy + r] as number;
      if (!(Math.abs(value - want) <= limit)) {
        expect.fail(
          `y[${i}, ${r}] of (${shape.m}, ${shape.n}, ${shape.blocks} blocks): got ${value}, want ${want} ± ${limit}`,
        );
      }
    }
  }
}

function unpacked(host: Host, type: number, src: Uint8Array, n: number, k: number, calls = [[0, n]]): Float32Array {
  const { kernel } = host;
  const w = host.alloc(kernel.blockMatrixBytes(type, n, k));
  const at = host.put(src);
  const rowBytes = src.length / n;
  for (const [row0, rows] of calls as Array<[number, number]>) {
    kernel.blockPackRows(at + row0 * rowBytes, w, type, row0, rows, n, k);
  }
  const out = host.alloc(k * 4);
  const values = new Float32Array(n * k);
  for (let r = 0; r < n; r++) {
    kernel.blockUnpackRow(w, type, n, k, r, out);
    values.set(host.f32(out, k), r * k);
  }
  host.check();
  return values;
}

const bitsOf = (values: Float32Array) => new Uint32Array(values.buffer, values.byteOffset, values.length);

describe.each(builds)('4-bit matrices, $name', ({ host }) => {
  it.each(TYPES)('unpack to the bits of gguf-py in every row of a panel, $name', ({ name, type }) => {
    const { blocks, rows, columns, values } = blockFixture(name);
    expect(bitsOf(unpacked(host, type, blocks, rows, columns))).toEqual(bitsOf(values));
    const parts = [
      [8, 1],
      [0, 8],
    ];
    expect(bitsOf(unpacked(host, type, blocks, rows, columns, parts))).toEqual(bitsOf(values));
  });

  it.each([
    {
      name: 'Q4_0',
      bytes: 18,
      fields: [[0, 0x2c00]],
      k: 32,
      first: [0.1875, -0.25, 0.3125, -0.125],
      mid: -0.5,
      last: -0.5,
    },
    {
      name: 'Q4_K',
      bytes: 144,
      fields: [
        [0, 0x2c00],
        [2, 0x2800],
      ],
      k: 256,
      first: [5.78125, 0.09375, 7.40625, 1.71875],
      mid: 0.09375,
      last: -0.71875,
    },
  ] as const)('hold the golden values of the specification, $name', ({ name, bytes, fields, k, first, mid, last }) => {
    const { type } = TYPES.find((one) => one.name === name) as Type;
    const values = unpacked(host, type, goldenBlock(bytes, fields), 1, k);
    expect([...values.subarray(0, 4), values[17], values[k - 1]]).toEqual([...first, mid, last]);
  });

  it.each(TYPES)('take at most 5 bits per weight, $name', ({ type }) => {
    const bits = (host.kernel.blockMatrixBytes(type, 4608, 1024) * 8) / (4608 * 1024);
    expect(bits).toBe(type === Q4_0 ? 5 : 4.75);
  });
});

describe.each(builds)('4-bit products, $name', ({ host }) => {
  it('give the golden dots of the specification', () => {
    const x = goldenActivations();
    const q40 = goldenBlock(18, [[0, 0x2c00]]);
    const eight = new Uint8Array(144);
    for (let b = 0; b < 8; b++) eight.set(q40, b * 18);
    const q4k = goldenBlock(144, [
      [0, 0x2c00],
      [2, 0x2800],
    ]);
    for (const [one, w, blocks, want] of [
      [TYPES[0], eight, 8, -0.389457],
      [TYPES[1], q4k, 1, -65.467583],
    ] as const) {
      const shape = { m: 1, n: 1, blocks };
      const y = run(host, one, w, x, shape);
      expectProduct(one, y, w, x, shape);
      // |x| < 2, so Σ|w·x| is below twice the Σ|w| of the specification. ggml keeps the scale of x in f16 for Q4_0: 2^-11 of that;
      // for Q4_K the specification states 1e-5.
      const tolerance = one.type === Q4_0 ? 2 ** -11 * 2 * 8 * 8.1875 : 1e-5 * 2 * 3404.125;
      expect(Math.abs((y[0] as number) - want)).toBeLessThan(tolerance);
    }
  });

  describe.each(TYPES)('$name', (one) => {
    it.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('agree with f64 for %i tokens', (m) => {
      for (const n of [1, 3, 4, 5, 7, 8, 9, 20]) {
        const shape = { m, n, blocks: one.type === Q4_0 ? 5 : 2 };
        const [w, x] = [weights(one, n + m, shape), activations(one, m, shape)];
        expectProduct(one, run(host, one, w, x, shape), w, x, shape);
      }
    });

    it('agree with f64 at any shape and row pitch', () => {
      const shapes = fc.record({
        m: fc.integer({ min: 1, max: 11 }),
        n: fc.integer({ min: 1, max: 35 }),
        blocks: fc.integer({ min: 1, max: one.type === Q4_0 ? 12 : 3 }),
      });
      fc.assert(
        fc.property(shapes, fc.nat({ max: 5 }), fc.integer(), (shape, extra, seed) => {
          const ldy = shape.n + extra;
          const [w, x] = [weights(one, seed, shape), activations(one, ~seed, shape)];
          const y = run(host, one, w, x, shape, { ldy });
          expectProduct(one, y, w, x, shape, ldy);
          for (let i = 0; i < shape.m; i++) {
            expect(y.subarray(i * ldy + shape.n, (i + 1) * ldy).every((v) => v === -77)).toBe(true);
          }
        }),
        { numRuns: 30 },
      );
    });

    it('are exact where every product is as large as it can be', () => {
      for (const nibbles of [0x00, 0xff, 0x0f, 0xf0]) {
        for (const pattern of [
          (_: number) => 1,
          (_: number) => -1,
          (c: number) => (c & 1 ? -1 : 1),
          (c: number) => (c & 4 ? -1 : 1),
        ]) {
          for (const m of [1, 4]) {
            const shape = { m, n: 8, blocks: 2 };
            // d = dmin = 1, all scales and minima 63.
            const block = new Uint8Array(one.bytes).fill(nibbles);
            for (const at of one.fields) block.set([0x00, 0x3c], at);
            if (one.type === Q4_K) block.fill(0xff, 4, 16);
            const w = new Uint8Array(16 * one.bytes);
            for (let b = 0; b < 16; b++) w.set(block, b * one.bytes);
            const x = Float32Array.from({ length: m * 2 * one.columns }, (_, c) => 127 * pattern(c % one.columns));
            const y = run(host, one, w, x, shape);
            const list = terms(one, w, x, 0, 0, 2);
            // Each term in f32, then their sums in f32, as the kernel has them: nothing else rounds.
            const f = Math.fround;
            const [a, b] = [0, 2].map((at) => f(f(list[at] as number) + f(list[at + 1] as number)));
            expect([...y]).toEqual(Array(m * 8).fill(f((a as number) + (b as number))));
          }
        }
      }
    });

    it('give a token the same bits in any group, and panels in any call', () => {
      const shape = { m: 13, n: 45, blocks: 3 };
      const k = shape.blocks * one.columns;
      const [w, x] = [weights(one, 1, shape), activations(one, 2, shape)];
      const whole = run(host, one, w, x, shape);
      for (const panelsPerCall of [1, 2, 4]) expect(run(host, one, w, x, shape, { panelsPerCall })).toEqual(whole);
      for (let m = 1; m <= 5; m++) {
        for (let i = 0; i + m <= shape.m; i += 3) {
          const some = run(host, one, w, x.slice(i * k, (i + m) * k), { ...shape, m });
          expect(some).toEqual(whole.slice(i * shape.n, (i + m) * shape.n));
        }
      }
    });

    it('are added to y when told to accumulate', () => {
      for (const m of [1, 2, 3, 4]) {
        const shape = { m, n: 21, blocks: 2 };
        const [w, x] = [weights(one, 3, shape), activations(one, 4, shape)];
        const initial = normals(5, m * 21);
        const fresh = run(host, one, w, x, shape);
        const sums = run(host, one, w, x, shape, { initial });
        expect(sums).toEqual(initial.map((v, at) => v + (fresh[at] as number)));
      }
    });

    it('read and write nothing behind their arrays', () => {
      for (const n of [1, 5, 8, 12]) {
        const shape = { m: 3, n, blocks: 2 };
        const [w, x] = [weights(one, 6, shape), activations(one, 7, shape)];
        const initial = normals(8, 3 * n);
        const want = run(host, one, w, x, shape, { initial });
        for (const last of ['src', 'w', 'x', 'y'] as const) {
          expect(run(host, one, w, x, shape, { initial, last })).toEqual(want);
        }
      }
    });

    it('show NaN and infinities of one token in all its products and in no other', () => {
      const shape = { m: 3, n: 9, blocks: 2 };
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const [w, x] = [weights(one, 9, shape), activations(one, 10, shape)];
        x[one.columns * 2 + 5] = bad;
        run(host, one, w, x, shape).forEach((v, at) => {
          expect(Number.isNaN(v)).toBe(at >= 9 && at < 18);
        });
      }
    });

    it('are 0 for tokens of zeros and finite for tokens of subnormals', () => {
      const shape = { m: 2, n: 9, blocks: 2 };
      const w = weights(one, 11, shape);
      const k = 2 * one.columns;
      const x = new Float32Array(2 * k).fill(1e-40, k);
      const y = run(host, one, w, x, shape);
      expect(y.subarray(0, 9).every((v) => v === 0)).toBe(true);
      expect(y.every((v) => Math.abs(v) < 1e-36)).toBe(true);
    });
  });
});

describe('4-bit products across builds', () => {
  it.each(TYPES)('have the same bits in every build, $name', (one) => {
    for (const m of [1, 2, 7]) {
      const shape = { m, n: 43, blocks: 4 };
      const [w, x] = [weights(one, 12, shape), activations(one, 13, shape)];
      const [first, ...others] = builds.map(({ host }) => run(host, one, w, x, shape));
      for (const other of others) expect(other).toEqual(first);
    }
  });
});

describe.each(builds)('quantised activations, $name', ({ host }) => {
  // What a row of weights 1 at one column and 0 elsewhere gives, shows the quantised column.
  function columnsOf(one: Type, x: Float32Array): number[] {
    const n = one.columns;
    const w = new Uint8Array(n * one.bytes);
    for (let r = 0; r < n; r++) {
      const block = w.subarray(r * one.bytes, (r + 1) * one.bytes);
      block.set([0x00, 0x3c], 0);
      if (one.type === Q4_0) {
        block.fill(0x88, 2);
        block[2 + (r & 15)] = r < 16 ? 0x89 : 0x98;
      } else {
        block.fill(1, 4, 8);
        block.fill(1, 12, 16);
        block[16 + 32 * (r >> 6) + (r & 31)] = r & 32 ? 0x10 : 0x01;
      }
    }
    const { scale } = quantizeSpan(x);
    return [...run(host, one, w, x, { m: 1, n, blocks: 1 })].map((v) => Math.round(v / scale));
  }

  it('are those of the specification', () => {
    const x = goldenActivations();
    expect(columnsOf(TYPES[0], x.subarray(0, 32))).toEqual([
      33, 64, 77, 92, 114, 127, 108, 56, -7, -53, -74, -84, -102, -122, -122, -86, -25, 34, 68, 80, 92, 111, 124, 109,
      58, -6, -55, -77, -86, -100, -118, -120,
    ]);
    const q = columnsOf(TYPES[1], x);
    // ggml's scale is negative here, so its columns have the other sign.
    expect(q.slice(0, 8)).toEqual([33, 64, 77, 92, 114, 127, 108, 56]);
    const sums = Array.from({ length: 16 }, (_, j) => q.slice(16 * j, 16 * j + 16).reduce((sum, v) => sum + v, 0));
    expect(sums).toEqual([21, 89, 117, 112, 92, 95, 95, 60, -9, -67, -93, -89, -99, -118, -120, -72]);
  });

  it('round halves away from zero for Q4_0 and to even for the K types', () => {
    const halves = [0.5, -0.5, 1.5, 2.5, -2.5, 3.5, 126.5, -126.5, 0.49999997, -0.49999997];
    for (const [one, want] of [
      [TYPES[0], [1, -1, 2, 3, -3, 4, 127, -127, 0, 0]],
      [TYPES[1], [0, 0, 2, 2, -2, 4, 126, -126, 0, 0]],
    ] as const) {
      const x = new Float32Array(one.columns).fill(127);
      x.set(halves, 3);
      expect(
        columnsOf(one, x)
          .slice(3, 3 + halves.length)
          .map((v) => v + 0),
      ).toEqual(want);
    }
  });

  it.each(TYPES)('equal the reference at random, $name', (one) => {
    const next = generator(14);
    for (let i = 0; i < 4; i++) {
      const x = normals(20 + i, one.columns).map((v) => v * 2 ** (next() * 60 - 30));
      expect(columnsOf(one, x).map((v) => v + 0)).toEqual(quantizeSpan(x).q);
    }
  });
});
