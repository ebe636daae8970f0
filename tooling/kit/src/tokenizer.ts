export type { GgufTokenizer, GgufTokenizerData } from './tokenizer/gguf.ts';
export { loadGgufTokenizer } from './tokenizer/gguf.ts';
export type { DecodeOptions, EncodeOptions, StreamDecoder, Tokenizer } from './tokenizer/tokenizer.ts';
export { loadTokenizer } from './tokenizer/tokenizer-file.ts';
