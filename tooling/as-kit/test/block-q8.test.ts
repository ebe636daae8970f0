import { normals } from '@gossamer/testkit/random';
import { describe, expect, it } from 'vitest';
import { blockFixture, goldenBlock, randomBlocks } from './blocks.ts';
import { builds, F32, type Host, Q8_32 } from './host.ts';
import { f16ToNumber } from './oracle.ts';

const BYTES = 34;

/** Packed rows at a new address, and how many blocks were changed; `calls` are pairs of row0, rows. */
function pack(host: Host, src: Uint8Array, n: number, k: number, { calls = [[0, n]], last = false } = {}) {
  const { kernel } = host;
  const bytes = kernel.matrixBytes(Q8_32, n, k);
  const dirty = new Uint8Array(bytes).fill(0xaa);
  const w = last ? host.putLast(dirty) : host.put(dirty);
  const at = host.put(src);
  const rowBytes = (k / 32) * BYTES;
  let changed = 0;
  for (const [row0, rows] of calls as Array<[number, number]>) {
    changed += kernel.packQ8Rows(at + row0 * rowBytes, w, row0, rows, n, k);
  }
  return { w, changed, bytes: host.bytes(w, bytes).slice() };
}

function unpack(host: Host, w: number, n: number, k: number): Float32Array {
  const out = host.alloc(k * 4);
  const values = new Float32Array(n * k);
  for (let r = 0; r < n; r++) {
    host.kernel.unpackRow(w, Q8_32, n, k, r, out);
    values.set(host.f32(out, k), r * k);
  }
  return values;
}

function blocksOf(src: Uint8Array) {
  return Array.from({ length: src.length / BYTES }, (_, b) => {
    const block = src.subarray(b * BYTES, (b + 1) * BYTES);
    const q = Int8Array.from(block.subarray(2));
    return { d: f16ToNumber((block[0] as number) | ((block[1] as number) << 8)), q, exact: !q.includes(-128) };
  });
}

const bitsOf = (values: Float32Array) => new Uint32Array(values.buffer, values.byteOffset, values.length);

describe.each(builds)('rows of Q8_0, $name', ({ host }) => {
  const { blocks: src, rows, columns, values } = blockFixture('Q8_0');
  const blocks = blocksOf(src);

  it('unpack to the bits of gguf-py, but for blocks with −128, which are counted', () => {
    const { w, changed } = pack(host, src, rows, columns);
    const got = unpack(host, w, rows, columns);
    host.check();
    blocks.forEach(({ exact }, b) => {
      const span = [b * 32, (b + 1) * 32] as const;
      if (exact) expect(bitsOf(got.slice(...span))).toEqual(bitsOf(values.slice(...span)));
    });
    const lost = blocks.filter(({ exact }) => !exact).length;
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThan(blocks.length / 2);
    expect(changed).toBe(lost);
  });

  it('hold the golden values of the specification', () => {
    const block = goldenBlock(BYTES, [[0, 0x2c00]]);
    const { w, changed } = pack(host, block, 1, 32);
    expect(changed).toBe(0);
    const got = unpack(host, w, 1, 32);
    host.check();
    const sum = got.reduce((total, v) => total + v, 0);
    expect([...got.slice(0, 4), got[17], got[31], sum]).toEqual([-4.3125, 0.25, 4.8125, -6.625, -6.75, -6.875, -3]);
  });

  it('with −128 lose at most half a step, and nothing but that', () => {
    // Every q from −128 to 127, one −128 in every block.
    const every = new Uint8Array(9 * BYTES);
    for (let b = 0; b < 9; b++) {
      every.set([0x66, 0x2e], b * BYTES);
      for (let c = 0; c < 32; c++) every[b * BYTES + 2 + c] = c ? Math.min(255, b * 31 + c - 1) : 0x80;
    }
    const { w, changed } = pack(host, every, 1, 9 * 32);
    expect(changed).toBe(9);
    const got = unpack(host, w, 1, 9 * 32);
    host.check();
    blocksOf(every).forEach(({ d, q }, b) => {
      const scale = Math.fround((d * 128) / 127);
      q.forEach((v, c) => {
        const exact = (v * 127) / 128;
        const near = Math.abs(v) === 64 ? v : Math.round(exact);
        expect(Math.abs(near - exact)).toBeLessThanOrEqual(0.5);
        expect(got[b * 32 + c]).toBe(Math.fround(near * scale));
      });
    });
  });

  it('are the same in parts, with zero rows behind the last', () => {
    const whole = pack(host, src, rows, columns).bytes;
    host.check();
    const calls = [
      [8, 1],
      [0, 8],
    ];
    const parts = pack(host, src, rows, columns, { calls });
    host.check();
    expect(parts.bytes).toEqual(whole);
    expect(pack(host, src, rows, columns, { last: true }).bytes).toEqual(whole);
    host.check();
    const panel = whole.length / 2;
    for (let at = panel; at < whole.length; at++) {
      if (at % 32 >= 4) expect(whole[at]).toBe(0);
    }
  });

  it('multiply as the same matrix packed from f32', () => {
    // Scales of 2^-8 and a 127 in every block: packing from f32 finds the same int8.
    const [n, k, m] = [11, 96, 3];
    const rows = randomBlocks(3, n * 3, BYTES, [0]);
    for (let b = 0; b < n * 3; b++) {
      const block = rows.subarray(b * BYTES, (b + 1) * BYTES);
      block.set([0x00, 0x1c, 0x7f], 0);
      for (let at = 2; at < BYTES; at++) if (block[at] === 0x80) block[at] = 0x81;
    }
    const { kernel } = host;
    const product = (w: number) => {
      const scratch = host.alloc(kernel.matmulScratchBytes(Q8_32, m, k));
      const x = host.put(normals(4, m * k));
      const y = host.alloc(m * n * 4);
      kernel.matmulPrepare(x, Q8_32, m, k, scratch);
      kernel.matmul(w, Q8_32, x, y, m, n, k, n, 0, 2, 0, scratch);
      return host.f32(y, m * n);
    };
    const { w, changed } = pack(host, rows, n, k);
    expect(changed).toBe(0);
    const floats = host.put(unpack(host, w, n, k));
    const other = host.alloc(kernel.matrixBytes(Q8_32, n, k));
    kernel.packRows(floats, F32, other, Q8_32, 0, n, n, k);
    expect(product(w)).toEqual(product(other));
    host.check();
  });
});
