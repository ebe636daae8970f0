import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCallList, parseToolCalls } from '../src/chat/tool-calls.ts';
import { formatToolCalls } from '../src/chat/tool-format.ts';
import type { JsonValue, ToolCall } from '../src/chat/types.ts';

/** Calls as plain objects, for comparisons. */
const plain = (calls: readonly ToolCall[] | undefined) =>
  calls === undefined ? undefined : JSON.parse(JSON.stringify(calls));
const args = (text: string) => plain(parseCallList(`[f(${text})]`))?.[0].arguments;

describe('a list of Python calls', () => {
  it.each<[string, unknown]>([
    ['', {}],
    ['a="x"', { a: 'x' }],
    ["a='it\\'s', b=\"\"", { a: "it's", b: '' }],
    ['a = 1 , b=-2.5,c=+3e2, d=0x1F, e=1_000, f=.5, g=5.', { a: 1, b: -2.5, c: 300, d: 31, e: 1000, f: 0.5, g: 5 }],
    ['a=True, b=False, c=None, d=true, e=false, f=null', { a: true, b: false, c: null, d: true, e: false, f: null }],
    ['a=[1, "b", [], [None,],], b=(1, 2), c=()', { a: [1, 'b', [], [null]], b: [1, 2], c: [] }],
    ['a={"b": 1, \'c\': {"d": []}, 3: 4, None: 5, }', { a: { b: 1, c: { d: [] }, 3: 4, null: 5 } }],
    ['a="""x "y" \n z""", b=\'\'\'q\'\'\'', { a: 'x "y" \n z', b: 'q' }],
    ['a="x" \'y\'\n"z"', { a: 'xyz' }],
    ['a="\\n\\t\\\\\\"\\x41\\u00e9\\U0001F642\\q\\/\\\n."', { a: '\n\t\\"Aé🙂\\q/.' }],
    ['größe="ß", snake_case=1, kebab-case=2,', { größe: 'ß', snake_case: 1, 'kebab-case': 2 }],
    ['a="[g(b=1)]", b="), x("', { a: '[g(b=1)]', b: '), x(' }],
    ['a="line\nbreak"', { a: 'line\nbreak' }],
  ])('takes f(%s)', (text, want) => {
    expect(args(text)).toEqual(want);
  });

  it('may hold several calls, blanks, and no brackets', () => {
    const two = [
      { name: 'f', arguments: { a: 1 } },
      { name: 'time.now', arguments: {} },
    ];
    for (const text of [
      '[f(a=1), time.now()]',
      ' [ f ( a = 1 ) ,\n time.now ( ) , ] ',
      'f(a=1), time.now()',
      'f(a=1)\ntime.now()',
    ]) {
      expect(plain(parseCallList(text))).toEqual(two);
    }
    expect(parseCallList('[]')).toEqual([]);
  });

  it.each([
    '',
    ' ',
    'hello',
    '[',
    ']',
    '[f',
    '[f(',
    '[f()',
    '[f()]]',
    '[f(1)]',
    '[f("a")]',
    '[f(a=)]',
    '[f(a=1, a=2)]',
    '[f(a=g())]',
    '[f(a=g(b=1))]',
    '[f(a=1 b=2)]',
    '[f(a==1)]',
    '[f(a="x)]',
    '[f(a="x\\")]',
    '[f(a="\\x4")]',
    '[f(a="\\ud")]',
    '[f(a="\\U00110000")]',
    '[f(a={1, 2})]',
    '[f(a={[]: 1})]',
    '[f(a={"b" 1})]',
    '[f(a=1e999)]',
    '[f(a=nan)]',
    '[f(a=1.2.3)]',
    '[f(a=12ab)]',
    '[f(a=--1)]',
    '[f(a=[1 2])]',
    '[f(a=[)]',
    '[f(a=x)]',
    '[1(a=1)]',
    '[f()(a=1)]',
    '[f(**{"a": 1})]',
    '[f(a=1), 2]',
    '[f(a=f"x")]',
    'import os',
    '__import__("os").system("ls")',
    '[lambda: 0]',
    '[f(a=1;b=2)]',
    '[f(a=1)] and more',
  ])('is not %j', (text) => {
    expect(parseCallList(text)).toBeUndefined();
  });

  it('has a limit of nesting', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`;
    expect(args(`a=${nested(64)}`)).toEqual({ a: JSON.parse(nested(64)) });
    expect(args(`a=${nested(65)}`)).toBeUndefined();
    expect(args(`a=${'['.repeat(500_000)}`)).toBeUndefined();
    expect(args(`a=${'{"a":'.repeat(200_000)}`)).toBeUndefined();
  });

  it('gives keys no meaning beyond themselves', () => {
    const [call] = parseCallList('[f(__proto__=1, constructor={"__proto__": {"x": 1}, "toString": 2})]') as ToolCall[];
    expect(Object.keys(call?.arguments ?? {})).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(call?.arguments)).toBeNull();
    expect(Object.keys(call?.arguments.constructor as object)).toEqual(['__proto__', 'toString']);
    const [json] = parseCallList('{"name": "f", "arguments": {"__proto__": {"x": 1}}}') as ToolCall[];
    expect(Object.getPrototypeOf(json?.arguments)).toBeNull();
    expect(Object.keys(json?.arguments ?? {})).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});

describe('a list in JSON', () => {
  it.each<[string, unknown]>([
    ['{"name": "f", "arguments": {"a": [1, null]}}', [{ name: 'f', arguments: { a: [1, null] } }]],
    [
      ' [ {"name": "f", "parameters": {"a": 1}}, {"name": "g"}]',
      [
        { name: 'f', arguments: { a: 1 } },
        { name: 'g', arguments: {} },
      ],
    ],
    ['[{"name": "f", "arguments": "{\\"a\\": true}"}]', [{ name: 'f', arguments: { a: true } }]],
  ])('takes %s', (text, want) => {
    expect(plain(parseCallList(text))).toEqual(want);
  });

  it.each([
    '{',
    '{}',
    '[{}]',
    '[[]]',
    '{"name": 1}',
    '{"name": ""}',
    '{"name": "f", "arguments": []}',
    '{"name": "f", "arguments": "x"}',
    '[{"name": "f"}, 1]',
    `{"name": "f", "arguments": {"a": ${'['.repeat(70)}${']'.repeat(70)}}}`,
    '['.repeat(300_000),
  ])('is not %#', (text) => {
    expect(parseCallList(text)).toBeUndefined();
  });
});

describe('an answer', () => {
  const call = (text: string) => `<|tool_call_start|>${text}<|tool_call_end|>`;

  it('is taken apart into calls and text', () => {
    const { calls, text } = parseToolCalls(`Well. ${call('[f(a=1)]')} And ${call('[g(), h()]')}now.<|im_end|>`);
    expect([plain(calls), text]).toEqual([
      [
        { name: 'f', arguments: { a: 1 } },
        { name: 'g', arguments: {} },
        { name: 'h', arguments: {} },
      ],
      'Well.  And now.<|im_end|>',
    ]);
    expect(parseToolCalls('No call.')).toEqual({ calls: [], text: 'No call.' });
    expect(parseToolCalls('')).toEqual({ calls: [], text: '' });
    expect(plain(parseToolCalls('<|tool_call_start|>[f()]').calls)).toEqual([{ name: 'f', arguments: {} }]);
  });

  it('keeps what cannot be read', () => {
    const broken = `a${call('[f(a=')}b${call('[f()]')}c<|tool_call_start|>[g(`;
    const { calls, text } = parseToolCalls(broken);
    expect([plain(calls), text]).toEqual([[{ name: 'f', arguments: {} }], `a${call('[f(a=')}bc<|tool_call_start|>[g(`]);
  });

  it('never throws, and loses nothing of what has no calls', () => {
    const pieces = fc.constantFrom(
      '<|tool_call_start|>',
      '<|tool_call_end|>',
      '[',
      ']',
      'f',
      '(',
      ')',
      'a',
      '=',
      '"',
      "'",
      '\\',
      ',',
      '{',
      '}',
      ':',
      '1',
      '-',
      '.',
      ' ',
      '\n',
      'None',
      '\\u',
      '"""',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        const answer = parts.join('');
        const { calls, text } = parseToolCalls(answer);
        if (calls.length === 0 && !/\[\s*\]/.test(answer)) {
          expect(text).toBe(answer);
        }
        expect(calls.every(({ name }) => name !== '')).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('is read in linear time', () => {
    const many = 200_000;
    expect(parseToolCalls('<|tool_call_start|>'.repeat(20_000)).text).toHaveLength(19 * 20_000);
    expect(parseToolCalls(call('[f(').repeat(20_000)).calls).toHaveLength(0);
    expect(args(`a="${'\\n'.repeat(many)}"`)).toEqual({ a: '\n'.repeat(many) });
    expect(args(`a=${'"b" '.repeat(many)}`)).toEqual({ a: 'b'.repeat(many) });
    expect(args(`a=[${'1,'.repeat(many)}]`).a).toHaveLength(many);
    expect(args(`a=${'1'.repeat(many)}x`)).toBeUndefined();
    expect(args(`${' '.repeat(many)}a=1${' '.repeat(many)}x`)).toBeUndefined();
    expect(args(`${'a.'.repeat(many)}=1`)).toBeUndefined();
    expect(plain(parseCallList(`[${'f(), '.repeat(many)}]`))).toHaveLength(many);
  });
});

it('reads back what is written', () => {
  const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);
  const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}(\.[a-z_][a-z0-9_]{0,8})?$/);
  const key = fc.stringMatching(/^[a-zà-öø-ÿ_][a-z0-9_]{0,8}$/);
  const call = fc.record({ name, arguments: fc.dictionary(key, json) });
  fc.assert(
    fc.property(fc.array(call, { maxLength: 4 }), (calls) => {
      expect(plain(parseCallList(formatToolCalls(calls)))).toEqual(plain(calls));
    }),
  );
});
