import type { ByteSource } from '@gossamer/kit/bytes';
import { show } from '@gossamer/kit/errors';
import type { Tokenizer } from '@gossamer/kit/tokenizer';
import { fail } from '../errors.ts';
import type { Lfm2Config } from './config.ts';
import type { Parameter } from './parameters.ts';

/** A tensor of a model's files. */
export interface StoredTensor {
  readonly file: string;
  /** Number of the element type in GGUF; safetensors types have the same ones. */
  readonly type: number;
  /** As PyTorch writes it, rows first. */
  readonly shape: readonly number[];
  /** Offsets in the file. */
  readonly begin: number;
  readonly end: number;
}

/** A model's files, opened: everything but the weights is read. */
export interface OpenModel {
  readonly config: Lfm2Config;
  readonly tokenizer: Tokenizer | undefined;
  /** Jinja source of the chat template. */
  readonly chatTemplate: string | undefined;
  /** The token that begins a text. */
  readonly bosTokenId: number | undefined;
  /** Tokens that end an answer. */
  readonly eosTokenIds: readonly number[];
  readonly moves: readonly Move[];
  readonly sources: ReadonlyMap<string, ByteSource>;
  /** What is checked once the weights have been read: sources of unknown size may go on. */
  readonly ends: ReadonlyMap<string, number>;
}

/** A tensor that becomes a parameter. */
export interface Move {
  readonly parameter: Parameter;
  readonly tensor: StoredTensor;
  /** Name in the file. */
  readonly name: string;
}

/**
 * Matches parameters with tensors: every one there, in its shape, and nothing else.
 *
 * @param names the names that a parameter may have in these files.
 * @param ignored names that may be there beside them.
 * @throws `bad-file`
 */
export function planMoves(
  parameters: readonly Parameter[],
  tensors: ReadonlyMap<string, StoredTensor>,
  names: (parameter: Parameter) => readonly string[],
  ignored: readonly string[],
): Move[] {
  const unused = new Set(tensors.keys());
  for (const name of ignored) unused.delete(name);
  const missing: string[] = [];
  const moves: Move[] = [];
  for (const parameter of parameters) {
    const name = names(parameter).find((candidate) => tensors.has(candidate));
    if (name === undefined) {
      missing.push(names(parameter)[0] as string);
      continue;
    }
    unused.delete(name);
    const tensor = tensors.get(name) as StoredTensor;
    checkShape(parameter, tensor, name);
    moves.push({ parameter, tensor, name });
  }
  if (missing.length > 0) throw fail('bad-file', `model: missing tensors: ${list(missing)}`);
  if (unused.size > 0) throw fail('bad-file', `model: unexpected tensors: ${list([...unused])}`);
  return moves;
}

/** Dimensions of 1 may be left out: GGUF squeezes the convolution's middle axis. */
function checkShape({ shape }: Parameter, tensor: StoredTensor, name: string): void {
  const squeeze = (sizes: readonly number[]) => sizes.filter((size) => size !== 1).join('×');
  if (squeeze(shape) !== squeeze(tensor.shape)) {
    throw fail('bad-file', `${tensor.file}: ${name}: expected shape ${show(shape)}, got ${show(tensor.shape)}`);
  }
}

/** The beginning of a list of names, for a message. */
function list(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}

/** Gives the files of a model back. */
export async function closeAll(sources: ReadonlyMap<string, ByteSource>): Promise<void> {
  await Promise.all([...sources.values()].map((source) => source.close()));
}
