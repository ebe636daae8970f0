import { describe, expect, it } from 'vitest';
import { ChatTemplate, type TemplateVariables } from '../src/chat/template.ts';
import { Lfm2Error } from '../src/errors.ts';

const render = (source: string, variables: TemplateVariables = {}, now?: Date) =>
  new ChatTemplate(source).render(variables, now);

function messageOf(source: string, variables: TemplateVariables = {}): string {
  try {
    render(source, variables);
  } catch (error) {
    if (error instanceof Lfm2Error && error.code === 'bad-template') return error.message;
    throw error;
  }
  throw new Error('expected a throw');
}

it('runs what chat templates use', () => {
  expect(
    render('{% for m in ms %}[{{ loop.index0 }}{{ m.role }}]{% endfor %}', { ms: [{ role: 'a' }, { role: 'b' }] }),
  ).toBe('[0a][1b]');
  expect(
    render('{% set ns = namespace(n=0) %}{% for i in range(5) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}'),
  ).toBe('10');
  expect(render('{% macro f(x, y=2) %}{{ x * y }}{% endmacro %}{{ f(3) }},{{ f(3, y=5) }}')).toBe('6,15');
  expect(render('a {% generation %}b{% endgeneration %} c')).toBe('a b c');
  expect(render('{{ t | tojson }}', { t: { b: [1, 2.5, null, true], a: 'é"' } })).toBe(
    '{"b": [1, 2.5, null, true], "a": "é\\""}',
  );
  expect(render('{{ t | tojson(indent=2) }}', { t: [1] })).toBe('[\n  1\n]');
  expect(render("{{ s.split('</t>')[-1] | trim }}", { s: 'a</t> b ' })).toBe('b');
  expect(render("{{ s | replace('a', 'bb') }}{{ s.replace('a', '') }}{{ s.split() | length }}", { s: 'a a' })).toBe(
    'bb bb 2',
  );
  expect(render("{{ ['a', 'b'] | join(', ') }}{{ 'x\\ny' | indent(2) }}")).toBe('a, bx\n  y');
  expect(render('{{ range(2, 8, 3) }}{{ range(3, 0, -1) }}{{ range(0) }}')).toBe('[2, 5][3, 2, 1][]');
  expect(
    render(
      '{% for x in range(9) %}{% if x == 1 %}{% continue %}{% endif %}{% if x == 3 %}{% break %}{% endif %}{{ x }}{% endfor %}',
    ),
  ).toBe('02');
  expect(render('{{ none }}{{ missing }}{{ True }}{% if not missing %}!{% endif %}')).toBe('true!');
});

it('tells the time that it is given, as Python does', () => {
  const now = new Date(2026, 10, 5, 15, 4, 9);
  const format = '%Y-%m-%d %H:%M:%S %y %I %p %A %a %B %b 100%% %Q';
  expect(render(`{{ strftime_now('${format}') }}`, {}, now)).toBe(
    '2026-11-05 15:04:09 26 03 PM Thursday Thu November Nov 100% %Q',
  );
  expect(render("{{ strftime_now('%I %p') }}", {}, new Date(2026, 0, 1, 0))).toBe('12 AM');
});

it('passes on what raise_exception says', () => {
  expect(messageOf("{{ raise_exception('roles must alternate') }}")).toBe('template: raised "roles must alternate"');
});

it.each(['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__'])(
  'shows nothing of %s',
  (name) => {
    const variables = { o: { a: 1 }, l: [1], s: 'text', n: 1, b: true };
    for (const value of ['o', 'l', 's', 'n', 'b', 'range', 'namespace(a=1)', '[]', '{}', "'x'.split"]) {
      expect(render(`{{ ${value}.${name} is defined }}{{ ${value}['${name}'] is defined }}`, variables)).toBe(
        'falsefalse',
      );
    }
    expect(render(`{{ ${name} is defined }}`)).toBe('false');
    const own = Object.defineProperty({}, name, { value: 'mine', enumerable: true });
    expect(render(`{{ o['${name}'] }}`, { o: own })).toBe('mine');
    expect(messageOf(`{{ o.constructor.constructor('return 1')() }}`, variables)).toContain('Cannot call');
    expect(({} as Record<string, unknown>).mine).toBeUndefined();
  },
);

describe('a malformed template', () => {
  it.each([
    '{% if %}',
    '{% if true %}',
    '{{ (1 }}',
    '{{ 1 ',
    '{# ',
    '{% endfor %}',
    '{% unknown %}',
    '{{ "a }}',
    '{{ x | nosuchfilter }}',
    '{{ x() }}',
    '{{ 1 is nosuchtest }}',
    '{% break %}',
    '{{ range() }}',
    "{{ range('9') }}",
    '{{ range(1, 2, 0) }}',
    '{{ range(1, 2, 3, 4) }}',
    '{% for a, b in [1] %}{% endfor %}',
    "{{ {}['a' }}",
    '{{ \\ }}',
  ])('is refused: %j', (source) => {
    expect(messageOf(source)).toMatch(/^template: ./);
  });

  it.each([
    ['{{ ', '(', 100_000, ' }}'],
    ['{{ ', '[', 100_000, ' }}'],
    ['{{ ', 'not ', 60_000, ' x }}'],
    ['', '{% if x %}', 20_000, ''],
    ['{{ ', '-', 100_000, '1 }}'],
    ['{{ a', '|trim', 50_000, ' }}'],
    ['{{ a', '.a', 100_000, ' }}'],
    ['{{ ', '1+', 100_000, '1 }}'],
    ['{{ ', '1 if x else ', 20_000, '1 }}'],
    ['{{ ', '{"a":', 40_000, '1 }}'],
    ['', '{%', 100_000, ''],
    ['', '{{', 100_000, ''],
    ['', '{#', 100_000, ''],
    ['', '{% generation %}', 16_000, '{{'],
  ])('is refused: %s and %s, %i times, then %s', (start, part, count, end) => {
    expect(messageOf(start + part.repeat(count) + end)).toMatch(/^template: ./);
  });

  it('is refused when it is too long, or has blanks that the lexer reads again and again', () => {
    expect(messageOf('a'.repeat(2 ** 18 + 1))).toBe('template: expected at most 262144 characters, got 262145');
    expect(render('a'.repeat(2 ** 18))).toHaveLength(2 ** 18);
    expect(messageOf(' '.repeat(257))).toBe('template: expected at most 256 blanks in a row');
    expect(render(`${' '.repeat(256)}{{ 1 }}`)).toBe(`${' '.repeat(256)}1`);
    expect(() => new ChatTemplate(3 as never)).toThrow(TypeError);
  });
});

const LONG =
  "{% set ns = namespace(s='0123456789abcdef') %}{% for i in range(16) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}"; // 2^20
const LIST = '{% set l = range(65536) %}';
const STRINGS = `${LONG}{% set l = [ns.s] %}`;
const GROWING = '{% set ns = namespace(l=[1]) %}{% for i in range(40) %}';

describe('a bomb', () => {
  it.each<[string, string]>([
    ['a huge range', '{{ range(10**9) | length }}'],
    ['a huge range counted down', '{% for i in range(0, 0 - 10**12, -1) %}{% endfor %}'],
    ['many ranges', '{% for i in range(65536) %}{% set x = range(65536) %}{% endfor %}'],
    ['an infinite range', '{{ range(10**300) }}'],
    ['nested loops', `{% for a in range(1000) %}${'{% for b in range(1000) %}'.repeat(2)}x${'{% endfor %}'.repeat(3)}`],
    ['nested loops of nothing', `{% for a in range(65536) %}{% for b in range(65536) %}{% endfor %}{% endfor %}`],
    ['filtered loops', `${LIST}{% for a in l %}{% for b in l if b < 0 %}{% endfor %}{% endfor %}`],
    [
      'doubling by ~',
      "{% set ns = namespace(s='a') %}{% for i in range(64) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
    ],
    [
      'doubling by +',
      "{% set ns = namespace(s='a') %}{% for i in range(64) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
    ],
    [
      'doubling by blocks',
      "{% set s = 'aaaaaaaaaaaaaaaa' %}".concat('{% set s %}{{ s }}{{ s }}{% endset %}'.repeat(40)),
    ],
    ['doubling of lists', `${GROWING}{% set ns.l = ns.l + ns.l %}{% endfor %}`],
    ['doubling by nesting, written as JSON', `${GROWING}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l | tojson }}`],
    ['doubling by nesting, written out', `${GROWING}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}`],
    [
      'doubling by nesting, written in a macro',
      `${GROWING}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{% macro f(x) %}{{ x }}{% endmacro %}{{ f(ns.l) }}`,
    ],
    ['doubling by nesting, compared', `${GROWING}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l == 'a' }}`],
    ['doubling by nesting, joined', `${GROWING}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l | join }}`],
    [
      'doubling by nesting, as text',
      `${GROWING}{% set ns.l = {'a': ns.l, 'b': ns.l} %}{% endfor %}{{ ns.l | string }}{{ ns.l ~ 'a' }}{{ ns.l }}`,
    ],
    ['doubling through namespaces', `${'{% set n = namespace(a=n, b=n) %}'.repeat(60)}{{ n }}`],
    ['a circle', '{% set n = namespace(a=1) %}{% set n.a = [n, n] %}{{ n }}'],
    ['a circle in JSON', '{% set n = namespace(a=1) %}{% set n.a = n %}{{ n | tojson }}'],
    ['recursion', '{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}'],
    [
      'double recursion',
      '{% macro f(x) %}{% if x > 0 %}{{ f(x - 1) }}{{ f(x - 1) }}{% endif %}{% endmacro %}{{ f(40) }}',
    ],
    ['recursion of two', '{% macro f() %}{{ g() }}{% endmacro %}{% macro g() %}{{ f() }}{% endmacro %}{{ f() }}'],
    [
      'recursion by a call block',
      '{% macro f() %}{{ caller() }}{% call f() %}{{ caller() }}{% endcall %}{% endmacro %}{% call f() %}x{% endcall %}',
    ],
    [
      'macros defined again and again',
      `{% for i in range(60000) %}{% macro f() %}${'{{ a }}'.repeat(20_000)}{% endmacro %}{% endfor %}`,
    ],
    ['replace of each character', `${LONG}{{ ns.s.replace('0', ns.s) }}`],
    ['replace of nothing', `${LONG}{{ ns.s | replace('', 'abcdefgh') }}`],
    ['replace by another way', `${LONG}{% set f = ns.s['replace'] %}{{ f('0', ns.s) }}`],
    ['replace with its arguments spread', `${LONG}{{ ns.s | replace(*['0', ns.s]) }}`],
    ['replace in a filter block', "{% filter replace('a', 'aaaaaaaa') %}a{% endfilter %}"],
    ['split into characters', `${LONG}{{ ns.s.split('0') | length }}`],
    [
      'split at blanks',
      `{% set ns = namespace(s='a ') %}{% for i in range(19) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s.split() | length }}`,
    ],
    ['join by a long text', `${LONG}${LIST}{{ l | join(ns.s) }}`],
    ['indent by much', `{{ 'a\\nb' | indent(10**9) }}`],
    ['indent by much, spread', `{{ 'a\\nb' | indent(*[10**9]) }}`],
    ['indent in a filter block', `{% filter indent(10**9) %}a\nb{% endfilter %}`],
    ['JSON indented by much', `{{ [[1]] | tojson(indent=10**9) }}`],
    ['JSON with long separators', `${LONG}${LIST}{{ l | tojson(separators=(ns.s, ns.s)) }}`],
    ['sorting long texts', `${STRINGS}{% for i in range(1000) %}{% set x = (l + l) | sort %}{% endfor %}`],
    ['searching long texts', `${LONG}{% for i in range(60000) %}{% if 'x' in ns.s %}{% endif %}{% endfor %}`],
    ['searching long lists', `${LIST}{% for i in range(60000) %}{% if 'x' in l %}{% endif %}{% endfor %}`],
    ['changing long texts', `${LONG}{% for i in range(60000) %}{% set x = ns.s | upper %}{% endfor %}`],
    ['slicing long texts', `${LONG}{% for i in range(60000) %}{% set x = ns.s[1:] %}{% endfor %}`],
    [
      'capitals of long texts',
      `{% set ns = namespace(s='a a ') %}{% for i in range(18) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{% for i in range(60000) %}{% set x = ns.s | title %}{% endfor %}`,
    ],
    ['letters of long texts joined', `${LONG}{% for i in range(60000) %}{% set x = ns.s | join %}{% endfor %}`],
    ['methods of long texts', `${LONG}{% for i in range(60000) %}{% set x = ns.s.title() %}{% endfor %}`],
    [
      'items of large mappings',
      `${LIST}{% for i in range(60000) %}{% for k, v in d.items() %}{% endfor %}{% endfor %}`,
    ],
    ['unknown names', `{% for a in range(65536) %}${'{{ u }}'.repeat(100)}{% endfor %}`],
    ['continue', `{% for a in range(4096) %}{% for b in range(4096) %}{% continue %}{% endfor %}{% endfor %}`],
    ['a long result', `${LONG}{% for i in range(9) %}{{ ns.s }}{% endfor %}`],
    ['a huge number of pieces', `${LONG}{% for i in range(60000) %}{{ ns.s }}{% endfor %}`],
    ['deep loops', `${'{% for a in [1] %}'.repeat(300)}x${'{% endfor %}'.repeat(300)}`],
  ])('is stopped: %s', (_, source) => {
    const d = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`k${i}`, i]));
    expect(messageOf(source, { d })).toMatch(/^template: (expected|\S+: expected)/);
  });
});
