import { ggmlType } from '@gossamer/kit/gguf';
import { kernelSizer, type VariantOption } from '../instance.ts';
import { closeAll } from './checkpoint.ts';
import type { Lfm2Config } from './config.ts';
import { bytesNeeded } from './needs.ts';
import { type ModelInput, type OpenOptions, openModel } from './open.ts';
import { type CacheType, sequenceShape } from './sequence.ts';

/** What a model's files say, without the weights. */
export interface ModelFacts {
  readonly config: Lfm2Config;
  /** Number of weights. */
  readonly parameters: number;
  /** How many tensors, weights and bytes of each element type there are, the largest first. */
  readonly types: readonly TypeFacts[];
  /** Bytes of wasm memory that a load takes. */
  readonly memoryBytes: number;
  /** Bytes that each token of a text takes, by the form of the cache; in steps of 64 tokens. */
  readonly bytesPerToken: Readonly<Record<CacheType, number>>;
  /** Size of the tokenizer's vocabulary; undefined when there is none. */
  readonly tokens: number | undefined;
  readonly chatTemplate: string | undefined;
  readonly eosTokenIds: readonly number[];
}

/** The tensors of one element type. */
export interface TypeFacts {
  readonly type: string;
  readonly tensors: number;
  readonly weights: number;
  readonly bytes: number;
}

/**
 * Reads what a model's files say of it; of a URL only their beginnings are fetched.
 *
 * @throws as {@link Lfm2Model.load}.
 */
export async function inspectModel(
  source: ModelInput,
  options: OpenOptions & { readonly variant?: VariantOption | undefined } = {},
): Promise<ModelFacts> {
  const { kernel } = kernelSizer(options.variant);
  const open = await openModel(source, options);
  await closeAll(open.sources);
  const { config, tokenizer, chatTemplate, eosTokenIds, moves } = open;
  const types = new Map<string, TypeFacts>();
  for (const { tensor } of moves) {
    const type = ggmlType(tensor.type)?.name ?? `type ${tensor.type}`;
    const { tensors = 0, weights = 0, bytes = 0 } = types.get(type) ?? {};
    const size = tensor.shape.reduce((product, extent) => product * extent, 1);
    const more = { tensors: tensors + 1, weights: weights + size, bytes: bytes + tensor.end - tensor.begin };
    types.set(type, { type, ...more });
  }
  const all = [...types.values()].sort((a, b) => b.bytes - a.bytes);
  const perToken = (cache: CacheType) => sequenceShape(kernel, config, cache, 1).pageBytes / 64;
  return {
    config,
    parameters: all.reduce((sum, { weights }) => sum + weights, 0),
    types: all,
    memoryBytes: bytesNeeded(kernel, open, 'stored'),
    bytesPerToken: { f32: perToken('f32'), f16: perToken('f16'), q8: perToken('q8') },
    tokens: tokenizer?.vocabSize,
    chatTemplate,
    eosTokenIds,
  };
}
