import type { ByteSource } from '@gossamer/kit/bytes';
import { ggmlType } from '@gossamer/kit/gguf';
import type { Arena } from '@gossamer/kit/memory';
import type { Kernel } from '#wasm/simd';
import { fail } from '../errors.ts';
import type { Move, OpenModel } from './checkpoint.ts';
import { type Conversion, ConversionLoss } from './conversions.ts';
import { type Matrix, matrixBytes, PANEL, STORAGE } from './matrix.ts';
import type { Allocator, Placement } from './network.ts';
import { checkVectorType, storageOf, type WeightStorage } from './storage.ts';

/** Bytes read per step, about; whole panels of rows. Two blocks of this size take turns. */
const STAGING = 2 ** 22;

/** Vectors of a packed matrix do not cross cache lines when it begins with one. */
const CACHE_LINE = 64;

/** Where each parameter of a model goes. */
export class WeightPlacement implements Placement {
  readonly #matrices = new Map<string, Matrix>();
  readonly #vectors = new Map<string, number>();

  /**
   * Takes a block for each parameter from `arena` (or from a counter of bytes).
   *
   * @throws `unsupported` for a type that is not read.
   */
  constructor(kernel: Kernel, arena: Allocator, moves: readonly Move[], weights: WeightStorage) {
    for (const move of moves) {
      const { name, shape, kind } = move.parameter;
      const type = typeOf(move);
      if (kind === 'matrix') {
        const [rows, cols] = shape as [number, number];
        const storage = storageOf(type, weights, move);
        const at = arena.alloc(matrixBytes(kernel, { storage, rows, cols }), CACHE_LINE);
        this.#matrices.set(name, { at, storage, rows, cols });
      } else {
        checkVectorType(type, move);
        this.#vectors.set(name, arena.alloc(elements(shape) * 4));
      }
    }
  }

  matrix(name: string): Matrix {
    return this.#matrices.get(name) as Matrix;
  }

  vector(name: string): number {
    return this.#vectors.get(name) ?? 0;
  }

  /** The types that matrices are kept in. */
  get storages(): Set<Matrix['storage']> {
    return new Set([...this.#matrices.values()].map(({ storage }) => storage));
  }
}

/** A run of whole rows of one tensor, read at once. */
interface Piece {
  readonly move: Move;
  readonly row: number;
  readonly rows: number;
  readonly offset: number;
  readonly bytes: number;
}

/** Memory for {@link readWeights}, free afterwards. */
export interface Staging {
  readonly blocks: readonly [number, number];
  /** f32 rows of types that are converted. */
  readonly floats: number;
  /** What measures the loss of a conversion: two f64 and a row. */
  readonly loss: number;
}

/** Takes the staging memory from `arena`, or from a counter of bytes. */
export function stagingBlocks(arena: Allocator, moves: readonly Move[]): Staging {
  const pieces = moves.flatMap(cut);
  const most = (of: (piece: Piece) => number) => pieces.reduce((largest, piece) => Math.max(largest, of(piece)), 0);
  const bytes = most((piece) => piece.bytes);
  return {
    blocks: [arena.alloc(bytes), arena.alloc(bytes)],
    floats: arena.alloc(most((piece) => (needsFloats(piece.move) ? piece.rows * columns(piece.move) * 4 : 0))),
    loss: arena.alloc(16 + most(({ move }) => (needsFloats(move) ? columns(move) * 4 : 0))),
  };
}

/**
 * Streams every weight to its place, each byte once and in the order of the files; the next rows are read while those before
 * are packed.
 *
 * @returns what was converted.
 */
export async function readWeights(
  kernel: Kernel,
  arena: Arena,
  { moves, sources, ends }: OpenModel,
  placed: Placement,
  staging: Staging,
): Promise<Conversion[]> {
  const loss = new ConversionLoss(kernel, arena, staging.loss);
  for (const [file, source] of sources) {
    const inOrder = moves.filter(({ tensor }) => tensor.file === file).sort((a, b) => a.tensor.begin - b.tensor.begin);
    const pieces = inOrder.flatMap(cut);
    const read = (i: number): Promise<unknown> => {
      const piece = pieces[i];
      if (piece === undefined) return Promise.resolve();
      return source.read(piece.offset, piece.bytes, arena.u8(staging.blocks[i % 2] as number, piece.bytes));
    };
    let next = read(0);
    try {
      for (const [i, piece] of pieces.entries()) {
        await next;
        next = read(i + 1);
        pack(kernel, arena, piece, staging.blocks[i % 2] as number, staging.floats, placed, loss);
      }
    } finally {
      await next; // nobody may write into the memory once its owner has given it back
    }
    await expectEnd(file, source, ends.get(file));
  }
  return loss.conversions;
}

/** A source that does not know its size is checked for bytes behind the last tensor; the others were before. */
async function expectEnd(file: string, source: ByteSource, end: number | undefined): Promise<void> {
  if (end === undefined || source.size !== undefined) return;
  if ((await source.readSome(end, new Uint8Array(1))) > 0) {
    throw fail('bad-file', `${file}: expected ${end} bytes according to the header, got more`);
  }
}

function cut(move: Move): Piece[] {
  const { parameter, tensor } = move;
  const { begin, end } = tensor;
  if (parameter.kind !== 'matrix') return [{ move, row: 0, rows: 1, offset: begin, bytes: end - begin }];
  const total = parameter.shape[0] as number;
  const rowBytes = (end - begin) / total;
  const held = needsFloats(move) ? Math.max(rowBytes, columns(move) * 4) : rowBytes;
  const step = PANEL * Math.max(1, Math.floor(STAGING / (PANEL * held)));
  const pieces: Piece[] = [];
  for (let row = 0; row < total; row += step) {
    const rows = Math.min(step, total - row);
    pieces.push({ move, row, rows, offset: begin + row * rowBytes, bytes: rows * rowBytes });
  }
  return pieces;
}

function pack(
  kernel: Kernel,
  arena: Arena,
  { move, row, rows }: Piece,
  from: number,
  floats: number,
  placed: Placement,
  loss: ConversionLoss,
): void {
  const { parameter, tensor } = move;
  const { type } = tensor;
  if (parameter.kind !== 'matrix') {
    packVector(kernel, arena, move, from, placed.vector(parameter.name));
    return;
  }
  const matrix = placed.matrix(parameter.name);
  const { at, storage, rows: n, cols: k } = matrix;
  const { name } = typeOf(move);
  if (storage === 'int8x32' && name === 'Q8_0') {
    if (kernel.packQ8Rows(from, at, row, rows, n, k) === 0) return;
    kernel.dequantizeRows(from, type, floats, rows, k); // blocks with −128 were changed
    loss.add(move, name, matrix, floats, row, rows);
  } else if (storage === 'int8x32') {
    kernel.dequantizeRows(from, type, floats, rows, k);
    kernel.packRows(floats, STORAGE.f32, at, STORAGE.int8x32, row, rows, n, k);
    loss.add(move, name, matrix, floats, row, rows);
  } else if (STORAGE[storage] >= STORAGE.q4_0) {
    kernel.blockPackRows(from, at, STORAGE[storage], row, rows, n, k);
  } else {
    kernel.packRows(from, STORAGE[storage], at, STORAGE[storage], row, rows, n, k);
  }
}

/** A vector as f32; taps (d, L) with time first. */
function packVector(kernel: Kernel, arena: Arena, { parameter, tensor }: Move, from: number, to: number): void {
  const count = elements(parameter.shape);
  kernel.dequantizeRows(from, tensor.type, to, 1, count);
  if (parameter.kind !== 'taps') return;
  const values = arena.f32(to, count).slice();
  const taps = parameter.shape.at(-1) as number;
  const turned = arena.f32(to, count);
  const channels = count / taps;
  for (let c = 0; c < channels; c++) {
    for (let j = 0; j < taps; j++) turned[j * channels + c] = values[c * taps + j] as number;
  }
}

function typeOf({ tensor, name }: Move) {
  const type = ggmlType(tensor.type);
  if (type === undefined) throw fail('unsupported', `${tensor.file}: ${name}: unknown element type ${tensor.type}`);
  return type;
}

/** Whether rows may pass through f32 on their way to int8. */
function needsFloats(move: Move): boolean {
  const { name } = typeOf(move);
  return move.parameter.kind === 'matrix' && !['Q4_0', 'Q4_K', 'Q6_K'].includes(name);
}

function columns({ parameter }: Move): number {
  return parameter.shape[1] as number;
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
