import { expect, it } from 'vitest';
import { latticePoints, QmcError } from '../src/index.ts';
import { coreMemory } from '../src/instance.ts';

const PAGE = 65536;

it('a hundred thousand calls leave the memory as it was', () => {
  const request = { dimension: 3, vector: Uint32Array.of(1, 3, 5), end: 2 };
  const out = new Float64Array(6);
  latticePoints(request, out);
  const before = coreMemory().buffer.byteLength;
  for (let call = 0; call < 100_000; call++) latticePoints(request, out);
  expect(coreMemory().buffer.byteLength).toBe(before);
});

it('a million points need no more memory than a block of them', () => {
  const before = coreMemory().buffer.byteLength;
  latticePoints({ dimension: 3, vector: Uint32Array.of(1, 3, 5), end: 1_000_000 });
  expect(coreMemory().buffer.byteLength - before).toBeLessThan(4 * PAGE);
});

it('what the core has no room for is refused, and the next call works', () => {
  const memory = coreMemory();
  fillUp(memory); // the core cannot grow any more
  const dimension = 1_000_000;
  const call = (): unknown => latticePoints({ dimension, vector: new Uint32Array(dimension), end: 1 });
  expect(call).toThrow(QmcError);
  expect(call).toThrow(
    expect.objectContaining({ code: 'out-of-memory', message: 'vector: no room for 4000000 bytes' }),
  );
  expect([...latticePoints({ dimension: 1, vector: Uint32Array.of(1), start: 1, end: 3 })]).toEqual([0.5, 0.25]);
});

/** Grows a memory as far as the host lets it; untouched pages cost the host nothing. */
function fillUp(memory: WebAssembly.Memory): void {
  for (let pages = 65536; pages >= 1; pages = Math.floor(pages / 2)) {
    while (memory.buffer.byteLength / PAGE + pages <= 65536) {
      try {
        memory.grow(pages);
      } catch (refusal) {
        expect(refusal).toBeInstanceOf(RangeError);
        break;
      }
    }
  }
}
