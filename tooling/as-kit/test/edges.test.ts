import { normals } from '@gossamer/testkit/random';
import { describe, expect, it } from 'vitest';
import { BF16, builds, F16, F32, type Host, Q8_32, Q8_ROW } from './host.ts';

const LENGTHS = [1, 2, 3, 4, 5, 7, 9, 17];

/** Runs `call` on arrays in the middle of the memory, then with each of them ending where the memory ends. */
function compare(host: Host, arrays: Float32Array[], call: (pointers: number[]) => number | undefined): void {
  const results = [-1, ...arrays.keys()].map((last) => {
    const pointers = arrays.map((data, i) => (i === last ? host.putLast(data) : host.put(data)));
    const value = call(pointers);
    const contents = arrays.map((data, i) => host.f32(pointers[i] as number, data.length));
    host.check();
    return { value, contents };
  });
  for (const result of results) expect(result).toEqual(results[0]);
}

describe.each(builds)('kernels at the end of the memory, $name', ({ host }) => {
  const { kernel } = host;

  it.each(['exp', 'sigmoid', 'logSigmoid', 'swish', 'add', 'bf16ToF32', 'f16ToF32', 'f32ToBf16', 'f32ToF16'] as const)(
    '%s reads and writes nothing behind its arrays',
    (name) => {
      for (const n of LENGTHS) {
        compare(host, [normals(n, n), normals(n + 1, n)], ([x, y]) => {
          // A 16-bit array has half the length, so it is put at the end of its f32 array.
          const skip = n * 2;
          const from = (name === 'bf16ToF32' || name === 'f16ToF32' ? skip : 0) + (x as number);
          const to = (name === 'f32ToBf16' || name === 'f32ToF16' ? skip : 0) + (y as number);
          kernel[name](from, to, n);
          return undefined;
        });
      }
    },
  );

  it('swishMul, scale, softmax and the norms read and write nothing behind their arrays', () => {
    for (const n of LENGTHS) {
      const arrays = [normals(n, n), normals(n + 1, n), normals(n + 2, n), normals(n + 3, n)];
      for (const call of [
        ([a, b, , y]: number[]) => kernel.swishMul(a as number, b as number, y as number, n),
        ([a, , , y]: number[]) => kernel.scale(a as number, 3, y as number, n),
        ([a, , , y]: number[]) => kernel.softmax(a as number, y as number, 1, n),
        ([a, b, , y]: number[]) => kernel.rmsNorm(a as number, b as number, y as number, 1, n, 1e-5),
        ([a, b, c, y]: number[]) => kernel.groupNorm(a as number, b as number, c as number, y as number, 1, 1, n, 1e-5),
      ]) {
        compare(host, arrays, (pointers) => {
          call(pointers);
          return undefined;
        });
      }
    }
  });

  it('the reductions read nothing behind their arrays', () => {
    for (const n of LENGTHS) {
      const arrays = [normals(n, n), normals(n + 1, n)];
      for (const name of ['sum', 'maxOf', 'argmax', 'logSumExp'] as const) {
        compare(host, arrays, ([x]) => kernel[name](x as number, n));
      }
      compare(host, arrays, ([x, y]) => kernel.dot(x as number, y as number, n));
    }
  });

  it('packRows and unpackRow read and write nothing behind their arrays', () => {
    for (const type of [F32, BF16, F16, Q8_ROW, Q8_32]) {
      for (const [n, k] of [
        [1, 1],
        [3, 5],
        [8, 3],
        [9, 34],
      ] as const) {
        const packed = new Float32Array(kernel.matrixBytes(type, n, k) / 4);
        compare(host, [normals(n, n * k), packed, new Float32Array(k)], ([src, w, out]) => {
          kernel.packRows(src as number, F32, w as number, type, 0, n, n, k);
          kernel.unpackRow(w as number, type, n, k, n - 1, out as number);
          return undefined;
        });
      }
    }
  });
});
