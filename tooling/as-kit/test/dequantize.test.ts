import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builds, F32, Q8_32 } from './host.ts';

interface Case {
  readonly type: number;
  readonly name: string;
  readonly blocks: string;
  readonly values: string;
}

const { cases } = JSON.parse(readFileSync(new URL('fixtures/dequantize.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));

describe.each(builds)('dequantisation, $name', ({ host }) => {
  it.each(cases.map((each) => [each.name, each] as const))(
    '%s: has the bits of gguf-py',
    (_, { type, blocks, values }) => {
      const want = new Float32Array(bytesOf(values).buffer);
      const out = host.alloc(want.length * 4);
      for (const rows of [1, 4]) {
        host.kernel.dequantizeRows(host.putLast(bytesOf(blocks)), type, out, rows, want.length / rows);
        // −0 and 0 are told apart.
        expect(new Uint32Array(host.f32(out, want.length).slice().buffer)).toEqual(new Uint32Array(want.buffer));
      }
      host.check();
    },
  );

  it('measures what int8 costs', () => {
    const [n, k] = [11, 70];
    const x = Float32Array.from({ length: n * k }, (_, i) => Math.sin(i) * (1 + (i % 7)));
    const at = host.put(x);
    const w = host.alloc(host.kernel.matrixBytes(Q8_32, n, k));
    host.kernel.packRows(at, F32, w, Q8_32, 0, n, n, k);
    const sums = host.alloc(16 + k * 4);
    host.bytes(sums, 16).fill(0);
    host.kernel.int8Loss(at, w, n, k, 0, 8, sums);
    host.kernel.int8Loss(at + 8 * k * 4, w, n, k, 8, 3, sums);
    const [lost, whole] = new Float64Array(host.bytes(sums, 16).slice().buffer);
    const row = host.alloc(k * 4);
    let [want, total] = [0, 0];
    for (let r = 0; r < n; r++) {
      host.kernel.unpackRow(w, Q8_32, n, k, r, row);
      const kept = host.f32(row, k);
      for (let c = 0; c < k; c++) {
        const value = x[r * k + c] as number;
        want += (value - (kept[c] as number)) ** 2;
        total += value ** 2;
      }
    }
    // The same sums in the same order, in f64.
    expect(lost).toBeCloseTo(want, 12);
    expect(whole).toBeCloseTo(total, 9);
    // Half a step of peak/127 at most.
    expect(Math.sqrt((lost as number) / (whole as number))).toBeLessThan(0.01);
    host.check();
  });
});
