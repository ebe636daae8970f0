import { normals, uniforms } from '@gossamer/testkit/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BF16, builds, F16, F32, type Host, Q8_32, Q8_ROW } from './host.ts';
import { bf16ToNumber, f16ToNumber, nearest16, quantize } from './oracle.ts';

const FLOATS = [F32, BF16, F16] as const;
const ALL = [F32, BF16, F16, Q8_ROW, Q8_32] as const;

function pack(host: Host, source: Float32Array | Uint16Array, srcType: number, dstType: number, n: number, k: number) {
  const { kernel } = host;
  const bytes = kernel.matrixBytes(dstType, n, k);
  const at = host.alloc(bytes);
  kernel.packRows(host.put(source), srcType, at, dstType, 0, n, n, k);
  return { at, bytes };
}

function rows(host: Host, at: number, type: number, n: number, k: number): Float32Array {
  const out = new Float32Array(n * k);
  const row = host.alloc(k * 4);
  for (let r = 0; r < n; r++) {
    host.kernel.unpackRow(at, type, n, k, r, row);
    out.set(host.f32(row, k), r * k);
  }
  return out;
}

const decode = (type: number, bits: number): number => (type === BF16 ? bf16ToNumber(bits) : f16ToNumber(bits));

describe.each(builds)('packed matrices, $name', ({ host }) => {
  it('take the bytes of their panels of 8 rows, int8 rows padded to 32 columns', () => {
    const { matrixBytes } = host.kernel;
    expect(matrixBytes(F32, 9, 5)).toBe(2 * 8 * 5 * 4);
    expect(matrixBytes(BF16, 8, 5)).toBe(8 * 5 * 2);
    expect(matrixBytes(F16, 1, 5)).toBe(8 * 5 * 2);
    expect(matrixBytes(Q8_ROW, 9, 33)).toBe(2 * (8 * 64 + 32));
    expect(matrixBytes(Q8_32, 9, 33)).toBe(2 * 2 * (8 * 32 + 32));
  });

  it('keep element (r, c) of a float type at ((r/8)·k + c)·8 + r%8 and zeros in the padding', () => {
    const [n, k] = [11, 6];
    const source = Float32Array.from({ length: n * k }, (_, i) => i + 1);
    const { at } = pack(host, source, F32, F32, n, k);
    const packed = host.f32(at, 16 * k);
    for (let r = 0; r < 16; r++) {
      for (let c = 0; c < k; c++) {
        expect(packed[((r >> 3) * k + c) * 8 + (r % 8)]).toBe(r < n ? r * k + c + 1 : 0);
      }
    }
    host.check();
  });

  it('give back exactly what a wider type can hold', () => {
    for (const srcType of FLOATS) {
      for (const dstType of srcType === F32 ? [F32] : [srcType, F32]) {
        fc.assert(
          fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 37 }), fc.integer(), (n, k, seed) => {
            const source =
              srcType === F32
                ? normals(seed, n * k)
                : Uint16Array.from(uniforms(seed, n * k), (u) => u * 0x7bff).map((v, i) => v | ((i & 1) << 15));
            const { at } = pack(host, source, srcType, dstType, n, k);
            const want = srcType === F32 ? source : Float32Array.from(source, (bits) => decode(srcType, bits));
            expect(rows(host, at, dstType, n, k)).toEqual(want);
            host.check();
          }),
          { numRuns: 30 },
        );
      }
    }
  });

  it.each([
    ['bf16', BF16, 0x7f80],
    ['f16', F16, 0x7c00],
  ])('round f32 to the nearest %s, ties to even', (_name, type, infinity) => {
    const [n, k] = [8, 500];
    const source = normals(4, n * k).map((v, i) => v * 2 ** ((i % 60) - 40));
    for (let i = 0; i < 800; i++) {
      source[i] = (decode(type, i * 31) + decode(type, i * 31 + 1)) / 2; // midway
    }
    const { at } = pack(host, source, F32, type, n, k);
    const want = source.map((v) =>
      decode(
        type,
        nearest16(v, (bits) => decode(type, bits), infinity),
      ),
    );
    expect(rows(host, at, type, n, k)).toEqual(want);
    host.check();
  });

  it.each([
    ['per row', Q8_ROW],
    ['per 32 columns', Q8_32],
  ])('quantise to int8 with one scale %s', (_name, type) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 19 }), fc.integer({ min: 1, max: 100 }), fc.integer(), (n, k, seed) => {
        const source = normals(seed, n * k);
        const { at } = pack(host, source, F32, type, n, k);
        const got = rows(host, at, type, n, k);
        const span = type === Q8_ROW ? k : 32;
        for (let r = 0; r < n; r++) {
          for (let c = 0; c < k; c += span) {
            const end = Math.min(k, c + span);
            const { scale, q } = quantize(source.subarray(r * k + c, r * k + end));
            expect(got.slice(r * k + c, r * k + end)).toEqual(Float32Array.from(q, (v) => v * scale));
          }
        }
        host.check();
      }),
      { numRuns: 40 },
    );
  });

  it('never hold −128, and keep values too small for a scale as zeros', () => {
    const k = 64;
    const source = Float32Array.from({ length: 8 * k }, (_, i) => (i % 2 ? -1 : 1) * 2 ** ((i >> 6) * 20 - 130));
    for (const type of [Q8_ROW, Q8_32]) {
      const { at, bytes } = pack(host, source, F32, type, 8, k);
      const span = type === Q8_ROW ? k : 32;
      host.bytes(at, bytes).forEach((byte, i) => {
        if (i % (span * 8 + 32) < span * 8) expect(byte).not.toBe(0x80);
      });
      const got = rows(host, at, type, 8, k);
      got.forEach((v, i) => {
        const want = source[i] as number;
        expect(Math.abs(v - want)).toBeLessThanOrEqual(Math.abs(want) < 4e-37 ? 4e-37 : Math.abs(want) * 2 ** -22);
      });
      host.check();
    }
  });

  it('are the same bytes when rows arrive in pieces', () => {
    const [n, k] = [37, 45];
    const wide = normals(5, n * k);
    for (const srcType of FLOATS) {
      const source = srcType === F32 ? wide : Uint16Array.from(wide, (v) => Math.abs(v) * 9000);
      for (const dstType of ALL) {
        const whole = pack(host, source, srcType, dstType, n, k);
        const pieces = host.alloc(whole.bytes);
        for (const [row0, count] of [
          [8, 16],
          [0, 8],
          [32, 5],
          [24, 8],
        ] as const) {
          const src = host.put(source.slice(row0 * k, (row0 + count) * k));
          host.kernel.packRows(src, srcType, pieces, dstType, row0, count, n, k);
        }
        expect(host.bytes(pieces, whole.bytes)).toEqual(host.bytes(whole.at, whole.bytes));
        host.check();
      }
    }
  });

  it('are the same bytes in every build', () => {
    const [n, k] = [13, 77];
    const source = normals(6, n * k);
    const reference = builds[0]?.host as Host;
    for (const dstType of ALL) {
      const mine = pack(host, source, F32, dstType, n, k);
      const bytes = host.bytes(mine.at, mine.bytes).slice();
      const other = pack(reference, source, F32, dstType, n, k);
      expect(bytes).toEqual(reference.bytes(other.at, other.bytes));
      host.check();
      reference.check();
    }
  });
});
