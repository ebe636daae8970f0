import { readJson } from '@gossamer/testkit/fixtures';
import { generator } from '@gossamer/testkit/random';
import { f16ToNumber } from './oracle.ts';

// Block types of GGUF as the tests see them: raw rows, and the textbook form of what they hold.

interface Fixture {
  readonly cases: ReadonlyArray<{ type: string; rows: number; columns: number; blocks: string; values: string }>;
}

interface Rows {
  readonly rows: number;
  readonly columns: number;
  readonly blocks: Uint8Array;
  readonly values: Float32Array;
}

/** Rows in a block type and their values, both from gguf-py. */
export function blockFixture(type: string): Rows {
  const { cases } = readJson<Fixture>(new URL('fixtures/blocks.json', import.meta.url));
  const found = cases.find((one) => one.type === type);
  if (!found) throw new Error(`no fixture for ${type}`);
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
  const { rows, columns, blocks, values } = found;
  return { rows, columns, blocks: bytes(blocks), values: new Float32Array(bytes(values).buffer) };
}

/** The blocks of the specification's golden values: byte i is 73·i + 41, then the f16 fields, each [offset, bits]. */
export function goldenBlock(bytes: number, fields: ReadonlyArray<readonly [number, number]>): Uint8Array {
  const block = Uint8Array.from({ length: bytes }, (_, i) => 73 * i + 41);
  for (const [at, bits] of fields) block.set([bits & 255, bits >> 8], at);
  return block;
}

/** The activations of the specification's golden values, 256 of them. */
export function goldenActivations(): Float32Array {
  return Float32Array.from({ length: 256 }, (_, i) => 1.7 * Math.sin(0.37 * i + 0.1) + 0.3 * Math.cos(1.1 * i));
}

/** `count` blocks of random bytes whose f16 fields, at `fields`, are scales between −2^-5 and 2^-5. */
export function randomBlocks(seed: number, count: number, bytes: number, fields: readonly number[]): Uint8Array {
  const next = generator(seed);
  const out = Uint8Array.from({ length: count * bytes }, () => next() * 256);
  for (let b = 0; b < count; b++) {
    for (const at of fields) out[b * bytes + at + 1] = (next() < 0.5 ? 0x80 : 0) | (0x10 + next() * 0x18);
  }
  return out;
}

/** 32 weights, 16 for Q6_K, that share a scale: scale·q − least. */
export interface Span {
  readonly q: number[];
  /** d, and the integer factor it has in the K types. */
  readonly d: number;
  readonly factor: number;
  readonly dmin: number;
  readonly minimum: number;
}

/** The 32 columns of a Q4_0 block. */
export function spansQ40(block: Uint8Array): Span[] {
  const q = Array.from({ length: 32 }, (_, i) => (((block[2 + (i & 15)] as number) >> (i < 16 ? 0 : 4)) & 15) - 8);
  return [{ q, d: half(block, 0), factor: 1, dmin: 0, minimum: 0 }];
}

/** The 8 times 32 columns of a Q4_K block. */
export function spansQ4K(block: Uint8Array): Span[] {
  const s = (i: number) => block[4 + i] as number;
  return Array.from({ length: 8 }, (_, j) => ({
    q: Array.from({ length: 32 }, (_, l) => ((block[16 + 32 * (j >> 1) + l] as number) >> (4 * (j & 1))) & 15),
    d: half(block, 0),
    factor: j < 4 ? s(j) & 63 : (s(j + 4) & 15) | ((s(j - 4) >> 6) << 4),
    dmin: half(block, 2),
    minimum: j < 4 ? s(j + 4) & 63 : (s(j + 4) >> 4) | ((s(j) >> 6) << 4),
  }));
}

/** The 16 times 16 columns of a Q6_K block. */
export function spansQ6K(block: Uint8Array): Span[] {
  const at = (i: number) => block[i] as number;
  const weight = (i: number) => {
    const [n, g, l] = [i >> 7, (i >> 5) & 3, i & 31];
    const low = (at(64 * n + 32 * (g & 1) + l) >> (4 * (g >> 1))) & 15;
    return (low | (((at(128 + 32 * n + l) >> (2 * g)) & 3) << 4)) - 32;
  };
  return Array.from({ length: 16 }, (_, j) => ({
    q: Array.from({ length: 16 }, (_, c) => weight(16 * j + c)),
    d: half(block, 208),
    factor: (at(192 + j) << 24) >> 24,
    dmin: 0,
    minimum: 0,
  }));
}

function half(block: Uint8Array, at: number): number {
  return f16ToNumber((block[at] as number) | ((block[at + 1] as number) << 8));
}

/** int8 of 32 (halves away from zero) or 256 columns (halves to even), as blockQuantize is to give them. */
export function quantizeSpan(x: Float32Array): { scale: number; q: number[] } {
  const peak = x.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const scale = Math.fround(peak / 127);
  const factor = Math.fround(x.length === 32 ? 1 / scale : 127 / peak);
  const usable = Number.isFinite(factor) ? factor : 0;
  return {
    scale,
    q: Array.from(x, (v) => {
      const scaled = Math.fround(v * usable);
      const magnitude = Math.abs(scaled);
      const whole = Math.floor(magnitude);
      const up = magnitude - whole > 0.5 || (magnitude - whole === 0.5 && (x.length === 32 || whole % 2 === 1));
      return Math.sign(scaled) * (whole + (up ? 1 : 0)) + 0;
    }),
  };
}
