"""What the `tokenizers` library makes of the options that the three fixture tokenizers leave at their defaults.

Run after tokenizer_fixtures.py: python tokenizer_variations.py
Writes variations.json to tooling/kit/test/fixtures/tokenizers/. See README.md for the format.
"""

import json
import pathlib
import random

import tokenizers
from tokenizers import Tokenizer

TARGET = pathlib.Path(__file__).parents[2] / "kit" / "test" / "fixtures" / "tokenizers"
SEED, VARIATIONS, TEXTS = 20240608, 48, 10
BASES = {name: json.loads((TARGET / f"{name}.json").read_text()) for name in ("byte-level-gpt2", "byte-level-split", "sentencepiece-bpe")}
QWEN2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
PIECES = [*"abcdefghijklmnopqrstuvwxyzABSTLD0123456789 '_-.,!<>|:\n\r\t", "\u00a0", "\u0085", "\ufeff", "é", "ſ", "世", "界", "🙂",
          "\u0301", "\u200d", "\u3000", "\u2028", "Ⅻ", "²", "٣", "\u203f", "\u00aa", "▁", "Ġ", "<s>", "</s>", "<unk>", "<|im_end|>",
          "'s", "'LL", "  ", "the ", "and ", "qwerty", " xylophone", "foo", "bar", "foobar", "<0x41>", "tail ", " lead"]  # fmt: skip
ADDED = ["foo", "bar", "foobar", " lead", "tail ", "'s", "_w", "世", "the", "qwerty", "o b", "ba"]


def byte_level_patch(rng: random.Random) -> dict:
    patch = {"model": {"ignore_merges": rng.random() < 0.5}}
    kind = rng.randrange(3)
    if kind == 0:
        patch["pre_tokenizer"] = {
            "type": "ByteLevel",
            "add_prefix_space": rng.random() < 0.6,
            "trim_offsets": True,
            "use_regex": rng.random() < 0.7,
        }
    elif kind == 1:
        split = {"type": "Split", "pattern": {"Regex": QWEN2}, "behavior": "Isolated", "invert": False}
        byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
        patch["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": [split, byte_level]}
    if rng.random() < 0.3:
        pattern, content = rng.choice(["a", "foo", " "]), rng.choice(["b", "", "$&", "xx"])
        patch["normalizer"] = {"type": "Replace", "pattern": {"String": pattern}, "content": content}
    return patch


def sentencepiece_patch(rng: random.Random, vocab: dict) -> dict:
    patch = {"model": {"fuse_unk": rng.random() < 0.5, "byte_fallback": rng.random() < 0.7}}
    if rng.random() < 0.3:
        patch["model"]["unk_token"] = None
    if rng.random() < 0.5:  # a fallback that lacks bytes
        patch["renamed"] = [token for token in vocab if token.startswith("<0x") and rng.random() < 0.2]
    return patch


def patched(base: dict, patch: dict) -> dict:
    data = json.loads(json.dumps(base))
    for key in ("normalizer", "pre_tokenizer"):
        if key in patch:
            data[key] = patch[key]
    data["model"] |= patch["model"]
    vocab = data["model"]["vocab"]
    for token in patch.get("renamed", []):
        vocab[token + "~"] = vocab.pop(token)
    data["model"]["merges"] += patch["merges"]
    data["added_tokens"] += patch["added"]
    return data


def more_merges(rng: random.Random, model: dict) -> list:
    """Merges a second time, and second ways to make a token, all at the end."""
    vocab, merges = model["vocab"], model["merges"]
    extra = [rng.choice(merges) for _ in range(5)]
    for token in rng.sample(list(vocab), 60):
        for cut in range(1, len(token)):
            if not token.startswith("<") and token[:cut] in vocab and token[cut:] in vocab:
                pair = [token[:cut], token[cut:]]
                extra.append(" ".join(pair) if isinstance(merges[0], str) else pair)
    return extra


def added_tokens(rng: random.Random, vocab: dict) -> list:
    tokens, following = [], len(vocab)
    for content in rng.sample(ADDED, rng.randrange(1, 6)):
        tokens.append(
            {
                "id": vocab.get(content, following),
                "content": content,
                "single_word": rng.random() < 0.4,
                "lstrip": rng.random() < 0.3,
                "rstrip": rng.random() < 0.3,
                "normalized": rng.random() < 0.4,
                "special": rng.random() < 0.5,
            }
        )
        following += content not in vocab
    return tokens


def main() -> None:
    rng = random.Random(SEED)
    variations = []
    while len(variations) < VARIATIONS:
        name = list(BASES)[len(variations) % 3]
        base = BASES[name]
        vocab = base["model"]["vocab"]
        patch = sentencepiece_patch(rng, vocab) if name == "sentencepiece-bpe" else byte_level_patch(rng)
        patch |= {"merges": more_merges(rng, base["model"]), "added": added_tokens(rng, vocab)}
        t = Tokenizer.from_str(json.dumps(patched(base, patch)))
        cases = []
        for _ in range(TEXTS):
            text = "".join(rng.choice(PIECES) for _ in range(rng.randrange(30)))
            case = {"text": text}
            for key, untrusted in (("ids", False), ("untrustedIds", True)):
                t.encode_special_tokens = untrusted
                case[key] = t.encode(text, add_special_tokens=False).ids
            cases.append(case)
        variations.append({"base": name, "patch": patch, "cases": cases})
    head = {"origin": "tooling/reference/kit/tokenizer_variations.py", "tokenizers": tokenizers.__version__, "seed": SEED}
    body = ",\n  ".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in head.items())
    lines = ",\n    ".join(json.dumps(v, separators=(",", ":")) for v in variations)
    path = TARGET / "variations.json"
    path.write_text("{\n  " + body + ',\n  "variations": [\n    ' + lines + "\n  ]\n}\n")
    print(len(variations), "variations,", path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
