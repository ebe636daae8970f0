import { expect } from 'vitest';

/** Bytes of a page of WebAssembly memory. */
export const PAGE = 65536;

/** Grows a memory as far as the host lets it; untouched pages cost the host nothing. */
export function fillUp(memory: WebAssembly.Memory): void {
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
