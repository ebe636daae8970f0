import { type ByteSource, type Folder, openSource, type Progress, type SourceInput } from '@gossamer/kit/bytes';
import { show } from '@gossamer/kit/errors';
import {
  type GgufFile,
  type MetadataReader,
  mergeSplits,
  metadataCount,
  metadataCounts,
  metadataFlag,
  metadataNumber,
  metadataString,
  readGguf,
  splitNames,
} from '@gossamer/kit/gguf';
import { type GgufTokenizer, loadGgufTokenizer } from '@gossamer/kit/tokenizer';
import { fail } from '../errors.ts';
import { closeAll, type OpenModel, planMoves } from './checkpoint.ts';
import { checkConfig, type LayerType, type Lfm2Config } from './config.ts';
import type { OpenOptions } from './open.ts';
import { modelParameters } from './parameters.ts';
import { ProgressSum } from './progress.ts';

/**
 * Opens a GGUF file of a folder, all parts where it is split, and reads everything but the weights.
 *
 * @throws `bad-file`, `unsupported`, `not-found`
 */
export async function openGgufFolder(
  folder: Folder,
  name: string,
  onProgress?: (progress: Progress) => void,
): Promise<OpenModel> {
  const sources = new Map<string, ByteSource>();
  const progress = new ProgressSum(sources, onProgress);
  try {
    const parts = new Map<string, GgufFile>();
    for (const file of splitNames(name) ?? [name]) {
      const source = await folder.openFile(file, { onProgress: progress.of(file) });
      sources.set(file, source);
      parts.set(file, await readGguf(source, file, fail));
    }
    return openParts(parts);
  } catch (error) {
    await closeAll(sources);
    throw error;
  }
}

/** As {@link openGgufFolder}, of one file that has no name. */
export async function openGgufSource(input: SourceInput, options: OpenOptions): Promise<OpenModel> {
  const source = await openSource(input, fail, options);
  try {
    return openParts(new Map([['model.gguf', await readGguf(source, 'model.gguf', fail)]]));
  } catch (error) {
    await source.close();
    throw error;
  }
}

function openParts(parts: ReadonlyMap<string, GgufFile>): OpenModel {
  const tensors = mergeSplits(parts, fail);
  const [[name, { metadata }]] = parts as Iterable<[string, GgufFile]> as [[string, GgufFile]];
  const reader: MetadataReader = { metadata, name, fail };
  const architecture = metadataString(reader, 'general.architecture');
  if (architecture !== 'lfm2') {
    throw fail('unsupported', `${name}: general.architecture: expected lfm2, got ${show(architecture)}`);
  }
  const vocabulary = tensors.get('token_embd.weight')?.shape[0];
  const config = configFromGguf(reader, vocabulary, tensors.has('output.weight'));
  const tokenizer = tokenizerFromGguf(reader);
  if (tokenizer !== undefined && tokenizer.vocabSize > config.vocabSize) {
    const got = `${tokenizer.vocabSize} tokens`;
    throw fail(
      'bad-file',
      `${name}: tokenizer: expected at most ${config.vocabSize} tokens, the rows of the embedding, got ${got}`,
    );
  }
  const files = new Map([...parts].map(([file, { source }]) => [file, source]));
  return {
    config,
    tokenizer,
    chatTemplate: metadataString(reader, 'tokenizer.chat_template'),
    bosTokenId: tokenizer?.bosId,
    eosTokenIds: tokenizer?.stopIds ?? [],
    moves: planMoves(modelParameters(config), tensors, ({ gguf }) => gguf, []),
    sources: files,
    ends: new Map(), // a GGUF file may be padded behind its last tensor
  };
}

/** The keys of llama.cpp's converter. `feed_forward_length` is final: no rule is applied to it. */
function configFromGguf(reader: MetadataReader, vocabulary: number | undefined, untied: boolean): Lfm2Config {
  const { name } = reader;
  const need = <T>(key: string, value: T | undefined): T => {
    if (value === undefined) throw fail('bad-file', `${name}: lfm2.${key}: expected a value, got none`);
    return value;
  };
  const count = (key: string) => metadataCount(reader, `lfm2.${key}`, 1);
  const layers = need('block_count', count('block_count'));
  if (layers > 1024) throw fail('bad-file', `${name}: lfm2.block_count: expected at most 1024, got ${layers}`);
  const hiddenSize = need('embedding_length', count('embedding_length'));
  const heads = need('attention.head_count', scalar(reader, 'lfm2.attention.head_count', layers));
  const kvCounts = perLayer(reader, 'lfm2.attention.head_count_kv', layers);
  const kvHeads = kvCounts.find((value) => value > 0) ?? heads;
  const uneven = kvCounts.find((value) => value !== 0 && value !== kvHeads);
  if (uneven !== undefined) {
    throw fail(
      'unsupported',
      `${name}: lfm2.attention.head_count_kv: expected 0 or ${kvHeads} everywhere, got ${uneven}`,
    );
  }
  if (metadataFlag(reader, 'lfm2.attention.causal') === false) {
    throw fail('unsupported', `${name}: lfm2.attention.causal: expected a causal model, got an encoder`);
  }
  const headDim = metadataCount(reader, 'lfm2.attention.key_length', 1) ?? hiddenSize / heads;
  const turning = metadataCount(reader, 'lfm2.rope.dimension_count') ?? headDim;
  if (turning !== headDim) {
    throw fail(
      'unsupported',
      `${name}: lfm2.rope.dimension_count: expected ${headDim}, the size of a head, got ${turning}`,
    );
  }
  const vocabSize = vocabulary ?? need('vocab_size', count('vocab_size'));
  return checkConfig(
    {
      vocabSize,
      hiddenSize,
      intermediateSize: need('feed_forward_length', scalar(reader, 'lfm2.feed_forward_length', layers)),
      heads,
      kvHeads,
      headDim,
      layerTypes: kvCounts.map((value): LayerType => (value > 0 ? 'attention' : 'conv')),
      convLength: need('shortconv.l_cache', count('shortconv.l_cache')),
      convBias: false,
      normEps: need(
        'attention.layer_norm_rms_epsilon',
        metadataNumber(reader, 'lfm2.attention.layer_norm_rms_epsilon'),
      ),
      ropeTheta: metadataNumber(reader, 'lfm2.rope.freq_base') ?? 10_000,
      contextLength: count('context_length') ?? 128_000,
      tieWordEmbeddings: !untied,
    },
    name,
  );
}

/** A count for every layer; one number stands for all. */
function perLayer(reader: MetadataReader, key: string, layers: number): number[] {
  const value = reader.metadata.get(key);
  if (typeof value === 'number') return Array<number>(layers).fill(metadataCount(reader, key) as number);
  const counts = metadataCounts(reader, key);
  if (counts?.length !== layers) {
    throw fail(
      'bad-file',
      `${reader.name}: ${key}: expected ${layers} numbers, one per layer, got ${counts?.length ?? 'none'}`,
    );
  }
  return counts;
}

/** A count that is the same for every layer. */
function scalar(reader: MetadataReader, key: string, layers: number): number | undefined {
  if (!reader.metadata.has(key)) return undefined;
  const [first, ...others] = perLayer(reader, key, layers);
  if (others.some((other) => other !== first)) {
    throw fail('unsupported', `${reader.name}: ${key}: expected one number for all layers, got several`);
  }
  return first;
}

function tokenizerFromGguf({ metadata }: MetadataReader): GgufTokenizer | undefined {
  const key = (name: string) => metadata.get(`tokenizer.ggml.${name}`);
  if (key('tokens') === undefined) return undefined;
  return loadGgufTokenizer(
    {
      model: key('model'),
      pre: key('pre'),
      tokens: key('tokens'),
      tokenTypes: key('token_type'),
      merges: key('merges'),
      bosId: key('bos_token_id'),
      eosId: key('eos_token_id'),
      eotId: key('eot_token_id'),
      padId: key('padding_token_id'),
      addBos: key('add_bos_token'),
      addEos: key('add_eos_token'),
    },
    fail,
  );
}
