import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DigitalNet, formatNet, parseNet, QmcError } from '../src/index.ts';

const golden = JSON.parse(readFileSync(new URL('fixtures/net.json', import.meta.url), 'utf8')).file;

describe('files of matrices', () => {
  it('are read as QMCPy reads them', () => {
    const net = new DigitalNet({ ...parseNet(golden.text), randomize: 'none' });
    expect([...net.points({ end: 8 })]).toEqual(golden.points);
  });

  it('may have comments, empty lines, any line ends and the number of columns in place of that of points', () => {
    const text = '  # dnet of nobody\r\n\r\n2# base\r\n# here\r\n1\r\n3 # columns\r\n4\r\n\t8  4 2 # last\r\n\r\n';
    expect(parseNet(text)).toEqual({ dimension: 1, columns: BigUint64Array.of(8n, 4n, 2n), bits: 4 });
  });

  it('give back what was written', () => {
    const shapes = fc.record({ dimension: fc.integer({ min: 1, max: 5 }), bits: fc.integer({ min: 1, max: 64 }) });
    const matrices = shapes.chain(({ dimension, bits }) =>
      fc.integer({ min: 1, max: 8 }).chain((size) =>
        fc
          .array(fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n }), {
            minLength: dimension * size,
            maxLength: dimension * size,
          })
          .map((columns) => ({ dimension, columns: BigUint64Array.from(columns), bits })),
      ),
    );
    fc.assert(
      fc.property(matrices, (net) => {
        expect(parseNet(formatNet(net))).toEqual(net);
      }),
    );
  });

  it('are written with the lines that QMCPy expects', () => {
    const text = formatNet({ dimension: 2, columns: BigUint64Array.of(4n, 2n, 1n, 4n, 6n, 5n), bits: 3 });
    expect(text).toBe('# dnet\n2 # base\n2 # matrices\n8 # points\n3 # rows\n4 2 1\n4 6 5\n');
  });
});

const START = '# dnet\n2\n2\n4\n2\n';
const bad: Array<[message: string, text: string]> = [
  ['line 1: expected a comment that says \'dnet\', got ""', ''],
  ['line 1: expected a comment that says \'dnet\', got "# lattice"', '# lattice\n2\n2\n4\n2\n2 1\n1 2\n'],
  ['line 1: expected a comment that says \'dnet\', got "2"', '2\n2\n4\n2\n2 1\n1 2\n'],
  ['line 2: expected the base 2, got "3"', '# dnet\n3\n2\n9\n2\n3 1\n1 3\n'],
  ['line 2: expected the base, an integer from 1 to 9007199254740991, got "0x2"', '# dnet\n0x2\n'],
  ['line 3: expected the number of matrices, an integer from 1 to 7, got "0"', '# dnet\n2\n0\n4\n2\n2 1\n'],
  [
    'line 3: expected the number of matrices, an integer from 1 to 6, got "1000000000"',
    '# dnet\n2\n1000000000\n4\n2\n2 1',
  ],
  [
    'line 4: expected the number of points, an integer from 1 to 4503599627370496, got "-4"',
    '# dnet\n2\n2\n-4\n2\n2 1\n1 2\n',
  ],
  ['line 5: expected the number of rows, an integer from 1 to 64, got "65"', '# dnet\n2\n2\n4\n65\n2 1\n1 2\n'],
  ['line 6: expected columns for 8 points, got "2"', '# dnet\n2\n2\n8\n2\n2 1\n1 2\n'],
  ['line 7: expected 2 columns, got "3"', `${START}2 1\n1 2 3\n`],
  ['line 7: expected an integer below 2^2, got "4"', `${START}2 1\n1 4\n`],
  ['line 7: expected an integer below 2^2, got "-1"', `${START}2 1\n1 -1\n`],
  ['line 7: expected an integer below 2^2, got "1e0"', `${START}2 1\n1 1e0\n`],
  [
    'line 7: expected an integer below 2^2, got "100000000000000000000000"',
    `${START}2 1\n1 100000000000000000000000\n`,
  ],
  ['line 7: expected the columns of matrix 2 of 2, got "the end"', `${START}2 1\n`],
  ['line 4: expected the number of rows, got "the end"', '# dnet\n2\n1\n4'],
  ['line 8: expected no more than 2 matrices, got "1 2"', `${START}2 1\n1 2\n1 2\n`],
];

it.each(bad)('bad-file: %s', (message, text) => {
  expect(() => parseNet(text)).toThrow(QmcError);
  expect(() => parseNet(text)).toThrow(expect.objectContaining({ code: 'bad-file', message }));
});

it('a lying header allocates nothing', () => {
  const text = `# dnet\n2\n1000\n4503599627370496\n64\n${'1 '.repeat(52)}\n${'\n'.repeat(1000)}`;
  expect(() => parseNet(text)).toThrow(expect.objectContaining({ code: 'bad-file' }));
});

it('text that is none is a TypeError', () => {
  expect(() => parseNet(new Uint8Array(3) as never)).toThrow(new TypeError('text: expected a string, got Uint8Array'));
});

it('any text is read or refused with a typed error', () => {
  const pieces = fc.constantFrom(
    '# dnet\n',
    '2\n',
    '1\n',
    '4\n',
    '2 1\n',
    '# x\n',
    '\n',
    ' ',
    '-',
    '9'.repeat(20),
    '#',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      try {
        new DigitalNet(parseNet(`# dnet\n${parts.join('')}`));
      } catch (error) {
        expect(error).toMatchObject({ name: 'QmcError', code: 'bad-file' });
      }
    }),
    { numRuns: 2000 },
  );
});
