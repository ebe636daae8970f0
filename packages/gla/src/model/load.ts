import type { ByteSource, Folder, Progress, SourceOptions } from '@gossamer/kit/bytes';
import { readText } from '@gossamer/kit/bytes';
import { show } from '@gossamer/kit/errors';
import type { Arena } from '@gossamer/kit/memory';
import { readSafetensorsHeader, readSafetensorsIndex, type TensorEntry } from '@gossamer/kit/safetensors';
import type { Kernel } from '#wasm/simd';
import type { Allocator } from '../attention.ts';
import { fail, GlaError } from '../errors.ts';
import { type Matrix, matrixBytes, PANEL, STORAGE, type Storage } from '../matrix.ts';
import { type Parameter, type Placement, unfusedName } from '../weights.ts';

/** How matrices are kept: in the type of the file, or as int8 with one scale per row, or per row and 32 columns. */
export type WeightStorage = 'stored' | 'int8' | 'int8x32';

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

/** Largest index that is read; a model of 100,000 tensors needs a tenth of it. */
const INDEX_LIMIT = 2 ** 26;

/** Bytes read per step, at least; whole panels of rows. */
const STAGING = 2 ** 22;

/** File types that weights may have, and how they are kept. */
const FLOATS: Record<string, { readonly storage: Storage; readonly bytes: number }> = {
  F32: { storage: 'f32', bytes: 4 },
  BF16: { storage: 'bf16', bytes: 2 },
  F16: { storage: 'f16', bytes: 2 },
};

/** A tensor of a checkpoint and the file it is in. */
interface Located extends TensorEntry {
  readonly file: string;
  readonly fileSize: number;
}

/** Rows of a tensor that become a parameter. */
interface Move {
  readonly parameter: Parameter;
  readonly tensor: Located;
  readonly name: string;
  /** First row, in rows of the parameter. */
  readonly row: number;
}

/** The weights of a checkpoint: where they are, before any is read. */
export interface Checkpoint {
  readonly moves: readonly Move[];
  readonly sources: ReadonlyMap<string, ByteSource>;
}

/** A folder's small text file; undefined when there is none. */
export async function readTextFile(folder: Folder, name: string, limit: number): Promise<string | undefined> {
  let source: ByteSource;
  try {
    source = await folder.openFile(name);
  } catch (error) {
    if (error instanceof GlaError && error.code === 'not-found') return undefined;
    throw error;
  }
  try {
    return await readText(source, name, limit, fail);
  } finally {
    await source.close();
  }
}

/**
 * Opens a checkpoint, single or sharded, and checks its headers against the parameters that the model needs: every one
 * there, in its shape and a type we read, and nothing else.
 */
export async function openCheckpoint(
  folder: Folder,
  parameters: readonly Parameter[],
  onProgress?: (progress: Progress) => void,
): Promise<Checkpoint> {
  const sources = new Map<string, ByteSource>();
  const loaded = new Map<string, number>();
  const open = async (file: string): Promise<ByteSource> => {
    const report: SourceOptions = {
      onProgress: (progress) => {
        loaded.set(file, progress.loaded);
        onProgress?.(sum(loaded, sources));
      },
    };
    const source = await folder.openFile(file, report);
    sources.set(file, source);
    return source;
  };
  try {
    const tensors = await readHeaders(folder, open);
    return { moves: plan(parameters, tensors), sources };
  } catch (error) {
    await closeAll(sources);
    throw error;
  }
}

/** Gives back the files of a checkpoint. */
export async function closeAll(sources: ReadonlyMap<string, ByteSource>): Promise<void> {
  await Promise.all([...sources.values()].map((source) => source.close()));
}

function sum(loaded: ReadonlyMap<string, number>, sources: ReadonlyMap<string, ByteSource>): Progress {
  let total: number | undefined = 0;
  for (const { size } of sources.values()) total = size === undefined || total === undefined ? undefined : total + size;
  let done = 0;
  for (const bytes of loaded.values()) done += bytes;
  return { loaded: done, total };
}

async function readHeaders(folder: Folder, open: (file: string) => Promise<ByteSource>): Promise<Map<string, Located>> {
  let single: ByteSource | undefined;
  try {
    single = await open(SINGLE);
  } catch (error) {
    if (!(error instanceof GlaError && error.code === 'not-found')) throw error;
  }
  if (single !== undefined) return locate(SINGLE, single);
  const text = await readTextFile(folder, INDEX, INDEX_LIMIT);
  if (text === undefined) throw new GlaError('not-found', `checkpoint: expected ${SINGLE} or ${INDEX}, found neither`);
  const weightMap = readSafetensorsIndex(text, INDEX, fail);
  const tensors = new Map<string, Located>();
  for (const file of new Set(weightMap.values())) {
    for (const [name, tensor] of await locate(file, await open(file))) {
      if (weightMap.get(name) !== file) {
        throw new GlaError('bad-file', `${file}: tensor ${show(name)} is not there according to ${INDEX}`);
      }
      tensors.set(name, tensor);
    }
  }
  for (const [name, file] of weightMap) {
    if (!tensors.has(name)) throw new GlaError('bad-file', `${file}: expected tensor ${show(name)} of ${INDEX}`);
  }
  return tensors;
}

async function locate(file: string, source: ByteSource): Promise<Map<string, Located>> {
  const { tensors, fileSize } = await readSafetensorsHeader(source, file, fail);
  const located = new Map<string, Located>();
  for (const [name, tensor] of tensors) located.set(name, { ...tensor, file, fileSize });
  return located;
}

/**
 * Matches parameters with tensors. Three layouts have other names for the same thing: before fla commit c23f304f the MLP's
 * `gate_proj` held the up projection in its lower half, an unfused norm is called `g_norm`, and a tied model may carry its
 * embeddings a second time as `lm_head`.
 */
function plan(parameters: readonly Parameter[], tensors: ReadonlyMap<string, Located>): Move[] {
  const unused = new Set(tensors.keys());
  const missing: string[] = [];
  const moves: Move[] = [];
  const known = new Set(parameters.map(({ name }) => name));
  if (!known.has('lm_head.weight')) unused.delete('lm_head.weight');
  for (const parameter of parameters) {
    const found = find(parameter, tensors);
    if (found === undefined) {
      missing.push(parameter.name);
      continue;
    }
    unused.delete(found.name);
    moves.push({ parameter, ...found });
  }
  if (missing.length > 0) throw new GlaError('bad-file', `checkpoint: missing tensors: ${list(missing)}`);
  if (unused.size > 0) throw new GlaError('bad-file', `checkpoint: unexpected tensors: ${list([...unused])}`);
  for (const move of moves) checkTensor(move);
  return moves;
}

function find({ name }: Parameter, tensors: ReadonlyMap<string, Located>): Omit<Move, 'parameter'> | undefined {
  const own = tensors.get(name);
  if (own !== undefined) return { tensor: own, name, row: 0 };
  const plainNorm = unfusedName(name);
  const norm = tensors.get(plainNorm);
  if (norm !== undefined) return { tensor: norm, name: plainNorm, row: 0 };
  const gate = name.replace('mlp.up_proj', 'mlp.gate_proj');
  const fused = gate === name ? undefined : tensors.get(gate);
  return fused && { tensor: fused, name: gate, row: (fused.shape[0] as number) / 2 };
}

function checkTensor({ parameter, tensor, name, row }: Move): void {
  if (FLOATS[tensor.dtype] === undefined) {
    const types = Object.keys(FLOATS).join(', ');
    throw new GlaError('unsupported', `${tensor.file}: ${name}: expected a type of ${types}, got ${tensor.dtype}`);
  }
  const expected = parameter.shape;
  const fused =
    row > 0 || (parameter.name.endsWith('mlp.gate_proj.weight') && tensor.shape[0] === 2 * (expected[0] ?? 0));
  const want = fused ? [2 * (expected[0] as number), ...expected.slice(1)] : expected;
  if (tensor.shape.length !== want.length || tensor.shape.some((size, i) => size !== want[i])) {
    throw new GlaError('bad-file', `${tensor.file}: ${name}: expected shape ${show(want)}, got ${show(tensor.shape)}`);
  }
}

function list(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}

/** Where each parameter of a checkpoint goes. */
export class WeightPlacement implements Placement {
  readonly #matrices = new Map<string, Matrix>();
  readonly #vectors = new Map<string, number>();

  /** Takes a block for each parameter from `arena` (or from a counter of bytes). */
  constructor(kernel: Kernel, arena: Allocator, moves: readonly Move[], weights: WeightStorage) {
    for (const { parameter, tensor } of moves) {
      const { name, shape } = parameter;
      if (parameter.kind === 'vector') {
        this.#vectors.set(name, arena.alloc(elements(shape) * 4));
        continue;
      }
      const [rows, cols] = shape as [number, number];
      const stored = (FLOATS[tensor.dtype] as { storage: Storage }).storage;
      const storage = weights === 'stored' || !parameter.quantizable ? stored : weights;
      const at = arena.alloc(matrixBytes(kernel, { storage, rows, cols }));
      this.#matrices.set(name, { at, storage, rows, cols });
    }
  }

  matrix(name: string): Matrix {
    return this.#matrices.get(name) as Matrix;
  }

  vector(name: string): number {
    return this.#vectors.get(name) as number;
  }

  /** The types that matrices are kept in. */
  get storages(): Set<Storage> {
    return new Set([...this.#matrices.values()].map(({ storage }) => storage));
  }
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Bytes of staging that {@link readWeights} needs. */
export function stagingBytes(moves: readonly Move[]): number {
  let most = STAGING;
  for (const { parameter, tensor } of moves) {
    const { bytes } = FLOATS[tensor.dtype] as { bytes: number };
    const { shape, kind } = parameter;
    most = Math.max(most, kind === 'vector' ? elements(shape) * bytes : PANEL * (shape[1] as number) * bytes);
  }
  return most;
}

/** Streams every weight to its place, each byte once and in the order of the files, through a staging block. */
export async function readWeights(
  kernel: Kernel,
  arena: Arena,
  { moves, sources }: Checkpoint,
  placed: Placement,
  staging: number,
): Promise<void> {
  const room = stagingBytes(moves);
  const inOrder = [...moves].sort((a, b) => first(a) - first(b));
  for (const file of sources.keys()) {
    const source = sources.get(file) as ByteSource;
    for (const move of inOrder) {
      if (move.tensor.file === file) await readParameter(kernel, arena, source, move, placed, staging, room);
    }
    await expectEnd(file, source, moves);
  }
}

/** A source that does not know its size is checked for bytes behind the last tensor; the others were before. */
async function expectEnd(file: string, source: ByteSource, moves: readonly Move[]): Promise<void> {
  const tensor = moves.find((move) => move.tensor.file === file)?.tensor;
  if (tensor === undefined || source.size !== undefined) return;
  if ((await source.readSome(tensor.fileSize, new Uint8Array(1))) > 0) {
    throw new GlaError('bad-file', `${file}: expected ${tensor.fileSize} bytes according to the header, got more`);
  }
}

/** Offset of the first byte in the file. */
function first({ tensor, row, parameter }: Move): number {
  const { bytes } = FLOATS[tensor.dtype] as { bytes: number };
  return tensor.begin + row * elements(parameter.shape.slice(1)) * bytes;
}

async function readParameter(
  kernel: Kernel,
  arena: Arena,
  source: ByteSource,
  move: Move,
  placed: Placement,
  staging: number,
  room: number,
): Promise<void> {
  const { parameter, tensor } = move;
  const { storage, bytes } = FLOATS[tensor.dtype] as { storage: Storage; bytes: number };
  const type = STORAGE[storage];
  const stage = async (offset: number, count: number) => {
    await source.read(offset, count * bytes, arena.u8(staging, count * bytes));
    if (kernel.allFinite(staging, type, count) === 0) {
      throw new GlaError('bad-file', `${tensor.file}: ${move.name}: expected finite numbers, got NaN or ∞`);
    }
  };
  if (parameter.kind === 'vector') {
    const count = elements(parameter.shape);
    await stage(tensor.begin, count);
    kernel.toF32(staging, type, placed.vector(parameter.name), count);
    return;
  }
  const matrix = placed.matrix(parameter.name);
  const { rows, cols } = matrix;
  const begin = first(move);
  const step = PANEL * Math.max(1, Math.floor(room / (PANEL * cols * bytes)));
  for (let row = 0; row < rows; row += step) {
    const count = Math.min(step, rows - row);
    await stage(begin + row * cols * bytes, count * cols);
    kernel.packRows(staging, type, matrix.at, STORAGE[matrix.storage], row, count, rows, cols);
  }
}
