import { LANE_EDGES } from '@gossamer/testkit/lengths';
import { normals } from '@gossamer/testkit/random';
import { describe, expect, it } from 'vitest';
import { builds } from './host.ts';
import { bf16ToNumber, bitsOfF32, f16ToNumber, nearest16 } from './oracle.ts';

const every16 = Uint16Array.from({ length: 65536 }, (_, i) => i);

const FORMATS = [
  ['bf16', 'bf16ToF32', 'f32ToBf16', bf16ToNumber, 0x7f80],
  ['f16', 'f16ToF32', 'f32ToF16', f16ToNumber, 0x7c00],
] as const;

describe.each(builds)('conversions, $name', ({ host }) => {
  it.each(FORMATS)('%s widens exactly: every bit pattern', (_name, widen, _narrow, decode) => {
    const y = host.alloc(65536 * 4);
    host.kernel[widen](host.put(every16), y, 65536);
    const got = host.f32(y, 65536);
    every16.forEach((bits) => {
      const want = decode(bits);
      if (!Object.is(got[bits], want)) expect.fail(`0x${bits.toString(16)}: got ${got[bits]}, want ${want}`);
    });
    host.check();
  });

  it.each(FORMATS)(
    '%s survives the way to f32 and back: every bit pattern but signalling NaN',
    (_name, widen, narrow) => {
      const wide = host.alloc(65536 * 4);
      const back = host.alloc(65536 * 2);
      host.kernel[widen](host.put(every16), wide, 65536);
      host.kernel[narrow](wide, back, 65536);
      const numbers = host.f32(wide, 65536);
      const bits = host.u16(back, 65536);
      every16.forEach((want) => {
        const number = numbers[want] as number;
        if (Number.isNaN(number) ? bits[want] === undefined : bits[want] !== want)
          expect.fail(`0x${want.toString(16)}`);
      });
      host.kernel[widen](back, wide, 65536);
      expect(host.f32(wide, 65536)).toEqual(numbers);
      host.check();
    },
  );

  it.each(FORMATS)('f32 narrows to the nearest %s, ties to even', (_name, _widen, narrow, decode, infinity) => {
    const values = [
      0,
      -0,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      65519.99,
      65520,
      1e9,
      3.4e38,
      1e-45,
      -1e-8,
    ];
    for (let bits = 0; bits < infinity - 1; bits += 7) {
      const [low, high] = [decode(bits), decode(bits + 1)];
      const middle = (low + high) / 2;
      values.push(low, middle, middle + (high - low) / 1000, -middle + (high - low) / 1000);
    }
    const x = Float32Array.from(values);
    const y = host.alloc(x.length * 2);
    host.kernel[narrow](host.put(x), y, x.length);
    const got = host.u16(y, x.length);
    x.forEach((v, i) => {
      const want = nearest16(v, decode, infinity);
      if (got[i] !== want) expect.fail(`${v} (0x${bitsOfF32(v).toString(16)}): got ${got[i]}, want ${want}`);
    });
    host.check();
  });

  it.each(FORMATS)('%s treats the last elements as the others', (_name, widen, narrow) => {
    for (const n of [0, ...LANE_EDGES]) {
      const x = normals(7, n);
      const half = host.alloc(n * 2);
      const wide = host.alloc(n * 4);
      host.kernel[narrow](host.put(x), half, n);
      host.kernel[widen](half, wide, n);
      host.f32(wide, n).forEach((v, i) => {
        expect(Math.abs(v - (x[i] as number))).toBeLessThanOrEqual(2 ** -8 * Math.abs(x[i] as number));
      });
      host.check();
    }
  });
});
