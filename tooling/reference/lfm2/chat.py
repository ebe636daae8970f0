"""Chats as `transformers` renders and tokenises them, with templates of LFM2's and LFM2.5's form and the shared vocabulary.

Run: python chat.py
Writes packages/lfm2/test/fixtures/chat.json. See README.md for the format.
"""

import datetime
import json
from pathlib import Path

import transformers
from transformers import PreTrainedTokenizerFast
from transformers.utils import chat_template_utils

ROOT = Path(__file__).resolve().parents[3]
VOCABULARY = ROOT / "tooling/train/vocabulary/tokenizer.json"
TARGET = ROOT / "packages/lfm2/test/fixtures/chat.json"
NOW = datetime.datetime(2026, 11, 5, 15, 4, 9)

# Written for these tests, from the description of the two forms; they are not the published templates.
PLAIN = """{{ bos_token }}{% for message in messages %}
<|im_start|>{{ message['role'] }}
{{ message['content'] }}<|im_end|>
{% endfor %}
{% if add_generation_prompt %}
<|im_start|>assistant
{% endif %}
"""

FIRST = """{{- bos_token -}}
{%- set opening = "" -%}
{%- set rest = messages -%}
{%- if messages[0]["role"] == "system" -%}
    {%- set opening = messages[0]["content"] -%}
    {%- set rest = messages[1:] -%}
{%- endif -%}
{%- if tools -%}
    {%- set opening = opening + ("\\n" if opening else "") + "List of tools: <|tool_list_start|>[" -%}
    {%- set ns = namespace(list="") -%}
    {%- for tool in tools -%}
        {%- set ns.list = ns.list + (tool | tojson) -%}
        {%- if not loop.last -%}
            {%- set ns.list = ns.list + ", " -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set opening = opening + ns.list + "]<|tool_list_end|>" -%}
{%- endif -%}
{%- if opening -%}
    {{- "<|im_start|>system\\n" + opening + "<|im_end|>\\n" -}}
{%- endif -%}
{%- for message in rest -%}
    {{- "<|im_start|>" + message["role"] + "\\n" -}}
    {%- set text = message["content"] -%}
    {%- if text is not string -%}
        {%- set text = text | tojson -%}
    {%- endif -%}
    {%- if message["role"] == "tool" -%}
        {%- set text = "<|tool_response_start|>" + text + "<|tool_response_end|>" -%}
    {%- endif -%}
    {{- text + "<|im_end|>\\n" -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{- "<|im_start|>assistant\\n" -}}
{%- endif -%}
"""

SECOND = """{{- bos_token -}}
{%- set keep_past_thinking = keep_past_thinking | default(false) -%}
{%- set ns = namespace(system="", last_user=-1) -%}

{%- macro literal(value) -%}
    {%- if value is string -%}
        {{- "'" + (value | replace("'", "\\\\'")) + "'" -}}
    {%- else -%}
        {{- value | tojson -}}
    {%- endif -%}
{%- endmacro -%}

{%- macro calls(list) -%}
    <|tool_call_start|>[
    {%- for call in list -%}
        {{- call.function.name -}}(
        {%- for key, value in call.function.arguments.items() -%}
            {{- key -}}={{- literal(value) -}}
            {%- if not loop.last -%}{{- ", " -}}{%- endif -%}
        {%- endfor -%}
        )
        {%- if not loop.last -%}{{- ", " -}}{%- endif -%}
    {%- endfor -%}
    ]<|tool_call_end|>
{%- endmacro -%}

{%- if messages[0].role == "system" -%}
    {%- set ns.system = messages[0].content | trim -%}
    {%- set messages = messages[1:] -%}
{%- endif -%}
{%- if tools -%}
    {%- set ns.system = ns.system + ("\\n" if ns.system else "") + "Today's date: " + strftime_now("%Y-%m-%d") -%}
    {%- set ns.system = ns.system + "\\n\\nList of tools: " + (tools | tojson) -%}
{%- endif -%}
{%- if ns.system -%}
    {{- "<|im_start|>system\\n" + ns.system + "<|im_end|>\\n" -}}
{%- endif -%}
{%- for message in messages -%}
    {%- if message.role == "user" -%}
        {%- set ns.last_user = loop.index0 -%}
    {%- endif -%}
{%- endfor -%}
{%- for message in messages -%}
    {%- if message.role not in ["user", "assistant", "tool"] -%}
        {{- raise_exception("Unexpected role") -}}
    {%- endif -%}
    {{- "<|im_start|>" + message.role + "\\n" -}}
    {%- if message.role == "assistant" -%}
        {%- generation -%}
        {%- if message.tool_calls is defined and message.tool_calls -%}
            {{- calls(message.tool_calls) -}}
        {%- endif -%}
        {%- set text = message.content -%}
        {%- if "</think>" in text and loop.index0 < ns.last_user and not keep_past_thinking -%}
            {%- set text = text.split("</think>")[-1] | trim -%}
        {%- endif -%}
        {{- text + "<|im_end|>" -}}
        {%- endgeneration -%}
        {{- "\\n" -}}
    {%- else -%}
        {{- message.content + "<|im_end|>\\n" -}}
    {%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{- "<|im_start|>assistant\\n" -}}
{%- endif -%}
"""

NO_BOS = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather of a place, in °C; \"now\" & <soon>.",
            "parameters": {
                "type": "object",
                "properties": {"place": {"type": "string", "enum": ["Köln", "上海"]}, "days": {"type": "integer", "minimum": 1}},
                "required": ["place"],
            },
        },
    },
    {"type": "function", "function": {"name": "list_gulls", "description": "", "parameters": {"type": "object", "properties": {}}}},
]


def user(text):
    return {"role": "user", "content": text}


def assistant(text, *calls):
    message = {"role": "assistant", "content": text}
    if calls:
        message["tool_calls"] = [{"type": "function", "function": {"name": name, "arguments": given}} for name, given in calls]
    return message


CHATS = {
    "one turn": [user("What is C. elegans?")],
    "system": [{"role": "system", "content": " You keep a lighthouse.\n"}, user("Who are you?")],
    "several turns": [user("Hi"), assistant("Hello there!"), user("  How are\n\nyou?  "), assistant(""), user("")],
    "other scripts": [user("¿Qué tal? 你好, мир! 🙂👩‍🚀 e\u0301 שלום"), assistant("ok\ufeff\x85\x00"), user("a < b |> c, 1<2 <br> |x|")],
    "thoughts": [user("1+1"), assistant("<think>Hm, 1+1…</think>\n 2 "), user("2+2"), assistant("<think>four</think>4")],
    "tools": [
        {"role": "system", "content": "Help."}, user("Weather in Köln?"),
        assistant("Let me see.", ("get_weather", {"place": "Köln's", "days": 2}), ("list_gulls", {})),
        {"role": "tool", "content": "{\"°C\": [11, null]}"}, assistant("It is 11 °C."), user("Thanks"),
    ],
    "many": [m for i in range(40) for m in (user(f"Number {i}?"), assistant(f"<think>{i}</think>The number is {i}."))],
}  # fmt: skip


class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW


def main() -> None:
    chat_template_utils.datetime = Clock
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(VOCABULARY), bos_token="<|startoftext|>", eos_token="<|im_end|>", clean_up_tokenization_spaces=False)
    tokenizer.add_special_tokens({"additional_special_tokens": ["<think>", "</think>"]})
    templates = {"plain": PLAIN, "first": FIRST, "second": SECOND, "no bos": NO_BOS}
    cases = []
    for name, template in templates.items():
        for chat, messages in CHATS.items():
            for tools in [None, TOOLS] if chat == "tools" and "tools" in template else [None]:
                for prompt in [True, False] if chat in ("one turn", "thoughts") else [True]:
                    for more in [{}, {"keep_past_thinking": True}] if chat == "thoughts" and name == "second" else [{}]:
                        options = {"chat_template": template, "tools": tools, "add_generation_prompt": prompt, **more}
                        text = tokenizer.apply_chat_template(messages, tokenize=False, **options)
                        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
                        if name != "no bos":
                            assert ids == tokenizer.apply_chat_template(messages, tokenize=True, return_dict=False, **options)
                        cases.append({"template": name, "chat": chat, "tools": tools is not None, "prompt": prompt, "variables": more, "text": text, "ids": ids})
    head = {"origin": "tooling/reference/lfm2/chat.py", "transformers": transformers.__version__, "now": NOW.isoformat()}
    body = "".join(f"  {json.dumps(k)}: {json.dumps(v)},\n" for k, v in (head | {"templates": templates, "tools": TOOLS, "chats": CHATS}).items())
    lines = ",\n    ".join(json.dumps(case, separators=(",", ":")) for case in cases)
    TARGET.write_text("{\n" + body + '  "cases": [\n    ' + lines + "\n  ]\n}\n")
    print(len(cases), "cases,", TARGET.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
