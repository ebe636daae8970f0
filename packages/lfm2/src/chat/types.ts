/** What JSON can hold. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/** A call of a tool that the model asks for. */
export interface ToolCall {
  readonly name: string;
  /** By parameter name. Parsed calls have objects without a prototype, so that no key means more than it says. */
  readonly arguments: { readonly [parameter: string]: JsonValue | undefined };
}

/** One turn of a chat. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  /** What an assistant asked for, before its text. */
  readonly toolCalls?: readonly ToolCall[] | undefined;
  /** Who speaks, or which tool answers. */
  readonly name?: string | undefined;
}

/** A tool in the function form of JSON schema. */
export interface ToolDefinition {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    readonly description?: string | undefined;
    /** A JSON schema of the arguments. */
    readonly parameters?: JsonValue | undefined;
    readonly [key: string]: JsonValue | undefined;
  };
}
