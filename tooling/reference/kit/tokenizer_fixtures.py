"""Small tokenizers in the three common tokenizer.json forms, and what the `tokenizers` library makes of awkward text.

Run: python tokenizer_fixtures.py
Writes <name>.json (the tokenizer) and <name>.cases.json to tooling/kit/test/fixtures/tokenizers/. See README.md for the format.
"""

import json
import pathlib
import random

import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = pathlib.Path(__file__).parent
TARGET = HERE.parents[1] / "kit" / "test" / "fixtures" / "tokenizers"
CORPUS = (HERE / "corpus.txt").read_text(encoding="utf-8")
SEED = 20240607

SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


# --- the tokenizers -------------------------------------------------------------------------------------------------


def trained(pre_tokenizer, vocab_size, specials, alphabet, normalizer=None):
    """Vocabulary and merges learned from the corpus, the specials and the alphabet first."""
    trainee = Tokenizer(models.BPE())
    if normalizer is not None:
        trainee.normalizer = normalizer
    trainee.pre_tokenizer = pre_tokenizer
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size, special_tokens=specials, initial_alphabet=alphabet, show_progress=False, min_frequency=2
    )
    trainee.train_from_iterator(CORPUS.splitlines(keepends=True), trainer)
    model = json.loads(trainee.to_str())["model"]
    return model["vocab"], [tuple(merge) for merge in model["merges"]]


def extended(vocab, entries):
    return vocab | {entry: len(vocab) + i for i, entry in enumerate(entries)}


def byte_level_gpt2():
    """GPT-2's form: the built-in split, merges only, the older file layout with merges as strings."""
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    pre = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    vocab, merges = trained(pre, 700, [], alphabet)
    # No merge leads to these: without ignore_merges they must never be emitted.
    vocab = extended(vocab, ["Ġxylophone", "qwerty", "<|endoftext|>"])
    t = Tokenizer(models.BPE(vocab=vocab, merges=merges))
    t.pre_tokenizer = pre
    t.post_processor = processors.ByteLevel(trim_offsets=False)
    t.decoder = decoders.ByteLevel()
    t.add_special_tokens([AddedToken("<|endoftext|>", normalized=False, special=True)])
    return t


def byte_level_split():
    """The form of Llama 3 and LFM2: explicit split, ignore_merges, special tokens at both ends of the ids, bos added."""
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    pre = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), behavior="isolated", invert=False),
            pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=True, use_regex=False),
        ]
    )
    specials = ["<|pad|>", "<|startoftext|>", "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|cut", "<|cut|>"]
    plain = ["<think>", "</think>", "::", ":::"]  # added, but not special
    vocab, merges = trained(pre, 900, specials, alphabet)
    # Reached through ignore_merges only.
    vocab = extended(vocab, ["Ġxylophone", "qwerty", "'LL", "123", "ĠØ¹Ø§ÙĦÙħ", *plain])
    t = Tokenizer(models.BPE(vocab=vocab, merges=merges, ignore_merges=True))
    t.pre_tokenizer = pre
    t.decoder = decoders.ByteLevel()
    t.add_special_tokens([AddedToken(s, normalized=False, special=True) for s in specials])
    t.add_tokens([AddedToken(s, normalized=False, special=False) for s in plain])
    bos = "<|startoftext|>"
    t.post_processor = processors.Sequence(
        [
            processors.ByteLevel(trim_offsets=False),
            processors.TemplateProcessing(
                single=f"{bos} $A", pair=f"{bos} $A {bos} $B:1", special_tokens=[(bos, vocab[bos])]
            ),
        ]
    )
    return t


def sentencepiece_bpe():
    """The form of Mistral-7B v0.1: SentencePiece BPE with byte fallback, no pre-tokenizer."""
    bytes_ = [f"<0x{i:02X}>" for i in range(256)]
    normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    # For training only: words with the blanks before them, so that no merge spans two words.
    pre = pre_tokenizers.Split(Regex("▁*[^▁]+|▁+"), behavior="isolated")
    specials = ["<unk>", "<s>", "</s>"]
    vocab, merges = trained(pre, 820, specials + bytes_, [], normalizer)
    t = Tokenizer(models.BPE(vocab=vocab, merges=merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    t.normalizer = normalizer
    t.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    t.add_special_tokens([AddedToken(s, normalized=False, special=True) for s in specials])
    t.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", vocab["<s>"])]
    )
    return t


# --- the texts ------------------------------------------------------------------------------------------------------

BLANKS = [" ", "  ", "\t", "\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x1f", "\x85", "\xa0", "\u1680", "\u180e", "\u2003",
          "\u200a", "\u200b", "\u2028", "\u2029", "\u202f", "\u205f", "\u2060", "\u3000", "\ufeff"]  # fmt: skip
SPECIAL_TEXT = ["<|endoftext|>", "<|startoftext|>", "<|im_start|>", "<|im_end|>", "<|pad|>", "<|cut", "<|cut|>", "<think>", "</think>",
                "::", ":::", "<s>", "</s>", "<unk>", "<0x41>", "▁", "Ġ"]  # fmt: skip
# Letters, digits and marks of Unicode 15.1 and 16, and code points that 17 assigns.
RECENT = ["\U0002ebf0\U0002ebf1\U0002ee5d", "\U00010d4a\U00010d65", "\U00010d40\U00010d49", "\U000105c0\U000105f3", "\U00011380\U000113b7",
          "\U00011bc0\U00011be0", "\U00011bf0\U00011bf9", "\U00016100\U0001611d", "\U00016130\U00016139", "\U00016d40\U00016d6c",
          "\U00016d70\U00016d79", "\u1c89\u1c8a", "\ua7cb\ua7cc\ua7cd\ua7da\ua7db\ua7dc", "\U0001ccf0\U0001ccf9", "\U00013460\U000143fa",
          "\U0001e5d0\U0001e5ed", "\U0001e5f1\U0001e5fa", "\U00010940\U00010950", "\U00011db0\U00011de0", "\U00016ea0\U00016ebb",
          "\U000323b0\U00033479", "\ua7ce\ua7d2\ua7d4", "\u088f\u0c5c\u0cdc"]  # fmt: skip
UNASSIGNED = ["\u0378", "\u0530\u0557", "\u2fe0", "\U0001ffff", "\U000e0080", "\U000fffff", "\U0010ffff", "\ufdd0", "\ufffe", "\uffff",
              "\ue000", "\U000f0000"]  # fmt: skip
ENGLISH = [
    "", "a", " ", "Hello", " Hello", "Hello ", "  Hello  ", "Hello, world!", "Hello world", "hello\nworld", "The keeper wrote a letter.",
    "Every measurement has an error: 3.14159 is not pi.", "She wrote about the weather, and the gulls that had learned to knock.",
    "A gate of one keeps everything; a gate of zero forgets everything.", "(yes) [no] {maybe} <perhaps> «oui» “quoted” ‘so’",
    "e.g. i.e. etc... wait -- what?! no—never…", "xylophone", " xylophone", "a xylophone qwerty", "qwerty", "qwertyqwerty", "Qwerty",
    "don't", "DON'T", "Don't you'll we've they're I'm he'd it's", "DON'T YOU'LL WE'VE THEY'RE I'M HE'D IT'S", "'s 'S 't 'T 're 'RE 'Re 'rE",
    "'ve 'VE 'Ve 'm 'M 'll 'LL 'Ll 'lL 'd 'D", "it''s it'sn't 'tis 'Twas o'clock rock'n'roll", "a'\u017f b'\u017ft c'S", "x's's's", "'", "''", "'''s",
    "don’t it’s we’ll", "\u212aelvin \u017fet 'K\u212a", "'sX 'Stop 'rest 'very 'mine 'llama 'dog", "Hello, world!  It'S 12345 times\n\n  ok",
    "naïve café Größe Straße élève", "e\u0301 vs \u00e9", "İstanbul ıI ß ẞ ŉ ǅ", "ﬁne ﬂow ﬅ ﬆ",
]  # fmt: skip
NUMBERS = [
    "0", "1", "12", "123", "1234", "12345", "123456", "1234567890", "3.14", "-1", "+1", "1,905", "1e-5", "0x1F", "1st 2nd 3rd", "v1.2.3",
    "2024-06-07T12:34:56Z", "a1b2c3", "1a2b3c", "½ ² ³ ¹ ⅷ Ⅻ ① ㈠ 〇 ٣٤٥ ४५६ １２３", "99 bottles", "  42  ", "1 000 000", "x²+y²=z²", "10%", "$5.00 €6 £7 ¥8",
    "১২৩৪৫ 𝟙𝟚𝟛 𐄇 𒐀",
]  # fmt: skip
CODE = [
    "for (let i = 0; i < n; i++) {\n  total += values[i];\n}\n", "def f(x):\n    return x ** 2\n\n\nclass A:\n\tpass\n", "if (a !== b && c >= d) { x = y[i] * 2; }",
    "<div class=\"note\">\n  <p>text</p>\n</div>", "#include <stdio.h>\r\nint main(void) {\r\n\treturn 0;\r\n}\r\n", "SELECT * FROM t WHERE a='b' -- c",
    "{\"key\": [1, 2.5, null, true], \"s\": \"\\u00e9\\n\"}", "$HOME/.config/*.json | grep -v '^#' > /dev/null 2>&1", "user@example.org http://example.org/a?b=c&d=%20#e",
    "snake_case camelCase PascalCase SCREAMING_CASE kebab-case", "____ ---- ==== //// \\\\\\\\", "a=b;c=d;;e", "x\n\n\n\ny", "```ts\nconst a = 1;\n```", "\\n \\t \\\\",
    "/* a */ // b\n# c", "::: note\n:: x :", "🚀=>🎉",
]  # fmt: skip
SCRIPTS = [
    "春天来了,河水慢慢地流过村庄。", "世界", "你好 世界", "你好, world 世界!", "海の向こうに小さな島があります。", "カモメ ﾊﾝｶｸ ｶﾞ", "바람이 불고", "\u1112\u1161\u11ab\u1100\u1173\u11af 한글",
    "كانت الريح تهب على البحر، وكان القمر", "السَّلَامُ عَلَيْكُمْ", "عالم عالم", "لا\u200cیه\u200d", "हवा चल रही थी", "क्षत्रिय स्त्री श्रीमान् हिन्दी", "क\u094d\u200dष \u0915\u093c \u0958",
    "ลมพัดผ่านทุ่งนา", "เป็น น้ำ", "הרוח נשבה", "שָׁלוֹם", "Ветер шёл по полю", "Ё е\u0308 Й и\u0306", "Ο άνεμος φυσούσε", "தமிழ் மொழி", "ქართული ᲥᲐᲠᲗᲣᲚᲘ", "አማርኛ", "မြန်မာ", "ខ្មែរ",
    "ᠮᠣᠩᠭᠣᠯ\u180eᠪᠢᠴᠢᠭ", "𓂀𓆣 𐎠𐎡 𝒜𝓑𝔠 𝕏", "ᏣᎳᎩ ꮳꮃꭹ", "Việt Nam Tiếng Việt", "Z̷̡͗a̴͙l̵g̸o̶", "日本語123テスト456", "abc世界def", "1世2界3",
]  # fmt: skip
EMOJI = [
    "🙂", "🙂🙂", " 🙂 ", "👩‍🚀", "👨‍👩‍👧‍👦", "👍🏽", "🏳️‍🌈", "🇫🇷🇯🇵", "❤️ ❤", "1️⃣ #️⃣", "☎︎ ☎️", "a🙂b", "🙂\n🙂", "text 🚀 text", "🫠🫨🪿", "\U0001fae9\U0001fadf", "\u200d", "\ufe0f", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
]  # fmt: skip
MARKS = ["\u0301", " \u0301", "\u0301a", "a\u0301\u0301\u0301", "\u0300\u0301\u0302", "1\u0301", "!\u0301", "\n\u0301", "\u20dd", "a\u20dd", "\u0903", "\u093f", "\u09be \u0bbe", "\u3099か\u3099", "\u05b0\u05b1", "\U0001d165\U0001d16e", "'\u0301s", "\u0345\u1ab0\ufe20"]  # fmt: skip
RUNS = [
    [["a", 10000]], [["z", 10000]], [[" ", 10000]], [["\n", 10000]], [["\t", 5000]], [["é", 10000]], [["世", 5000]], [["🙂", 3000]], [["1", 10000]], [["ab", 5000]],
    [["!", 10000]], [["'", 3000]], [["the ", 3000]], [[" the", 3000]], [["\r\n", 3000]], [["\u0301", 5000]], [["\u3000", 3000]], [["x", 1], [" ", 4095], ["x", 1]],
    [["a", 4999], ["b", 1], ["a", 5000]], [["<", 5000]], [["=", 3333], ["\n", 3333]], [[" \n", 2000]], [["A", 10000]], [["e", 9999], [" ", 1]], [["\U0010ffff", 2000]],
]  # fmt: skip


def texts(rng: random.Random):
    """(group, text or runs)"""
    for group, fixed in (("english", ENGLISH), ("numbers", NUMBERS), ("code", CODE), ("scripts", SCRIPTS), ("emoji", EMOJI), ("marks", MARKS)):
        yield from ((group, text) for text in fixed)
    for text in RECENT + UNASSIGNED:
        yield "recent", f"{text} x{text} 1{text}!{text}"
    for i, blank in enumerate(BLANKS):
        yield "blanks", blank
        yield "blanks", f"a{blank}b {blank}{blank}c{blank} d\n{blank}e{BLANKS[i - 1]}{blank}!"
    for special in SPECIAL_TEXT:
        yield "special", special
        yield "special", f"a{special}b {special} c{special}{special}\n{special[:-1]} {special.upper()}"
    yield "special", "<|im_start|>user\nWrite a letter.<|im_end|>\n<|im_start|>assistant\n<think>Hm: a::b:::c::::d</think>Dear reader,<|im_end|>\n"
    yield "special", "<|cut|<|cut|><|cut<|cut|>>||>"
    yield "special", "<s>a</s> <s> b </s><unk>c<s>"
    lines = CORPUS.splitlines(keepends=True)
    for _ in range(30):
        start = rng.randrange(len(lines))
        text = "".join(lines[start : start + 3])
        low = rng.randrange(len(text))
        yield "corpus", text[low : low + rng.randrange(10, 240)]
    for _ in range(50):
        yield "fuzz-blanks", "".join(rng.choice(rng.choice([BLANKS, [" ", "\n", "\t", "\r"], ["a", "B", "7", "!", "é", "'s"]])) for _ in range(rng.randrange(2, 24)))
    pools = [list("abcdefghijklmnopqrstuvwxyzABCXYZ"), list("0123456789"), list("!?.,;:'\"()[]{}<>|/\\-_=+*&^%$#@~`"), BLANKS, [" "], ["'s", "'LL", "'Ve", "'d", "'\u017f"],
             list("éüßñ世界春天カなवाعلмыθ가"), ["\u0301", "\u094d", "\u200d", "\ufe0f"], ["🙂", "👩‍🚀", "🇫🇷"], SPECIAL_TEXT, RECENT, lines[0].split(" ")]  # fmt: skip
    for _ in range(80):
        yield "fuzz-mixed", "".join(rng.choice(rng.choice(pools)) for _ in range(rng.randrange(3, 30)))
    for _ in range(60):
        points = (rng.choice([rng.randrange(0x110000), rng.randrange(0x3000), rng.randrange(0x20000), rng.randrange(0x80)]) for _ in range(rng.randrange(1, 16)))
        yield "fuzz-points", "".join(chr(cp) for cp in points if not 0xD800 <= cp < 0xE000)
    yield "controls", "".join(map(chr, range(0x20)))
    yield "controls", "".join(map(chr, range(0x7F, 0xA1)))
    yield "controls", "\x00"
    yield "controls", "a\x00b \x00\x01 \x7f\ufffd"
    for runs in RUNS:
        yield "runs", runs


# --- the cases ------------------------------------------------------------------------------------------------------


def compact(ids: list[int]) -> list:
    """Repeats as [[ids…], count]; only for long lists."""
    if len(ids) <= 400:
        return ids
    out: list = []
    i = 0
    while i < len(ids):
        best_period, best_count = 1, 1
        for period in range(1, 17):
            count = 1
            while ids[i + count * period : i + (count + 1) * period] == ids[i : i + period]:
                count += 1
            if count > 2 and count * period > best_count * best_period:
                best_period, best_count = period, count
        if best_count * best_period > 12:
            out.append([ids[i : i + best_period], best_count])
            i += best_period * best_count
        else:
            out.append(ids[i])
            i += 1
    return out


def encode_cases(t: Tokenizer, before: list[int]):
    rng = random.Random(SEED)
    for group, source in texts(rng):
        text = source if isinstance(source, str) else "".join(piece * count for piece, count in source)
        t.encode_special_tokens = False
        ids = t.encode(text, add_special_tokens=False).ids
        assert t.encode(text, add_special_tokens=True).ids == before + ids
        t.encode_special_tokens = True
        untrusted = t.encode(text, add_special_tokens=False).ids
        t.encode_special_tokens = False
        case = {"group": group} | ({"text": text} if isinstance(source, str) else {"runs": source})
        case["ids"] = compact(ids)
        if untrusted != ids:
            case["untrustedIds"] = compact(untrusted)
        decoded, visible = t.decode(ids, skip_special_tokens=False), t.decode(ids, skip_special_tokens=True)
        if decoded != text:
            case["decoded"] = decoded
        if visible != decoded:
            case["visible"] = visible
        yield case


def decode_cases(t: Tokenizer):
    """Ids in any order: incomplete UTF-8, special tokens in the middle, leading blanks."""
    rng = random.Random(SEED + 1)
    size = t.get_vocab_size(with_added_tokens=True)
    low = [i for i in range(size) if len(t.id_to_token(i)) == 1 or t.id_to_token(i).startswith("<0x")]
    for i in range(160):
        pool = [range(size), low, range(12)][i % 3]
        ids = [rng.choice(pool) for _ in range(rng.randrange(0, 14))]
        text, visible = t.decode(ids, skip_special_tokens=False), t.decode(ids, skip_special_tokens=True)
        yield {"ids": ids, "text": text} | ({"visible": visible} if visible != text else {})


def lines(items) -> str:
    return "[\n    " + ",\n    ".join(json.dumps(item, separators=(",", ":")) for item in items) + "\n  ]"


def write(name: str, t: Tokenizer, before: list[str], merges_as_strings: bool = False) -> None:
    data = json.loads(t.to_str())
    if merges_as_strings:
        data["model"]["merges"] = [" ".join(merge) for merge in data["model"]["merges"]]
    text = json.dumps(data, separators=(",", ":"))
    (TARGET / f"{name}.json").write_text(text + "\n")
    t = Tokenizer.from_str(text)  # what is checked is the file as written
    ids = [t.token_to_id(token) for token in before]
    encoded, decoded = list(encode_cases(t, ids)), list(decode_cases(t))
    head = {
        "origin": "tooling/reference/kit/tokenizer_fixtures.py",
        "tokenizers": tokenizers.__version__,
        "seed": SEED,
        "addSpecialTokens": {"before": ids, "after": []},
    }
    body = ",\n  ".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in head.items())
    path = TARGET / f"{name}.cases.json"
    path.write_text("{\n  " + body + ',\n  "encode": ' + lines(encoded) + ',\n  "decode": ' + lines(decoded) + "\n}\n")
    print(name, t.get_vocab_size(), "tokens,", len(encoded), "+", len(decoded), "cases,", path.stat().st_size, "bytes")


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    write("byte-level-gpt2", byte_level_gpt2(), [], merges_as_strings=True)
    write("byte-level-split", byte_level_split(), ["<|startoftext|>"])
    write("sentencepiece-bpe", sentencepiece_bpe(), ["<s>"])


if __name__ == "__main__":
    main()
