import type { Design } from './design.ts';

/**
 * A design as a table of comma-separated values: a line of names, then one line per run, each ended by CR LF.
 *
 * Numbers are written with all the digits that make them out: reading them gives the same doubles. A field with a comma, a
 * quote or a line break is quoted, as is one with a space at an end.
 *
 * Source: Y. Shafranovich, RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180).
 *
 * @example
 * ```ts
 * const lattice = new Lattice({ dimension: 1, vector: Uint32Array.of(1), randomize: 'none' });
 * toCsv(design(lattice, { end: 2 }, [{ name: 'dose', lower: 0, upper: 10 }])); // 'dose\r\n0\r\n5\r\n'
 * ```
 */
export function toCsv({ factors, size, columns }: Design): string {
  const lines = [factors.map(({ name }) => field(name))];
  for (let i = 0; i < size; i++) lines.push(columns.map((column) => field(column[i] as string | number)));
  return lines.map((fields) => `${fields.join(',')}\r\n`).join('');
}

function field(value: string | number): string {
  const text = String(value);
  return /[",\r\n]|^\s|\s$|^$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
