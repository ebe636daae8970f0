"""Which code points does the regex engine of the `tokenizers` library put in \\p{L}, \\p{N}, \\s and \\w?

Every code point 0..0x10FFFF is probed through the library itself, so the tables follow the Unicode version
compiled into its engine and not Python's. \\w is what decides about added tokens with `single_word`. Run: python unicode_classes.py
Writes unicode-classes.json beside this file.
"""

import json
import pathlib

import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers

LAST = 0x10FFFF
SURROGATES = range(0xD800, 0xE000)  # not encodable in UTF-8, so they never reach the engine: members of no class
BLOCK = 4096


def members(pattern: str) -> bytearray:
    """One flag per code point: does the one-character pattern match it?"""
    split = pre_tokenizers.Split(Regex(pattern), "removed")
    flags = bytearray(LAST + 1)
    for start in range(0, LAST + 1, BLOCK):
        points = [cp for cp in range(start, min(start + BLOCK, LAST + 1)) if cp not in SURROGATES]
        if not points:
            continue
        kept = bytearray(len(points))
        for _, (low, high) in split.pre_tokenize_str("".join(map(chr, points))):
            kept[low:high] = b"\x01" * (high - low)
        for cp, keep in zip(points, kept):
            flags[cp] = 1 - keep
    return flags


def neighbours(token: AddedToken, before: bool) -> bytearray:
    """One flag per code point: is the added token x found, with nothing of its neighbour, beside that character?"""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.add_tokens([token])
    flags = bytearray(LAST + 1)
    for start in range(0, LAST + 1, BLOCK):
        points = [cp for cp in range(start, min(start + BLOCK, LAST + 1)) if cp not in SURROGATES and cp != ord("x")]
        # Three characters each; the . keeps the probes apart, for it is in no class.
        text = "".join(f"{chr(cp)}x." if before else f"x{chr(cp)}." for cp in points)
        for low, high in tokenizer.encode(text).offsets:
            if high - low == 1:
                flags[points[low // 3]] = 1
    return flags


def word_members(space: bytearray) -> bytearray:
    """\\w, seen on both sides of an added token; what a token strips must be \\s on both sides."""
    beside = [neighbours(AddedToken("x", single_word=True, normalized=False), before) for before in (True, False)]
    lstrip = neighbours(AddedToken("x", lstrip=True, normalized=False), True)
    rstrip = neighbours(AddedToken("x", rstrip=True, normalized=False), False)
    word = bytearray(1 - flag for flag in beside[0])
    for cp in range(LAST + 1):
        if cp in SURROGATES or cp == ord("x"):
            word[cp] = cp == ord("x")
            continue
        assert beside[0][cp] == beside[1][cp] == 1 - word[cp], hex(cp)
        assert lstrip[cp] == rstrip[cp] == 1 - space[cp], hex(cp)
    return word


def ranges(flags: bytearray) -> list[list[int]]:
    """Inclusive [first, last] pairs, ascending, not touching."""
    found: list[list[int]] = []
    for cp, flag in enumerate(flags):
        if flag:
            if found and found[-1][1] == cp - 1:
                found[-1][1] = cp
            else:
                found.append([cp, cp])
    return found


def delta(pairs: list[list[int]]) -> list[int]:
    """[gap, length, gap, length, …]: gap from the end of the previous range, then the number of code points."""
    out: list[int] = []
    end = 0
    for first, last in pairs:
        out += [first - end, last - first + 1]
        end = last + 1
    return out


def check_byte_level(letter: bytearray, number: bytearray, space: bytearray) -> int:
    """The built-in split of ByteLevel(use_regex=true) must see the same classes. Returns the number of differences."""
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    differences = 0
    for cp in range(LAST + 1):
        if cp in SURROGATES:
            continue
        c = chr(cp)
        # A character joins the piece of its own class, so exactly one of these three stays whole.
        joins = [len(byte_level.pre_tokenize_str(probe + c + probe)) == 1 for probe in ("a", "1", "!")]
        want = [bool(letter[cp]), bool(number[cp]), not (letter[cp] or number[cp] or space[cp])]
        # ' is part of the contraction alternatives, and no other probe is ambiguous.
        if joins != want:
            differences += 1
    return differences


def main() -> None:
    letter, number, space = members(r"\p{L}"), members(r"\p{N}"), members(r"\s")
    other, not_space = members(r"[^\s\p{L}\p{N}]"), members(r"\S")
    for cp in range(LAST + 1):
        if cp in SURROGATES:
            continue
        assert letter[cp] + number[cp] + space[cp] + other[cp] == 1, hex(cp)
        assert space[cp] != not_space[cp], hex(cp)
    differences = check_byte_level(letter, number, space)
    assert differences == 0, differences
    word = word_members(space)
    # The case-insensitive contractions of the Llama-3 split: which characters stand for each letter?
    fold = {c: [cp for cp, flag in enumerate(members(f"(?i:{c})")) if flag] for c in "stremvld"}

    tables = {name: ranges(flags) for name, flags in (("L", letter), ("N", number), ("s", space), ("w", word))}
    result = {
        "origin": "probed from the regex engine of the Python package tokenizers, see unicode_classes.py",
        "tokenizers": tokenizers.__version__,
        "encoding": "delta: [gap, length, …]; gap counts from the end of the previous range (0 before the first)",
        "codePoints": {name: sum(last - first + 1 for first, last in pairs) for name, pairs in tables.items()},
        "ranges": {name: len(pairs) for name, pairs in tables.items()},
        "foldsTo": fold,
        "delta": {name: delta(pairs) for name, pairs in tables.items()},
    }
    path = pathlib.Path(__file__).with_name("unicode-classes.json")
    lines = ",\n  ".join(
        f"{json.dumps(key)}: "
        + (
            "{\n    " + ",\n    ".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in value.items()) + "\n  }"
            if key in ("delta", "foldsTo")
            else json.dumps(value)
        )
        for key, value in result.items()
    )
    path.write_text("{\n  " + lines + "\n}\n")
    print(result["codePoints"], result["ranges"], fold, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
