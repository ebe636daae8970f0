import fc from 'fast-check';
import { expect, it } from 'vitest';
import { JsonReader } from '../src/json.ts';
import { fail, KitFailure } from './failure.ts';

function reader(text: string): JsonReader {
  return new JsonReader(text, 'test', fail);
}

/** Rebuilds a value through the reader, which only knows schemas, by looking at what JSON.parse makes of it. */
function reread(json: JsonReader, like: unknown): unknown {
  if (typeof like === 'string') {
    return json.string('text');
  }
  if (typeof like === 'number') {
    return json.count('number');
  }
  if (Array.isArray(like)) {
    const list: unknown[] = [];
    json.array('list', () => void list.push(reread(json, like[list.length])));
    return list;
  }
  const object = new Map<string, unknown>();
  json.object('object', (key) => void object.set(key, reread(json, (like as Record<string, unknown>)[key])));
  return Object.fromEntries(object);
}

const tree = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'grapheme' }),
    fc.nat(Number.MAX_SAFE_INTEGER),
    fc.array(tie('value')),
    fc.dictionary(fc.string(), tie('value')),
  ),
})).value;

it('reads what JSON.stringify writes', () => {
  fc.assert(
    fc.property(tree, fc.constantFrom(undefined, 1, '\t\r\n '), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      const json = reader(text);
      expect(reread(json, JSON.parse(text))).toEqual(JSON.parse(text));
      json.end();
    }),
    { seed: 7 },
  );
});

it('passes over exactly the values that JSON.parse accepts', () => {
  const texts = [
    ...[
      '0',
      '-0',
      '1.5e-7',
      '1E+2',
      'true',
      'false',
      'null',
      '""',
      '[]',
      '{}',
      ' [1 , {"a": [null]}] ',
      '"\\u00e9\\n"',
    ],
    ...['', ' ', '01', '1.', '.5', '+1', '1e', '-', 'tru', 'nulls', 'NaN', 'Infinity', "'a'", '[1,]', '[,1]', '[1 2]'],
    ...[
      '{a:1}',
      '{"a"}',
      '{"a":}',
      '{"a":1,}',
      '{"a":1',
      '["a"',
      '"a',
      '"\\x"',
      '"\\u12"',
      '"\n"',
      '1 2',
      '[]]',
      '{}}',
    ],
    ...['0x10', '1_000', '"a\\', '"\\"', '/**/1', '1//', '\ufeff1', '\u00a01', '[1\u000b]', 'true1', '1true', '--1'],
  ];
  const accepts = (act: () => unknown) => {
    try {
      act();
      return true;
    } catch {
      return false;
    }
  };
  for (const text of texts) {
    const json = reader(text);
    const got = accepts(() => {
      json.skip('value');
      json.end();
    });
    expect([text, got]).toEqual([text, accepts(() => JSON.parse(text))]);
  }
});

it('refuses what JSON allows but a header must not hold', () => {
  const complaint = (act: (json: JsonReader) => unknown, text: string) => {
    try {
      act(reader(text));
    } catch (error) {
      expect(error).toBeInstanceOf(KitFailure);
      expect(error).toMatchObject({ code: 'bad-file' });
      return (error as Error).message;
    }
    throw new Error(`accepted ${text}`);
  };
  const skip = (json: JsonReader) => json.skip('value');
  expect(complaint(skip, '{"a":1,"a":2}')).toBe('test, character 10: value: expected each key once, got "a" twice');
  expect(complaint(skip, '{"a":1,"\\u0061":2}')).toContain('got "a" twice');
  expect(complaint(skip, '"\\ud800"')).toContain('lone surrogate');
  expect(complaint(skip, '['.repeat(100))).toContain('at most 64 levels');
  const count = (json: JsonReader) => json.count('n');
  for (const text of ['-1', '-0', '1.0', '1e2', '9007199254740992', '99999999999999999999999', '01', '"1"', 'x', '']) {
    expect(complaint(count, text)).toContain('n: expected an integer from 0 to 2^53 − 1');
  }
  expect(reader(' 9007199254740991').count('n')).toBe(Number.MAX_SAFE_INTEGER);
});

it('reads strings of many backslashes and quotes in linear time', () => {
  const text = JSON.stringify('\\'.repeat(200_000) + '"'.repeat(200_000));
  expect(reader(text).string('text')).toHaveLength(400_000);
});
