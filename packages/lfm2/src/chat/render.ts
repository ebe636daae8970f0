import type { Tokenizer } from '@gossamer/kit/tokenizer';
import { fail } from '../errors.ts';
import { checkMessages, checkTools, mapJson } from './check.ts';
import { Guard, unusedCharacter } from './guard.ts';
import type { ChatTemplate } from './template.ts';
import { formatToolCalls } from './tool-format.ts';
import type { ChatMessage, JsonValue, ToolDefinition } from './types.ts';

/** How a model's file writes a chat. */
export interface ChatFormat {
  readonly template: ChatTemplate;
  readonly tokenizer: Tokenizer;
  /** Texts of the tokens that the template calls `bos_token` and `eos_token`. */
  readonly bosToken?: string | undefined;
  readonly eosToken?: string | undefined;
}

/** What else a template is given. */
export interface RenderOptions {
  /** Tools that the model may call. */
  readonly tools?: readonly ToolDefinition[] | undefined;
  /** Begin the assistant's turn at the end; true unless told. */
  readonly addGenerationPrompt?: boolean | undefined;
  /** The time that the template tells; the present one unless told. */
  readonly now?: Date | undefined;
  /** More variables of this template, such as `keep_past_thinking`. Their texts are as trusted as the template. */
  readonly variables?: { readonly [name: string]: JsonValue | undefined } | undefined;
}

const THINK: readonly string[] = ['<think>', '</think>'];
const CALL_START = '<|tool_call_start|>';
const CALL_END = '<|tool_call_end|>';
const OWN_VARIABLES: readonly string[] = ['messages', 'tools', 'add_generation_prompt', 'bos_token', 'eos_token'];

/**
 * The tokens of a chat, as its template writes it. Special tokens come from the template alone: one that is spelled out in a message, a
 * tool, or a call stays text, but for the think tags of an assistant. Where the template writes no bos, the tokenizer's is
 * put in front; never two.
 *
 * @throws `bad-value` for malformed messages or tools; `bad-template` as {@link ChatTemplate.render}; `bad-option`.
 */
export function renderChat(
  format: ChatFormat,
  messages: readonly ChatMessage[],
  options: RenderOptions = {},
): Uint32Array {
  const { template, tokenizer } = format;
  const { tools, addGenerationPrompt = true, now, variables = {} } = options;
  checkMessages(messages);
  if (tools !== undefined) checkTools(tools);
  for (const name of OWN_VARIABLES) {
    if (Object.hasOwn(variables, name))
      throw fail('bad-option', `variables: expected no ${name}, it has its own place`);
  }
  const specials = [...tokenizer.specials.keys()];
  const given: string[] = [template.source, ...specials];
  const collect = (text: string) => {
    given.push(text);
    return text;
  };
  mapJson(messages, collect, 'messages');
  mapJson(tools ?? null, collect, 'tools');
  mapJson(variables, collect, 'variables');
  const character = unusedCharacter(given);
  const guard = new Guard(specials, character);
  const thinking = new Guard(
    specials.filter((special) => !THINK.includes(special)),
    character,
  );

  const inlineCalls = !template.source.includes('tool_calls');
  const rendered = template.render(
    {
      ...variables,
      messages: messages.map((message) => turn(message, guard, thinking, inlineCalls)),
      tools:
        tools === undefined || tools.length === 0 ? null : mapJson(tools, (text) => guard.text(sound(text)), 'tools'),
      add_generation_prompt: addGenerationPrompt,
      bos_token: format.bosToken,
      eos_token: format.eosToken,
    },
    now,
  );
  const text = rendered.replaceAll(guard.escape, character);
  const ids = tokenizer.encode(text, { addSpecial: false, parseSpecial: true, guard: character });
  const { bos } = tokenizer;
  return bos === undefined || ids[0] === bos ? ids : Uint32Array.of(bos, ...ids);
}

/** A message as templates expect it, its texts guarded. */
function turn(message: ChatMessage, guard: Guard, thinking: Guard, inlineCalls: boolean): { [key: string]: JsonValue } {
  const { role, content, name, toolCalls = [] } = message;
  const safe = (role === 'assistant' ? thinking : guard).text(sound(content), true);
  const named = name === undefined ? {} : { name: guard.text(sound(name), true) };
  if (toolCalls.length === 0) {
    return { role, content: safe, ...named };
  }
  if (inlineCalls) {
    const calls = guard.text(sound(formatToolCalls(toolCalls)), true);
    return { role, content: `${CALL_START}${calls}${CALL_END}${safe}`, ...named };
  }
  const calls = toolCalls.map((call) => ({
    type: 'function',
    function: mapJson({ name: call.name, arguments: call.arguments }, (text) => guard.text(sound(text)), 'toolCalls'),
  }));
  return { role, content: safe, ...named, tool_calls: calls };
}

/** Lone surrogates as U+FFFD, as the tokenizer reads them; templates may cut texts between the halves of a pair. */
function sound(text: string): string {
  return text.replace(/[\ud800-\udfff]/gu, '\ufffd');
}

/**
 * How many tokens a text or a chat takes. A text counts without bos.
 *
 * @throws as {@link renderChat}.
 */
export function countTokens(
  format: ChatFormat,
  input: string | readonly ChatMessage[],
  options?: RenderOptions,
): number {
  return typeof input === 'string'
    ? format.tokenizer.encode(input, { addSpecial: false }).length
    : renderChat(format, input, options).length;
}
