import type { GgufFail } from './cursor.ts';
import type { GgufFile, GgufTensor } from './header.ts';
import { metadataCount } from './metadata.ts';

const PART = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/i;
const MAX_PARTS = 10_000;

/** The names of all parts of a split file, by the name of one of them; undefined when it is not one. */
export function splitNames(name: string): string[] | undefined {
  const [, stem, , digits] = PART.exec(name) ?? [];
  const parts = Number(digits);
  if (stem === undefined || !(parts >= 1 && parts <= MAX_PARTS)) return undefined;
  const number = (i: number) => String(i).padStart(5, '0');
  return Array.from({ length: parts }, (_, i) => `${stem}-${number(i + 1)}-of-${number(parts)}.gguf`);
}

/** A tensor and the part that it is in. */
export interface PartTensor extends GgufTensor {
  readonly file: string;
}

/**
 * The tensors of all parts of a file, after what the parts say of each other was checked.
 *
 * @param parts by name, in order; one that is not split is one part.
 * @throws `bad-file`
 */
export function mergeSplits(parts: ReadonlyMap<string, GgufFile>, fail: GgufFail): Map<string, PartTensor> {
  const tensors = new Map<string, PartTensor>();
  let at = 0;
  let total: number | undefined;
  for (const [file, { metadata, tensors: own }] of parts) {
    const reader = { metadata, name: file, fail };
    const expected = { 'split.no': at++, 'split.count': parts.size } as const;
    for (const [key, want] of Object.entries(expected)) {
      const got = metadataCount(reader, key);
      // A file of one part need not say so, and one that says 0 parts is not split.
      if (parts.size === 1 ? got !== undefined && got > want : got !== want) {
        throw fail('bad-file', `${file}: ${key}: expected ${want}, got ${got}`);
      }
    }
    total ??= metadataCount(reader, 'split.tensors.count');
    for (const [name, tensor] of own) {
      if (tensors.has(name)) throw fail('bad-file', `${file}: tensor ${name}: expected it in one part only`);
      tensors.set(name, { ...tensor, file });
    }
  }
  if (parts.size > 1 && total !== undefined && total !== tensors.size) {
    throw fail('bad-file', `split.tensors.count: expected ${tensors.size}, the tensors of all parts, got ${total}`);
  }
  return tensors;
}
