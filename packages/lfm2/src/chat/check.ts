import { show } from '@gossamer/kit/errors';
import { fail } from '../errors.ts';
import { MAX_NESTING } from './limits.ts';
import type { ChatMessage, JsonValue, ToolCall, ToolDefinition } from './types.ts';

const ROLES: readonly unknown[] = ['system', 'user', 'assistant', 'tool'];

/** @throws `bad-value` for what is no list of messages. */
export function checkMessages(messages: readonly ChatMessage[]): void {
  if (!Array.isArray(messages)) {
    throw new TypeError(`messages: expected an array, got ${show(messages)}`);
  }
  messages.forEach((message: Partial<ChatMessage> | null, i) => {
    const bad = (member: string, what: string, value: unknown) =>
      fail('bad-value', `messages[${i}]${member}: expected ${what}, got ${show(value)}`);
    if (typeof message !== 'object' || message === null) throw bad('', 'an object', message);
    if (!ROLES.includes(message.role)) throw bad('.role', `one of ${ROLES.join(', ')}`, message.role);
    if (typeof message.content !== 'string') throw bad('.content', 'a string', message.content);
    if (message.name !== undefined && typeof message.name !== 'string') throw bad('.name', 'a string', message.name);
    const { toolCalls = [] } = message;
    if (!Array.isArray(toolCalls)) throw bad('.toolCalls', 'an array', toolCalls);
    toolCalls.forEach((call: Partial<ToolCall> | null, j) => {
      if (typeof call?.name !== 'string') throw bad(`.toolCalls[${j}].name`, 'a string', call?.name);
      if (!isObject(call.arguments)) throw bad(`.toolCalls[${j}].arguments`, 'an object', call.arguments);
    });
  });
}

/** @throws `bad-value` for what is no list of tools. */
export function checkTools(tools: readonly ToolDefinition[]): void {
  if (!Array.isArray(tools)) {
    throw new TypeError(`tools: expected an array, got ${show(tools)}`);
  }
  tools.forEach((tool: Partial<ToolDefinition> | null, i) => {
    if (typeof tool?.function?.name !== 'string') {
      throw fail('bad-value', `tools[${i}].function.name: expected a string, got ${show(tool?.function?.name)}`);
    }
  });
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A copy of a JSON value whose strings and keys went through `each`; members that are undefined are left out.
 *
 * @throws `bad-value` for what JSON cannot hold, or what is nested deeper than 64 levels.
 */
export function mapJson(value: unknown, each: (text: string) => string, name: string, depth = 0): JsonValue {
  if (depth > MAX_NESTING) {
    throw fail('bad-value', `${name}: expected values nested at most ${MAX_NESTING} deep`);
  }
  if (typeof value === 'string') {
    return each(value);
  }
  if (value === null || typeof value === 'boolean' || Number.isFinite(value)) {
    return value as JsonValue;
  }
  if (Array.isArray(value)) {
    return value.map((item) => mapJson(item, each, name, depth + 1));
  }
  if (typeof value !== 'object') {
    throw fail('bad-value', `${name}: expected what JSON can hold, got ${show(value)}`);
  }
  const copy: Record<string, JsonValue> = Object.create(null);
  for (const [key, member] of Object.entries(value as object)) {
    if (member !== undefined) copy[each(key)] = mapJson(member, each, name, depth + 1);
  }
  return copy;
}
