"""Where the pre-tokenizers of the `tokenizers` library cut the texts of tokenizer_fixtures.py.

Run: python split_fixtures.py
Writes splits.json to tooling/kit/test/fixtures/tokenizers/. See README.md for the format.
"""

import json
import random

import tokenizers
from tokenizers import Regex, pre_tokenizers
from tokenizer_fixtures import SEED, SPLIT, TARGET, lines, texts

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
QWEN2 = SPLIT.replace(r"\p{N}{1,3}", r"\p{N}")


def main() -> None:
    patterns = [GPT2, SPLIT, QWEN2]
    splits = [pre_tokenizers.Split(Regex(pattern), "isolated") for pattern in patterns]
    built_in = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    cases = []
    for _, text in texts(random.Random(SEED)):
        if not isinstance(text, str) or text == "":
            continue
        found = [[high - low for _, (low, high) in split.pre_tokenize_str(text)] for split in splits]
        assert all(sum(lengths) == len(text) for lengths in found)
        # The built-in split's offsets are those of the mapped bytes' characters; the same cuts are expected.
        assert [high - low for _, (low, high) in built_in.pre_tokenize_str(text)] == found[0], text
        cases.append({"text": text, "lengths": found})
    head = {"origin": "tooling/reference/kit/split_fixtures.py", "tokenizers": tokenizers.__version__, "seed": SEED, "patterns": patterns}
    body = ",\n  ".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in head.items())
    path = TARGET / "splits.json"
    path.write_text("{\n  " + body + ',\n  "cases": ' + lines(cases) + "\n}\n")
    print(len(cases), "cases,", path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
