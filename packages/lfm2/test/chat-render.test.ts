import { readJson } from '@gossamer/testkit/fixtures';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainTemplate } from '../src/chat/plain.ts';
import { type ChatFormat, countTokens, type RenderOptions, renderChat } from '../src/chat/render.ts';
import { ChatTemplate } from '../src/chat/template.ts';
import type { ChatMessage, JsonValue, ToolDefinition } from '../src/chat/types.ts';
import { errorOf, sharedTokenizer } from './chat.ts';

interface Fixture {
  readonly now: string;
  readonly templates: Record<string, string>;
  readonly tools: ToolDefinition[];
  readonly chats: Record<string, FileMessage[]>;
  readonly cases: {
    readonly template: string;
    readonly chat: string;
    readonly tools: boolean;
    readonly prompt: boolean;
    readonly variables: Record<string, JsonValue>;
    readonly text: string;
    readonly ids: number[];
  }[];
}

interface FileMessage {
  readonly role: ChatMessage['role'];
  readonly content: string;
  readonly tool_calls?: { function: { name: string; arguments: Record<string, JsonValue> } }[];
}

const fixture = readJson<Fixture>(new URL('fixtures/chat.json', import.meta.url));
const tokenizer = sharedTokenizer();
const formatOf = (source: string): ChatFormat => ({
  template: new ChatTemplate(source),
  tokenizer,
  bosToken: '<|startoftext|>',
  eosToken: '<|im_end|>',
});
const messageOf = ({ role, content, tool_calls = [] }: FileMessage, calls = true): ChatMessage => ({
  role,
  content,
  ...(calls ? { toolCalls: tool_calls.map((call) => call.function) } : {}),
});
const textOf = (ids: Iterable<number>) => tokenizer.decode(ids, { skipSpecial: false });
const idOf = (token: string) => tokenizer.tokenToId(token) as number;
const PLAIN: ChatFormat = { template: plainTemplate(), tokenizer, bosToken: '<|startoftext|>' };
const say = (content: string): ChatMessage => ({ role: 'user', content });

describe('a chat has the tokens that transformers gives it', () => {
  it.each(fixture.cases.map((item) => [item.template, item.chat, item.tools, item.prompt, item] as const))(
    'template %s, chat %s, tools %s, prompt %s',
    (name, chat, _tools, _prompt, { ids, prompt, tools, variables }) => {
      const source = fixture.templates[name] as string;
      const known = source.includes('tool_calls'); // transformers leaves calls out where the template does
      const messages = (fixture.chats[chat] as FileMessage[]).map((message) => messageOf(message, known));
      const options: RenderOptions = {
        addGenerationPrompt: prompt,
        now: new Date(fixture.now),
        variables,
        ...(tools ? { tools: fixture.tools } : {}),
      };
      const got = [...renderChat(formatOf(source), messages, options)];
      const want = name === 'no bos' ? [1, ...ids] : ids;
      expect(textOf(got)).toBe(textOf(want));
      expect(got).toEqual(want);
    },
  );

  it('also without a template, in the plain form', () => {
    for (const { template, chat, ids, prompt } of fixture.cases) {
      const messages = fixture.chats[chat] as FileMessage[];
      if (template !== 'plain' || messages.some(({ role }) => role === 'tool')) continue;
      const plain = messages.map((message) => messageOf(message));
      expect([...renderChat(PLAIN, plain, { addGenerationPrompt: prompt })]).toEqual(ids);
    }
  });
});

const SPECIALS = [...tokenizer.specials.keys()];

/** Texts of pieces that together may spell a special token. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(...SPECIALS),
      fc
        .constantFrom(...SPECIALS)
        .chain((special) =>
          fc
            .tuple(fc.nat(special.length), fc.nat(special.length))
            .map(([a, b]) => special.slice(Math.min(a, b), Math.max(a, b))),
        ),
      fc.constantFrom(
        '<',
        '|',
        '>',
        '<|',
        '|>',
        ' ',
        '\n',
        '\ufdd0',
        '\ue000',
        '\ud83d',
        '\udfff',
        '\0',
        '\\ufdd1',
        'end',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

describe('special tokens come from the template alone', () => {
  const count = (ids: Iterable<number>) =>
    [...ids].filter((id) => tokenizer.specials.has(tokenizer.idToToken(id) as string)).length;
  const sources = ['first', 'second', 'plain'].map((name) => fixture.templates[name] as string);
  // One text right behind the other, a text within a token, texts taken apart, letters beyond ASCII escaped.
  sources.push(
    '{{ bos_token }}{% for m in messages %}{{ m.name }}{{ m.content }}{% endfor %}{{ tools | tojson(ensure_ascii=true) }}',
    '{% for m in messages %}<{{ m.content }}|im_end{{ m.name }}{% endfor %}',
    '{% for m in messages %}<|{{ m.content }}|><|im_{{ m.name }}{{ m.content | trim }}{% endfor %}',
    "{% for m in messages %}{{ m.content | replace('|', '|') }}{{ m.content.split() | join }}{{ m.content[1:] }}{% endfor %}",
  );

  it.each(sources)('%j', (source) => {
    const format = formatOf(source);
    fc.assert(
      fc.property(fc.array(fc.tuple(hostile, hostile), { minLength: 2, maxLength: 4 }), (texts) => {
        const messages = (of: (text: string) => string): ChatMessage[] =>
          texts.map(([content, name], i) => ({
            role: (['system', 'user', 'tool', 'user'] as const)[i] as 'user',
            content: of(content),
            name: of(name),
          }));
        const tools = (of: (text: string) => string): ToolDefinition[] =>
          texts.map(([name, description]) => ({
            type: 'function',
            function: { name: of(name), description: of(description), parameters: { [of(name)]: [of(description)] } },
          }));
        const got = renderChat(
          format,
          messages((text) => text),
          { tools: tools((text) => text) },
        );
        const benign = renderChat(
          format,
          messages((text) => (text === '' ? '' : 'x')),
          { tools: tools(() => 'x') },
        );
        expect(count(got)).toBe(count(benign));
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ['<|{{ messages[0].content }}|>', 'im_end', '<|im_end|>'],
    ['{{ messages[0].content }}|im_end|>', '<', '<|im_end|>'],
    ['<|im_en{{ messages[0].content }}', 'd|>', '<|im_end|>'],
    ['<|im_end|{{ messages[0].content }}', '>', '<|im_end|>'],
    ['{{ messages[0].content }}_end|>', '<|im', '<|im_end|>'],
    ["{{ messages[0].content | replace('.', '') }}", '<|im_.end|>', '<|im_end|>'],
    ['{{ messages[0].content | tojson(ensure_ascii=true) }}', 'é<|im_end|>', '"\\u00e9<|im_end|>"'],
    ['{{ messages | tojson }}', '<|im_end|>', '[{"role": "user", "content": "<|im_end|>"}]'],
    ['{{ messages[0].content | trim }}', ' <|im_end|> ', '<|im_end|>'],
  ])('%s of %j', (source, content, text) => {
    const ids = renderChat({ template: new ChatTemplate(source), tokenizer }, [say(content)]);
    expect(textOf(ids.subarray(1))).toBe(text);
    expect([...ids]).not.toContain(idOf('<|im_end|>'));
  });

  it('what users write stays as it is, letter for letter', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const sound = text.replace(/[\ud800-\udfff]/gu, '\ufffd');
        const ids = renderChat(PLAIN, [say(text)], { addGenerationPrompt: false });
        expect(textOf(ids)).toBe(`<|startoftext|><|im_start|>user\n${sound}<|im_end|>\n`);
      }),
    );
  });

  it('also in assistant turns and in calls, but for the think tags', () => {
    const format = formatOf(fixture.templates.second as string);
    const [think, end] = [idOf('<think>'), idOf('<|im_end|>')];
    const ids = renderChat(format, [say('<think>'), { role: 'assistant', content: '<think>a</think>b<|im_end|>' }], {
      addGenerationPrompt: false,
    });
    expect([...ids].filter((id) => id === think)).toHaveLength(1);
    expect([...ids].filter((id) => id === end)).toHaveLength(2);
    const toolCalls = [{ name: '<|im_end|>', arguments: { '<|im_end|>': '<|tool_call_end|>', b: ['<think>'] } }];
    for (const source of [fixture.templates.first, fixture.templates.second]) {
      const called = renderChat(formatOf(source as string), [say('a'), { role: 'assistant', content: 'b', toolCalls }]);
      expect([...called].filter((id) => id === end)).toHaveLength(2);
      expect([...called].filter((id) => id === idOf('<|tool_call_end|>'))).toHaveLength(1);
      expect([...called].filter((id) => id === think)).toHaveLength(0);
    }
  });
});

it('writes calls as LFM2 does where the template knows none', () => {
  const toolCalls = [
    { name: 'f', arguments: { a: 'x"y', b: [1, true, null, { c: -0.5 }], d: undefined } },
    { name: 'g', arguments: {} },
  ];
  const ids = renderChat(PLAIN, [{ role: 'assistant', content: 'Well.', toolCalls }], { addGenerationPrompt: false });
  expect(textOf(ids)).toBe(
    '<|startoftext|><|im_start|>assistant\n<|tool_call_start|>[f(a="x\\"y", b=[1, True, None, {"c": -0.5}]), g()]<|tool_call_end|>Well.<|im_end|>\n',
  );
  expect([...ids]).toContain(idOf('<|tool_call_start|>'));
});

it('lists tools and marks their answers in the plain form', () => {
  const tools: ToolDefinition[] = [{ type: 'function', function: { name: 'f' } }];
  const messages: ChatMessage[] = [
    { role: 'system', content: 'Help.' },
    { role: 'tool', content: '1', name: 'f' },
  ];
  expect(textOf(renderChat(PLAIN, messages, { tools, addGenerationPrompt: false }))).toBe(
    '<|startoftext|><|im_start|>system\nHelp.\nList of tools: <|tool_list_start|>[{"type": "function", "function": {"name": "f"}}]<|tool_list_end|><|im_end|>\n' +
      '<|im_start|>tool\n<|tool_response_start|>1<|tool_response_end|><|im_end|>\n',
  );
});

it('puts one bos in front, and none where the tokenizer has none', () => {
  const plain = 'a{% for m in messages %}{{ m.content }}{% endfor %}';
  const ids = (source: string, format: Partial<ChatFormat> = {}) => [
    ...renderChat({ ...formatOf(source), ...format }, [say('b')]),
  ];
  expect(ids(plain)).toEqual([1, ...tokenizer.encode('ab', { addSpecial: false })]);
  expect(ids(`{{ bos_token }}${plain}`)).toEqual(ids(plain));
  expect(ids(`{{ bos_token }}${plain}`, { bosToken: undefined })).toEqual(ids(plain));
  expect(ids(plain, { tokenizer: { ...tokenizer, bos: undefined } })).toEqual(ids(plain).slice(1));
  expect(ids(`${plain}{{ eos_token }}`).at(-1)).toBe(7);
});

it('counts tokens of texts and of chats', () => {
  expect(countTokens(PLAIN, 'the letter')).toBe(tokenizer.encode('the letter', { addSpecial: false }).length);
  expect(countTokens(PLAIN, [say('the letter')])).toBe(renderChat(PLAIN, [say('the letter')]).length);
  expect(countTokens(PLAIN, [say('a')], { addGenerationPrompt: false })).toBeLessThan(countTokens(PLAIN, [say('a')]));
});

it('renders a long chat within its limits', () => {
  const format = formatOf(fixture.templates.second as string);
  const long = 'The keeper wrote a letter about the weather and <|the gulls|>. '.repeat(16);
  const messages = Array.from(
    { length: 1000 },
    (_, i): ChatMessage => ({ role: i % 2 ? 'assistant' : 'user', content: long }),
  );
  expect(renderChat(format, messages).length).toBeGreaterThan(200_000);
});

describe('what is no chat is refused', () => {
  const nested: JsonValue = JSON.parse(`${'['.repeat(70)}${']'.repeat(70)}`);
  const tool = (parameters: JsonValue): ToolDefinition => ({ type: 'function', function: { name: 'f', parameters } });
  const all = String.fromCharCode(
    ...Array.from({ length: 32 }, (_, i) => 0xfdd0 + i),
    ...Array.from({ length: 6400 }, (_, i) => 0xe000 + i),
  );
  it.each<[string, string, unknown[], RenderOptions?]>([
    ['bad-value', 'messages[0]: expected an object, got null', [null]],
    [
      'bad-value',
      'messages[1].role: expected one of system, user, assistant, tool, got "root"',
      [say('a'), { role: 'root', content: '' }],
    ],
    ['bad-value', 'messages[0].content: expected a string, got undefined', [{ role: 'user' }]],
    ['bad-value', 'messages[0].name: expected a string, got 3', [{ ...say('a'), name: 3 }]],
    ['bad-value', 'messages[0].toolCalls: expected an array, got Object', [{ ...say('a'), toolCalls: {} }]],
    [
      'bad-value',
      'messages[0].toolCalls[0].name: expected a string, got undefined',
      [{ ...say('a'), toolCalls: [{}] }],
    ],
    [
      'bad-value',
      'messages[0].toolCalls[0].arguments: expected an object, got "{}"',
      [{ ...say('a'), toolCalls: [{ name: 'f', arguments: '{}' }] }],
    ],
    [
      'bad-value',
      'messages: expected what JSON can hold, got NaN',
      [{ ...say('a'), toolCalls: [{ name: 'f', arguments: { a: Number.NaN } }] }],
    ],
    [
      'bad-value',
      'tools[0].function.name: expected a string, got undefined',
      [],
      { tools: [{ type: 'function' } as never] },
    ],
    ['bad-value', 'tools: expected values nested at most 64 deep', [], { tools: [tool(nested)] }],
    ['bad-value', 'tools: expected what JSON can hold, got () => 1', [], { tools: [tool((() => 1) as never)] }],
    ['bad-value', 'messages: expected texts that leave a character of the private use area unused', [say(all)]],
    ['bad-option', 'variables: expected no messages, it has its own place', [], { variables: { messages: [] } }],
  ])('%s: %s', (code, message, messages, options) => {
    expect(errorOf(() => renderChat(PLAIN, messages as never, options))).toMatchObject({ code, message });
  });

  it('with a TypeError where it is no list', () => {
    expect(() => renderChat(PLAIN, 'a' as never)).toThrow(TypeError);
    expect(() => renderChat(PLAIN, [], { tools: {} as never })).toThrow(TypeError);
  });

  it('with what the template says', () => {
    const format = formatOf(fixture.templates.second as string);
    expect(errorOf(() => renderChat(format, [say('a'), { role: 'system', content: 'b' }]))).toEqual({
      code: 'bad-template',
      message: 'template: raised "Unexpected role"',
    });
  });
});
