import { show } from '../errors.ts';
import type { GgufFail } from './cursor.ts';
import type { GgufFile, GgufTensor } from './header.ts';
import { type MetadataReader, metadataCount } from './metadata.ts';

const PART = /^(.*)-(\d{5})-of-(\d{5})(\.gguf)$/is;
const MAX_PARTS = 10_000;

/** The names of all parts of a split file, by the name of one of them; undefined when it is not one. */
export function splitNames(name: string): string[] | undefined {
  const [, stem, own, digits, ending] = PART.exec(name) ?? [];
  const parts = Number(digits);
  if (!(Number(own) >= 1 && Number(own) <= parts && parts <= MAX_PARTS)) return undefined;
  return Array.from({ length: parts }, (_, i) => `${stem}-${String(i + 1).padStart(5, '0')}-of-${digits}${ending}`);
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
  for (const [file, { metadata, tensors: own }] of parts) {
    checkPart({ metadata, name: file, fail }, at++, parts.size);
    for (const [name, tensor] of own) {
      if (tensors.has(name)) throw fail('bad-file', `${file}: tensor ${show(name)}: expected it in one part only`);
      tensors.set(name, { ...tensor, file });
    }
  }
  for (const [file, { metadata }] of parts.size > 1 ? parts : []) {
    const total = metadataCount({ metadata, name: file, fail }, 'split.tensors.count') ?? tensors.size;
    if (total !== tensors.size) {
      const want = `${tensors.size}, the tensors of all parts`;
      throw fail('bad-file', `${file}: split.tensors.count: expected ${want}, got ${total}`);
    }
  }
  return tensors;
}

/** A file of one part need not say so, and one that says 0 parts is not split. */
function checkPart(reader: MetadataReader, index: number, parts: number): void {
  const { name, fail } = reader;
  const count = metadataCount(reader, 'split.count');
  if (parts === 1 ? count !== undefined && count > 1 : count !== parts) {
    const how = parts === 1 ? '; a file in parts is opened by a name such as model-00001-of-00002.gguf' : '';
    throw fail('bad-file', `${name}: split.count: expected ${parts}, got ${count}${how}`);
  }
  const number = metadataCount(reader, 'split.no');
  if (parts === 1 ? number !== undefined && number > 0 : number !== index) {
    throw fail('bad-file', `${name}: split.no: expected ${index}, got ${number}`);
  }
}
