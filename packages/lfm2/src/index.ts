export type { FolderInput, Progress, SourceInput } from '@gossamer/kit/bytes';
export type {
  DryOptions,
  SamplerChainOptions,
  SamplerPreset,
  SamplerStage,
  TokenLogProb,
} from '@gossamer/kit/sampler-chain';
export type { DecodeOptions, EncodeOptions, Tokenizer } from '@gossamer/kit/tokenizer';
export { type AnswerStep, type ChatOptions, Lfm2Chat } from './chat/chat.ts';
export type { ChatMessage, JsonValue, ToolCall, ToolDefinition } from './chat/types.ts';
export { Lfm2Error, type Lfm2ErrorCode } from './errors.ts';
export type { KernelVariant, VariantOption } from './instance.ts';
export type { LayerType, Lfm2Config } from './model/config.ts';
export type { Conversion } from './model/conversions.ts';
export type { GenerateOptions, GenerateStep } from './model/generate.ts';
export { hfUrl } from './model/hf.ts';
export type { TextInput } from './model/input.ts';
export { inspectModel, type ModelFacts, type TypeFacts } from './model/inspect.ts';
export { Lfm2Model, type LoadOptions, type Score } from './model/model.ts';
export type { ModelInput } from './model/open.ts';
export type { CacheType } from './model/sequence.ts';
export { Lfm2Session, type PrefillOptions, type PrefillProgress } from './model/session.ts';
export type { WeightStorage } from './model/storage.ts';
