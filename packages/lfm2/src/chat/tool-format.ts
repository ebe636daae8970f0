import { mapJson } from './check.ts';
import type { JsonValue, ToolCall } from './types.ts';

/** Calls as LFM2 writes them, a list of Python calls: `[name(key="text", other=[1, True, None])]`. */
export function formatToolCalls(calls: readonly ToolCall[]): string {
  return `[${calls.map(formatCall).join(', ')}]`;
}

function formatCall({ name, arguments: given }: ToolCall): string {
  const values = mapJson(given, (text) => text, 'arguments') as { readonly [key: string]: JsonValue };
  return `${name}(${Object.entries(values)
    .map(([key, value]) => `${key}=${literal(value)}`)
    .join(', ')})`;
}

function literal(value: JsonValue | undefined): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value === null || value === undefined) return 'None';
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${literal(member)}`);
  return `{${entries.join(', ')}}`;
}
