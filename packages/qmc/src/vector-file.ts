import { isCount, show } from '@gossamer/kit/errors';
import { fail, type QmcError } from './errors.ts';

/** A generating vector as files hold it. */
export interface VectorFile {
  /** g */
  readonly vector: Uint32Array;
  /** The most points that it is made for, if the file says so. */
  readonly size?: number | undefined;
}

/** A line that holds numbers. */
interface Line {
  readonly at: number;
  readonly fields: readonly string[];
}

const MOST = 2 ** 32 - 1;

/**
 * Reads a generating vector: the `lattice` format of LDData (a comment with that word, the number of entries, the most points,
 * then the entries, one a line), or lines "j g_j" as F. Y. Kuo publishes them. A `#` begins a comment.
 *
 * @throws `QmcError` with code `bad-file`, naming the line; `TypeError` when `text` is no string.
 *
 * @example
 * ```ts
 * const { vector } = parseVector('1 1\n2 182667\n3 469891\n');
 * const lattice = new Lattice({ dimension: 3, vector });
 * ```
 */
export function parseVector(text: string): VectorFile {
  if (typeof text !== 'string') throw new TypeError(`text: expected a string, got ${show(text)}`);
  const lines = text
    .split('\n')
    .map((line, k) => ({ at: k + 1, fields: (line.split('#', 1)[0] as string).split(/\s+/).filter(Boolean) }))
    .filter(({ fields }) => fields.length > 0);
  if (/^\s*#\s*lattice\b/.test(text)) return latticeFile(lines);
  if (lines.length === 0) throw fail('bad-file', 'text: expected lines of numbers, got none');
  return { vector: Uint32Array.from(lines, (line, j) => numbered(line, j + 1)) };
}

/**
 * Writes a generating vector: in the `lattice` format of LDData, or without a `size` as lines "j g_j". {@link parseVector}
 * reads both.
 *
 * @throws `QmcError` with code `bad-length` (vector) or `bad-option` (size); `TypeError` when `vector` is no `Uint32Array`.
 *
 * @example
 * ```ts
 * const text = formatVector({ vector: Uint32Array.of(1, 182667, 469891), size: 2 ** 20 });
 * ```
 */
export function formatVector({ vector, size }: VectorFile): string {
  if (!(vector instanceof Uint32Array)) throw new TypeError(`vector: expected a Uint32Array, got ${show(vector)}`);
  if (vector.length === 0) throw fail('bad-length', 'vector: expected at least 1 element, got 0');
  const entries = [...vector];
  if (size === undefined) return entries.map((g, j) => `${j + 1} ${g}\n`).join('');
  if (!isCount(size)) throw fail('bad-option', `size: expected an integer from 1 to 2^53 − 1, got ${show(size)}`);
  return ['# lattice', `${vector.length} # dimensions`, `${size} # points`, ...entries, ''].join('\n');
}

function latticeFile(lines: readonly Line[]): VectorFile {
  const [count, size, ...entries] = lines.map((line) => {
    if (line.fields.length > 1) throw bad(line, 'one number');
    return integer(line, 0, Number.MAX_SAFE_INTEGER);
  });
  if (!count || entries.length !== count) {
    throw fail('bad-file', `text: expected as many entries as it says, ${show(count)}, got ${entries.length}`);
  }
  if (!size) throw fail('bad-file', `text: expected a positive number of points, got ${show(size)}`);
  const large = entries.findIndex((g) => g > MOST);
  if (large >= 0) throw bad(lines[large + 2] as Line, 'an integer below 2^32');
  return { vector: Uint32Array.from(entries), size };
}

function numbered(line: Line, j: number): number {
  if (line.fields.length !== 2 || line.fields[0] !== String(j)) throw bad(line, `"${j} " and an entry`);
  return integer(line, 1, MOST);
}

function integer(line: Line, at: number, most: number): number {
  const field = line.fields[at] as string;
  const value = /^\d+$/.test(field) ? Number(field) : Number.NaN;
  if (value <= most) return value;
  throw bad(line, `an integer below 2^${most === MOST ? 32 : 53}`);
}

function bad({ at, fields }: Line, expected: string): QmcError {
  return fail('bad-file', `text: line ${at}: expected ${expected}, got ${show(fields.join(' '))}`);
}
