import type { ByteSource, Folder, Progress } from '@gossamer/kit/bytes';
import { readText } from '@gossamer/kit/bytes';
import { show } from '@gossamer/kit/errors';
import { GGML } from '@gossamer/kit/gguf';
import { readSafetensorsHeader, readSafetensorsIndex } from '@gossamer/kit/safetensors';
import { loadTokenizer } from '@gossamer/kit/tokenizer';
import { fail, Lfm2Error } from '../errors.ts';
import { closeAll, type OpenModel, planMoves, type StoredTensor } from './checkpoint.ts';
import { configFromJson, parseObject, tokenIds } from './config-json.ts';
import { modelParameters } from './parameters.ts';
import { ProgressSum } from './progress.ts';

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

/** Largest files that are read: a config is a few kB, a tokenizer of 250,000 entries about 20 MB. */
const SMALL = 2 ** 20;
const LARGE = 2 ** 26;

/** Element types of safetensors files that are read, by the number that GGUF gives them. */
const TYPES: ReadonlyMap<string, number> = new Map([
  ['F32', GGML.F32],
  ['F16', GGML.F16],
  ['BF16', GGML.BF16],
]);

/**
 * Opens a checkpoint of `transformers` and reads everything but its weights.
 *
 * @throws `bad-file`, `unsupported`, `not-found`
 */
export async function openCheckpoint(folder: Folder, onProgress?: (progress: Progress) => void): Promise<OpenModel> {
  const configText = await readSmall(folder, 'config.json', SMALL);
  if (configText === undefined) throw fail('not-found', 'checkpoint: expected config.json, found none');
  const config = configFromJson(configText);
  const tokenizerText = await readSmall(folder, 'tokenizer.json', LARGE);
  const tokenizer = tokenizerText === undefined ? undefined : loadTokenizer(tokenizerText, fail);
  if (tokenizer !== undefined && tokenizer.vocabSize > config.vocabSize) {
    const got = `${tokenizer.vocabSize} tokens`;
    throw fail('bad-file', `tokenizer.json: expected at most vocab_size = ${config.vocabSize}, got ${got}`);
  }
  const chatTemplate = (await readSmall(folder, 'chat_template.jinja', SMALL)) ?? (await templateOf(folder));
  const generation = await readSmall(folder, 'generation_config.json', SMALL);
  const eosTokenIds =
    generation === undefined
      ? tokenIds(parseObject(configText, 'config.json'), 'eos_token_id', config.vocabSize, 'config.json')
      : tokenIds(
          parseObject(generation, 'generation_config.json'),
          'eos_token_id',
          config.vocabSize,
          'generation_config.json',
        );
  const sources = new Map<string, ByteSource>();
  try {
    const progress = new ProgressSum(sources, onProgress);
    const open = async (file: string): Promise<ByteSource> => {
      const source = await folder.openFile(file, { onProgress: progress.of(file) });
      sources.set(file, source);
      return source;
    };
    const ends = new Map<string, number>();
    const tensors = await readHeaders(folder, open, ends);
    // A tied model may carry its embedding a second time.
    const ignored = config.tieWordEmbeddings ? ['lm_head.weight'] : [];
    const moves = planMoves(modelParameters(config), tensors, ({ name }) => [name], ignored);
    const [bosTokenId] = tokenIds(
      parseObject(configText, 'config.json'),
      'bos_token_id',
      config.vocabSize,
      'config.json',
    );
    return { config, tokenizer, chatTemplate, bosTokenId, eosTokenIds, moves, sources, ends };
  } catch (error) {
    await closeAll(sources);
    throw error;
  }
}

/** A folder's small text file; undefined when there is none. */
async function readSmall(folder: Folder, name: string, limit: number): Promise<string | undefined> {
  const source = await unlessMissing(folder.openFile(name));
  if (source === undefined) return undefined;
  try {
    return await readText(source, name, limit, fail);
  } finally {
    await source.close();
  }
}

async function unlessMissing<T>(opening: Promise<T>): Promise<T | undefined> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof Lfm2Error && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** The template in `tokenizer_config.json`: a string, or the one called default of a list. */
async function templateOf(folder: Folder): Promise<string | undefined> {
  const text = await readSmall(folder, 'tokenizer_config.json', LARGE);
  if (text === undefined) return undefined;
  const { chat_template: template } = parseObject(text, 'tokenizer_config.json');
  if (template == null || typeof template === 'string') return template ?? undefined;
  const named = Array.isArray(template) ? template.find((entry) => entry?.name === 'default') : undefined;
  if (typeof named?.template === 'string') return named.template;
  throw fail('bad-file', `tokenizer_config.json: chat_template: expected a string, got ${show(template)}`);
}

async function readHeaders(
  folder: Folder,
  open: (file: string) => Promise<ByteSource>,
  ends: Map<string, number>,
): Promise<Map<string, StoredTensor>> {
  const single = await unlessMissing(open(SINGLE));
  if (single !== undefined) return locate(SINGLE, single, ends);
  const text = await readSmall(folder, INDEX, LARGE);
  if (text === undefined) throw fail('not-found', `checkpoint: expected ${SINGLE} or ${INDEX}, found neither`);
  const weightMap = readSafetensorsIndex(text, INDEX, fail);
  const tensors = new Map<string, StoredTensor>();
  for (const file of new Set(weightMap.values())) {
    for (const [name, tensor] of await locate(file, await open(file), ends)) {
      if (weightMap.get(name) !== file) {
        throw fail('bad-file', `${file}: tensor ${show(name)} is not there according to ${INDEX}`);
      }
      tensors.set(name, tensor);
    }
  }
  for (const [name, file] of weightMap) {
    if (!tensors.has(name)) throw fail('bad-file', `${file}: expected tensor ${show(name)} of ${INDEX}`);
  }
  return tensors;
}

async function locate(file: string, source: ByteSource, ends: Map<string, number>): Promise<Map<string, StoredTensor>> {
  const { tensors, fileSize } = await readSafetensorsHeader(source, file, fail);
  ends.set(file, fileSize);
  const located = new Map<string, StoredTensor>();
  for (const [name, { dtype, shape, begin, end }] of tensors) {
    const type = TYPES.get(dtype);
    if (type === undefined) {
      throw fail('unsupported', `${file}: ${name}: expected a type of ${[...TYPES.keys()].join(', ')}, got ${dtype}`);
    }
    located.set(name, { file, type, shape, begin, end });
  }
  return located;
}
