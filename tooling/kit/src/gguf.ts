export { type GgufFile, type GgufTensor, readGguf } from './gguf/header.ts';
export {
  type MetadataReader,
  metadataCount,
  metadataCounts,
  metadataFlag,
  metadataNumber,
  metadataString,
  metadataStrings,
} from './gguf/metadata.ts';
export { mergeSplits, type PartTensor, splitNames } from './gguf/split.ts';
export { GGML, type GgmlType, ggmlType } from './gguf/types.ts';
export type { GgufArray, GgufMetadata, GgufValue } from './gguf/value.ts';
