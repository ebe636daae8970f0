import { expect, it } from 'vitest';
import { GaussianProcess, Gram, QmcError, Sobol } from '../src/index.ts';
import { coreMemory } from '../src/instance.ts';
import { fillUp } from './full-memory.ts';
import { data, lattice } from './group-points.ts';

const points = new Sobol({ dimension: 2, seed: 1 });
const [n, y] = [1024, data(1024)];

it('thousands of systems and fits, ended ones too, leave the memory as it was', async () => {
  const work = async (): Promise<void> => {
    const gram = new Gram({ points, n, kernel: { type: 'digital', alpha: 1 } });
    gram.solve(
      gram
        .double()
        .multiply(data(2 * n))
        .subarray(0, n),
    );
    const options = { points, n, y, kernel: { type: 'digital', alpha: 1 } } as const;
    const process = GaussianProcess.fitSync({ ...options, fit: { iterations: 2 } });
    process.sample(Float64Array.of(0.1, 0.2, 0.3, 0.4), 2, 1);
    const stop = (): void => {
      throw new Error('enough');
    };
    await expect(GaussianProcess.fit(options, { onProgress: stop })).rejects.toThrow('enough');
  };
  await work();
  const before = coreMemory().buffer.byteLength;
  for (let round = 0; round < 300; round++) await work();
  expect(coreMemory().buffer.byteLength).toBe(before);
});

it('what the core has no room for is refused, and the next call works', () => {
  fillUp(coreMemory());
  const large = (): unknown => new Gram({ points: lattice(1), n: 2 ** 22, kernel: { type: 'shift-invariant' } });
  expect(large).toThrow(QmcError);
  expect(large).toThrow(expect.objectContaining({ code: 'out-of-memory' }));
  expect(new Gram({ points: lattice(1), n: 2, kernel: { type: 'shift-invariant' } }).eigenvalues).toHaveLength(2);
});
