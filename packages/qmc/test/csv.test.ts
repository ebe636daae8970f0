import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Design, design, Sobol, toCsv } from '../src/index.ts';

/** RFC 4180, read by the letter. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < text.length; ) {
    const quoted = /"((?:[^"]|"")*)"/y;
    const plain = /[^",\r\n]*/y;
    quoted.lastIndex = plain.lastIndex = at;
    const match = quoted.exec(text);
    const field = match ? (match[1] as string).replaceAll('""', '"') : (plain.exec(text)?.[0] as string);
    row.push(field);
    at = match ? quoted.lastIndex : plain.lastIndex;
    if (text.startsWith('\r\n', at)) {
      rows.push(row);
      row = [];
      at += 2;
    } else {
      expect(text[at]).toBe(',');
      at += 1;
    }
  }
  expect(row).toEqual([]);
  return rows;
}

it('is a line of names and one per run', () => {
  const plan = design(new Sobol({ dimension: 3, randomize: 'none' }), { end: 3 }, [
    { name: 'heat', lower: 0, upper: 10 },
    { name: 'a, b', integer: [1, 4] },
    { name: 'say "when"', categories: ['no', 'two\nlines'] },
  ]);
  const lines = ['heat,"a, b","say ""when"""', '0,1,no', '5,3,"two\nlines"', '2.5,4,"two\nlines"'];
  expect(toCsv(plan)).toBe(lines.map((line) => `${line}\r\n`).join(''));
});

it('gives back every text and every number exactly', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\r', '\n', ' ', '\t', '=', '😀') });
  const entries = fc.record({
    names: fc.tuple(text, text),
    numbers: fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 5 }),
    texts: fc.array(text, { minLength: 5, maxLength: 5 }),
  });
  fc.assert(
    fc.property(entries, ({ names, numbers, texts }) => {
      const size = numbers.length;
      const factors = names.map((name) => ({ name, lower: 0, upper: 1 }));
      const plan: Design = { factors, size, columns: [Float64Array.from(numbers), texts] };
      const [head, ...rows] = parse(toCsv(plan));
      expect(head).toEqual(names);
      expect(rows.map(([number]) => Number(number) + 0)).toEqual(numbers.map((number) => number + 0)); // −0 reads as 0
      expect(rows.map((row) => row[1])).toEqual(texts.slice(0, size));
    }),
  );
});
