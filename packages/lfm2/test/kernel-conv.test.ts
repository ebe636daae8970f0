import { F32_ROUNDOFF } from '@gossamer/testkit/bounds';
import { uniforms } from '@gossamer/testkit/random';
import { describe, expect, it } from 'vitest';
import { Bench, BUILDS } from './host.ts';
import { shortConv } from './oracle.ts';

describe.each(BUILDS)('the short convolution of %s', (build) => {
  /** Runs a text in chunks through the kernel. */
  function run(chunks: readonly number[], d: number, taps: number, withBias: boolean) {
    const m = chunks.reduce((sum, size) => sum + size, 0);
    const bcx = uniforms(d + taps, m * 3 * d, -2, 2);
    const w = uniforms(7 + taps, taps * d, -1, 1);
    const bias = withBias ? uniforms(9, d, -1, 1) : undefined;
    const bench = new Bench(build);
    const ringRows = taps + 3;
    const ring = bench.room(ringRows * d * 4);
    const at = { w: bench.put(w), bias: bias === undefined ? 0 : bench.put(bias), y: bench.room(m * d * 4) };
    let done = 0;
    for (const size of chunks) {
      const part = bench.put(bcx.subarray(done * 3 * d, (done + size) * 3 * d));
      bench.kernel.shortConv(part, at.w, at.bias, ring, at.y + done * d * 4, size, d, taps, ringRows, done);
      done += size;
    }
    expect(bench.intact).toBe(true);
    return {
      got: bench.read(at.y, m * d),
      want: shortConv(bcx, w, bias, { m, d, taps }),
      bench,
      bcx,
      at,
      ring,
      ringRows,
    };
  }

  // u is a rounded product; taps products and sums, bias and gate: (taps + 4) roundings of terms that sum to at most 2·(taps·4 + 1).
  const bound = (taps: number) => (taps + 4) * F32_ROUNDOFF * 2 * (taps * 4 + 1);

  it.each([1, 3, 4, 5, 8, 32, 33])('agrees with f64 at d = %i', (d) => {
    for (const taps of [1, 2, 3, 4, 8]) {
      for (const withBias of [false, true]) {
        const { got, want } = run([11], d, taps, withBias);
        for (let i = 0; i < want.length; i++)
          expect(Math.abs((got[i] as number) - (want[i] as number))).toBeLessThan(bound(taps));
      }
    }
  });

  it('gives the same bits in chunks of any size, past the end of the ring', () => {
    const whole = run([24], 8, 3, true).got;
    expect(run([1, 2, 3, 1, 1, 9, 7], 8, 3, true).got).toEqual(whole);
    expect(run(Array(24).fill(1), 8, 3, true).got).toEqual(whole);
  });

  it.each([1, 2, 3, 4])('takes tokens of %i taps back when it is called again with a lower position', (taps) => {
    const d = 6;
    for (const [length, from] of [
      [10, 7],
      [3, 0],
      [3, 1],
    ] as const) {
      const { got, bench, bcx, at, ring, ringRows } = run([length - 1, 1], d, taps, true);
      const count = length - from;
      const again = bench.put(bcx.subarray(from * 3 * d, length * 3 * d));
      const y = bench.room(count * d * 4);
      bench.kernel.shortConv(again, at.w, at.bias, ring, y, count, d, taps, ringRows, from);
      expect(bench.read(y, count * d)).toEqual(got.subarray(from * d, length * d));
    }
  });

  it('gives the same bits whatever the values of other positions that the ring still holds', () => {
    const d = 8;
    const { got, bench, bcx, at, ring, ringRows } = run([5], d, 3, false);
    // Rows behind the last token: leftovers of tokens that were taken back.
    bench.arena.f32(ring + 5 * d * 4, (ringRows - 5) * d).fill(Number.NaN);
    const y = bench.room(d * 4);
    bench.kernel.shortConv(bench.put(bcx.subarray(4 * 3 * d)), at.w, 0, ring, y, 1, d, 3, ringRows, 4);
    expect(bench.read(y, d)).toEqual(got.subarray(4 * d));
  });
});
