import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatVector, parseVector, QmcError } from '../src/index.ts';

const LDDATA = '# lattice\n# of someone\n3 # dimensions\n1048576 # 2^20\n# coordinates:\n1\n364981\n245389 # last\n';

describe('a generating vector in a file', () => {
  it('is read in the lattice format of LDData', () => {
    expect(parseVector(LDDATA)).toEqual({ vector: Uint32Array.of(1, 364981, 245389), size: 1048576 });
    expect(parseVector(LDDATA.replaceAll('\n', '\r\n'))).toEqual(parseVector(LDDATA));
    expect(parseVector(`#  lattice file\n1\n8\n0`)).toEqual({ vector: Uint32Array.of(0), size: 8 });
  });

  it('is read as numbered lines', () => {
    expect(parseVector('1 1\n2\t182667\r\n  3 4294967295')).toEqual({ vector: Uint32Array.of(1, 182667, 2 ** 32 - 1) });
    expect(parseVector('# a comment\n\n1 5 # another\n')).toEqual({ vector: Uint32Array.of(5) });
  });

  it('is read as it was written', () => {
    const entries = fc.array(fc.nat({ max: 2 ** 32 - 1 }), { minLength: 1, maxLength: 40 });
    const size = fc.option(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), { nil: undefined });
    fc.assert(
      fc.property(entries, size, (vector, size) => {
        const file = { vector: Uint32Array.from(vector), ...(size !== undefined && { size }) };
        expect(parseVector(formatVector(file))).toEqual(file);
      }),
    );
    expect(formatVector({ vector: Uint32Array.of(1, 3), size: 8 })).toBe(
      '# lattice\n2 # dimensions\n8 # points\n1\n3\n',
    );
  });

  it('of any text is read or refused', () => {
    const noise = fc.array(
      fc.constantFrom('# lattice', '\n', ' ', '1', '2', '-3', '1e3', '0x10', 'x', '99999999999999999999'),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          noise.map((parts) => parts.join('')),
          fc.string(),
        ),
        (text) => {
          try {
            expect(parseVector(text).vector.length).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toBeInstanceOf(QmcError);
            expect((error as QmcError).code).toBe('bad-file');
          }
        },
      ),
    );
  });
});

it.each([
  ['text: expected lines of numbers, got none', ''],
  ['text: expected lines of numbers, got none', '# only a comment\n'],
  ['text: line 1: expected "1 " and an entry, got "5"', '5\n'],
  ['text: line 2: expected "2 " and an entry, got "3 7"', '1 1\n3 7\n'],
  ['text: line 1: expected "1 " and an entry, got "1 2 3"', '1 2 3\n'],
  ['text: line 2: expected an integer below 2^32, got "2 4294967296"', '1 1\n2 4294967296\n'],
  ['text: line 1: expected an integer below 2^32, got "1 -3"', '1 -3\n'],
  ['text: line 1: expected an integer below 2^32, got "1 3.5"', '1 3.5\n'],
  ['text: expected as many entries as it says, 3, got 2', '# lattice\n3\n8\n1\n3\n'],
  ['text: expected as many entries as it says, 1, got 2', '# lattice\n1\n8\n1\n3\n'],
  ['text: expected as many entries as it says, 9007199254740991, got 1', '# lattice\n9007199254740991\n8\n1\n'],
  ['text: expected as many entries as it says, 0, got 0', '# lattice\n0\n8\n'],
  ['text: expected as many entries as it says, undefined, got 0', '# lattice\n'],
  ['text: expected a positive number of points, got 0', '# lattice\n1\n0\n1\n'],
  ['text: line 4: expected one number, got "1 1"', '# lattice\n2\n8\n1 1\n2 3\n'],
  ['text: line 5: expected an integer below 2^32, got "4294967296"', '# lattice\n2\n8\n1\n4294967296\n'],
  ['text: line 2: expected an integer below 2^53, got "two"', '# lattice\ntwo\n8\n1\n3\n'],
])('refuses: %s', (message, text) => {
  expect(() => parseVector(text)).toThrow(expect.objectContaining({ name: 'QmcError', code: 'bad-file', message }));
});

it('refuses to write what is no vector, and to read what is no text', () => {
  const vector = Uint32Array.of(1);
  expect(() => formatVector({ vector: [1] as never })).toThrow(TypeError);
  expect(() => formatVector({ vector: new Uint32Array(0) })).toThrow(expect.objectContaining({ code: 'bad-length' }));
  expect(() => formatVector({ vector, size: 0 })).toThrow(expect.objectContaining({ code: 'bad-option' }));
  expect(() => parseVector(vector as never)).toThrow(new TypeError('text: expected a string, got Uint32Array'));
});
