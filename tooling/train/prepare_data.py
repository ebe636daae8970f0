"""Clean, deduplicate and split a folder of stories.

Every *.txt file holds documents separated by a line that contains only <|endoftext|>.
Writes train.txt, valid.txt and held-out.txt in the same format, books.txt when --books is given, and report.json.
"""

import argparse
import hashlib
import json
import re
from pathlib import Path

SEPARATOR = "\n<|endoftext|>\n"
QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\u200b": ""})
MOJIBAKE = [("â€œ", '"'), ("â€\u009d", '"'), ("â€™", "'"), ("â€˜", "'"), ("â€“", "-"), ("â€”", "-"), ("â€", '"')]


def read_documents(path):
    return path.read_text(encoding="utf-8").removesuffix("\n").split(SEPARATOR)


def write_documents(path, documents):
    path.write_text(SEPARATOR.join(documents) + "\n", encoding="utf-8")


def clean(text):
    for broken, whole in MOJIBAKE:
        text = text.replace(broken, whole)
    text = text.translate(QUOTES).replace("--", " - ")
    lines = (re.sub(r"\s+", " ", line).strip() for line in text.splitlines())
    return "\n\n".join(line for line in lines if line)


def acceptable(text):
    return 100 <= len(text) <= 6000 and text.isascii() and text[-1] in ".!?\"'" and "|" not in text and "http" not in text


def letters(text):
    return re.sub(r"[^a-z]", "", text.lower())


def digest(text, seed):
    return hashlib.sha256(f"{seed}:{text}".encode()).hexdigest()


def collect(folder, seed):
    """Unique documents in an order that depends only on their text and the seed."""
    seen, kept, total = set(), [], 0
    for path in sorted(folder.glob("*.txt")):
        for raw in read_documents(path):
            total += 1
            text = clean(raw)
            if not text or not acceptable(text):
                continue
            key = letters(text)
            # Two copies of one story that differ in their last or first words are one story.
            if key[:120] in seen or key[-120:] in seen:
                continue
            seen.update((key[:120], key[-120:]))
            kept.append(text)
    return sorted(kept, key=lambda text: digest(text, seed)), total


def take(documents, size):
    """The first documents, up to `size` bytes in all."""
    taken = 0
    for count, text in enumerate(documents):
        taken += len(text.encode()) + 1
        if taken > size:
            return documents[:count], documents[count:]
    return documents, []


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=Path, required=True, help="folder of *.txt files")
    parser.add_argument("--books", type=Path, help="folder of *.txt files, for the vocabulary and optional pre-training only")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--held-out-bytes", type=int, default=150_000)
    parser.add_argument("--valid-bytes", type=int, default=150_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    options.out.mkdir(parents=True, exist_ok=True)
    documents, total = collect(options.stories, options.seed)
    held_out, rest = take(documents, options.held_out_bytes)
    valid, train = take(rest, options.valid_bytes)
    splits = {"train": train, "valid": valid, "held-out": held_out}
    if options.books:
        splits["books"], _ = collect(options.books, options.seed)
    report = {"read": total}
    for name, split in splits.items():
        write_documents(options.out / f"{name}.txt", split)
        report[name] = {"documents": len(split), "bytes": sum(len(text.encode()) for text in split)}
    (options.out / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
