import { expect, it } from 'vitest';
import { DigitalNet, Lattice, QmcError, Sobol } from '../src/index.ts';
import { coreMemory } from '../src/instance.ts';
import { fillUp, PAGE } from './full-memory.ts';

/** Made while there is room for it. Its points need more than making it did. */
const wide = new DigitalNet({ dimension: 1_000_000, columns: new BigUint64Array(2e6), bits: 2, randomize: 'none' });

it('a hundred thousand calls leave the memory as it was', () => {
  const lattice = new Lattice({ dimension: 3, vector: Uint32Array.of(1, 3, 5) });
  const out = new Float64Array(6);
  lattice.points({ end: 2 }, out);
  const before = coreMemory().buffer.byteLength;
  for (let call = 0; call < 100_000; call++) lattice.points({ end: 2 }, out);
  expect(coreMemory().buffer.byteLength).toBe(before);
});

it('a million points need no more memory than a block of them', () => {
  const before = coreMemory().buffer.byteLength;
  new Lattice({ dimension: 3, vector: Uint32Array.of(1, 3, 5) }).points({ end: 1_000_000 });
  expect(coreMemory().buffer.byteLength - before).toBeLessThan(4 * PAGE);
});

it('large ranges of a net need no more than one large block and its tables', () => {
  const before = coreMemory().buffer.byteLength;
  new Sobol({ dimension: 5, seed: 1 }).points({ end: 1_000_000 });
  expect(coreMemory().buffer.byteLength - before).toBeLessThan(20 * PAGE);
});

it('what the core has no room for is refused, and the next call works', () => {
  const dimension = 1_000_000;
  const lattice = new Lattice({ dimension, vector: new Uint32Array(dimension), randomize: 'none' });
  const small = new Lattice({ dimension: 1, vector: Uint32Array.of(1), randomize: 'none' });
  fillUp(coreMemory()); // the core cannot grow any more
  const call = (): unknown => lattice.points({ end: 1 });
  expect(call).toThrow(QmcError);
  expect(call).toThrow(
    expect.objectContaining({ code: 'out-of-memory', message: 'vector: no room for 4000000 bytes' }),
  );
  expect([...small.points({ start: 1, end: 3 })]).toEqual([0.5, 0.25]);
});

it('a net that the core has no room for is refused, and the next call works', () => {
  fillUp(coreMemory());
  for (const call of [() => wide.points({ end: 1 }), () => wide.integers({ end: 1 })]) {
    expect(call).toThrow(
      expect.objectContaining({
        code: 'out-of-memory',
        message: expect.stringMatching(/^\w+: no room for \d+ bytes$/),
      }),
    );
  }
  expect([...new Sobol({ dimension: 1, randomize: 'none' }).points({ start: 1, end: 3 })]).toEqual([0.5, 0.25]);
});

it('a scrambling tree that outgrows the core is refused on the way, and the next call works', () => {
  const net = new Sobol({ dimension: 1, seed: 7, randomize: 'owen-tree' });
  const first = net.points({ end: 4 });
  fillUp(coreMemory());
  const call = (): unknown => net.points({ start: 2 ** 20, end: 2 ** 20 + 1 });
  expect(call).toThrow(QmcError);
  expect(call).toThrow(
    expect.objectContaining({
      code: 'out-of-memory',
      message: expect.stringMatching(/^points: no room for \d+ bytes of a scrambling tree$/),
    }),
  );
  expect(net.points({ end: 4 })).toEqual(first);
});
