export type { DecodeOptions, EncodeOptions, StreamDecoder, Tokenizer } from './tokenizer/tokenizer.ts';
export { loadTokenizer } from './tokenizer/tokenizer.ts';
