import { mapJson } from './check.ts';
import { parsePythonCalls } from './python.ts';
import type { JsonValue, ToolCall } from './types.ts';

const START = '<|tool_call_start|>';
const END = '<|tool_call_end|>';

/** An answer taken apart. */
export interface ParsedAnswer {
  /** In the order of the answer. */
  readonly calls: readonly ToolCall[];
  /** The rest of the answer; also calls that could not be read, as the model wrote them. */
  readonly text: string;
}

/**
 * Takes the tool calls out of an answer that was decoded with its special tokens: the text between each `<|tool_call_start|>` and
 * `<|tool_call_end|>`, or the end where the answer was cut. A section that is no list of calls stays in the text, tokens and all,
 * so nothing that the model said is lost, and nothing throws.
 */
export function parseToolCalls(answer: string): ParsedAnswer {
  const calls: ToolCall[] = [];
  let text = '';
  let at = 0;
  while (at < answer.length) {
    const start = answer.indexOf(START, at);
    if (start < 0) break;
    text += answer.slice(at, start);
    const end = answer.indexOf(END, start);
    const close = end < 0 ? answer.length : end;
    at = end < 0 ? answer.length : end + END.length;
    const found = parseCallList(answer.slice(start + START.length, close));
    if (found === undefined) {
      text += answer.slice(start, at);
    } else {
      for (const call of found) calls.push(call);
    }
  }
  return { calls, text: text + answer.slice(at) };
}

/**
 * Reads a list of calls: in Python, `[name(key="text", n=1, flag=True, nothing=None, list=[1], dict={"a": 1})]`, also
 * without the brackets; or in JSON, `{"name": …, "arguments": …}` or a list of these, `parameters` for `arguments`, which may be JSON in
 * a string. Nothing is evaluated: a call inside an argument, an argument without a name or given twice, and nesting deeper than 64 make the
 * text no list of calls. Takes linear time. Arguments are objects without a prototype.
 *
 * @returns undefined for any other text.
 */
export function parseCallList(text: string): ToolCall[] | undefined {
  return /^\s*(?:\{|\[\s*[{\]])/.test(text) ? parseJsonCalls(text) : parsePythonCalls(text);
}

function parseJsonCalls(text: string): ToolCall[] | undefined {
  const value = parseJson(text);
  const calls: ToolCall[] = [];
  for (const item of Array.isArray(value) ? value : [value]) {
    const call = readCall(item);
    if (call === undefined) return undefined;
    calls.push(call);
  }
  return calls;
}

function readCall(item: JsonValue | undefined): ToolCall | undefined {
  if (!isObject(item) || typeof item.name !== 'string' || item.name === '') return undefined;
  const given = item.arguments ?? item.parameters ?? Object.create(null);
  const value = typeof given === 'string' ? parseJson(given) : given;
  return isObject(value) ? { name: item.name, arguments: value } : undefined;
}

function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined for what is no JSON, or nested too deep. */
function parseJson(text: string): JsonValue | undefined {
  try {
    return mapJson(JSON.parse(text), (part) => part, 'arguments');
  } catch {
    return undefined; // the model wrote something else, which its user gets to see
  }
}
