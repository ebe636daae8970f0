import { isCount, show } from '@gossamer/kit/errors';
import { checkDimension } from './checks.ts';
import { checkMatrices, MOST_COLUMNS, type NetMatrices } from './digital-net.ts';
import { fail } from './errors.ts';

/**
 * Reads generating matrices in the text format `dnet` of LDData (https://github.com/QMCSoftware/LDData): the base, the number
 * of matrices, the number of points (or of columns) and the number of rows, one a line, then a line of columns for each matrix.
 * What follows a `#` is a comment, and the first line is one that says `dnet`.
 *
 * @throws `QmcError` with code `bad-file` and the line when the text is none of these or its base is not 2; `TypeError` when it
 * is no string.
 *
 * @example
 * ```ts
 * const net = new DigitalNet(parseNet('# dnet\n2\n2\n4\n2\n2 1\n1 2\n'));
 * ```
 */
export function parseNet(text: string): NetMatrices {
  if (typeof text !== 'string') throw new TypeError(`text: expected a string, got ${show(text)}`);
  const lines = text.split('\n');
  if (!/^\s*#.*\bdnet\b/.test(lines[0] as string)) throw bad(0, "expected a comment that says 'dnet'", lines[0]);
  let at = 0;
  const next = (what: string): string => {
    while (++at < lines.length) {
      const line = withoutComment(lines[at] as string);
      if (line !== '') return line;
    }
    throw bad(lines.length - 1, `expected ${what}`, 'the end');
  };
  const count = (what: string, most: number): number => {
    const word = next(what);
    const value = /^\d{1,16}$/.test(word) ? Number(word) : Number.NaN;
    if (!isCount(value) || value > most) throw bad(at, `expected ${what}, an integer from 1 to ${most}`, word);
    return value;
  };
  const base = count('the base', Number.MAX_SAFE_INTEGER);
  if (base !== 2) throw bad(at, 'expected the base 2', String(base));
  const dimension = count('the number of matrices', lines.length);
  const points = count('the number of points', 2 ** MOST_COLUMNS);
  const bits = count('the number of rows', 64);
  let columns = new BigUint64Array();
  let size = 0;
  for (let j = 0; j < dimension; j++) {
    const words = next(`the columns of matrix ${j + 1} of ${dimension}`).split(/\s+/);
    if (j === 0) {
      size = words.length;
      if (points !== size && points !== 2 ** size) throw bad(at, `expected columns for ${points} points`, `${size}`);
      if (dimension * size > text.length) throw bad(at, `expected ${dimension} matrices`, `${text.length} characters`);
      columns = new BigUint64Array(dimension * size);
    }
    if (words.length !== size) throw bad(at, `expected ${size} columns`, `${words.length}`);
    for (const [c, word] of words.entries()) {
      const column = /^\d{1,20}$/.test(word) ? BigInt(word) : -1n;
      if (column < 0n || column >> BigInt(bits) !== 0n) throw bad(at, `expected an integer below 2^${bits}`, word);
      columns[j * size + c] = column;
    }
  }
  while (++at < lines.length) {
    const rest = withoutComment(lines[at] as string);
    if (rest !== '') throw bad(at, `expected no more than ${dimension} matrices`, rest);
  }
  return { dimension, columns, bits };
}

function withoutComment(line: string): string {
  return (line.split('#', 1)[0] as string).trim();
}

function bad(line: number, expected: string, got: string | undefined): Error {
  return fail('bad-file', `line ${line + 1}: ${expected}, got ${show(got)}`);
}

/**
 * Writes generating matrices as {@link parseNet} and QMCPy read them.
 *
 * @throws `QmcError` with code `bad-option` (dimension, bits), `bad-length` or `bad-value` (columns); `TypeError` when `columns`
 * are no `BigUint64Array`.
 *
 * @example
 * ```ts
 * formatNet({ dimension: 2, columns: BigUint64Array.of(2n, 1n, 1n, 2n), bits: 2 });
 * ```
 */
export function formatNet(matrices: NetMatrices): string {
  const { dimension, columns, bits } = matrices;
  checkDimension(dimension);
  const size = checkMatrices(matrices);
  const rows = Array.from({ length: dimension }, (_, j) => columns.subarray(j * size, (j + 1) * size).join(' '));
  const header = ['# dnet', '2 # base', `${dimension} # matrices`, `${2 ** size} # points`, `${bits} # rows`];
  return `${[...header, ...rows].join('\n')}\n`;
}
