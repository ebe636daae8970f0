import { kernelVariants } from '@gossamer/testkit/kernels';
import { normals } from '@gossamer/testkit/random';
import { describe, expect, it } from 'vitest';
import { compile } from '../bench/compile.ts';
import { builds, F32, Q8_32, Q8_ROW } from './host.ts';

type Dot = (...args: number[]) => void;
type Forms = Record<'fourTokensDirect' | 'fourTokensSplit' | 'oneTokenDirect' | 'oneTokenSplit', Dot>;

// matmul takes one of the two forms, the faster on this host; both must be right on every host.
describe.each(kernelVariants().filter((variant) => variant === 'relaxed'))('int8 dots, %s', (variant) => {
  it.each([
    ['per row', Q8_ROW],
    ['per 32 columns', Q8_32],
  ])('give the same bits as one instruction and as three, scales %s', async (_name, type) => {
    const host = builds.find(({ name }) => name === variant)?.host;
    if (!host) throw new Error(`no build named ${variant}`);
    const { kernel } = host;
    const forms = host.attach(await compile('assembly/int8-relaxed.ts', variant)) as unknown as Forms;
    const [m, n, k] = [4, 8, 96];
    const w = host.alloc(kernel.matrixBytes(type, n, k));
    kernel.packRows(host.put(normals(1, n * k)), F32, w, type, 0, n, n, k);
    const x = host.put(normals(2, m * k));
    const q = host.alloc(kernel.matmulScratchBytes(type, m, k));
    kernel.matmulPrepare(x, type, m, k, q);
    const y = host.alloc(m * n * 4);
    kernel.matmul(w, type, x, y, m, n, k, n, 0, 1, 0, q);
    const want = host.f32(y, m * n);
    const [span, tokenBytes] = [type === Q8_ROW ? k : 32, 2 * k];
    const scaleBytes = (k / span) * 4;
    const scale = q + m * tokenBytes;
    for (const form of ['Direct', 'Split'] as const) {
      const out = host.alloc(m * n * 4);
      forms[`fourTokens${form}`](w, q, tokenBytes, scale, scaleBytes, out, n * 4, span, k, 8, 0);
      expect(host.f32(out, m * n)).toEqual(want);
      const row = host.alloc(n * 4);
      forms[`oneToken${form}`](w, q + tokenBytes, scale + scaleBytes, row, span, k, 8, 0);
      expect(host.f32(row, n)).toEqual(want.slice(n, 2 * n));
    }
    host.check();
  });
});
