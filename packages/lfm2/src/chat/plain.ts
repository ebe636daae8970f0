import { ChatTemplate } from './template.ts';

/** bos, then each turn between `<|im_start|>` and `<|im_end|>`; tools are listed in the system turn, their answers marked. */
const SOURCE = `{{- bos_token -}}
{%- set ns = namespace(system='') -%}
{%- if messages and messages[0].role == 'system' -%}
  {%- set ns.system = messages[0].content -%}
  {%- set messages = messages[1:] -%}
{%- endif -%}
{%- if tools -%}
  {%- if ns.system -%}{%- set ns.system = ns.system + '\\n' -%}{%- endif -%}
  {%- set ns.system = ns.system + 'List of tools: <|tool_list_start|>' + (tools | tojson) + '<|tool_list_end|>' -%}
{%- endif -%}
{%- if ns.system -%}
  {{- '<|im_start|>system\\n' + ns.system + '<|im_end|>\\n' -}}
{%- endif -%}
{%- for message in messages -%}
  {{- '<|im_start|>' + message.role + '\\n' -}}
  {%- if message.role == 'tool' -%}
    {{- '<|tool_response_start|>' + message.content + '<|tool_response_end|>' -}}
  {%- else -%}
    {{- message.content -}}
  {%- endif -%}
  {{- '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
  {{- '<|im_start|>assistant\\n' -}}
{%- endif -%}`;

/** The form of LFM2's chats, for a file that has no template of its own. */
export function plainTemplate(): ChatTemplate {
  return new ChatTemplate(SOURCE);
}
