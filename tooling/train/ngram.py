"""Baseline: an interpolated modified Kneser-Ney n-gram model over the same tokens, in bits per byte."""

import argparse
import json
import math
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from prepare_data import read_documents

BOS, EOS = 1, 2
BITS = 12  # an id; five of them fit a 64-bit key, the first token highest


def encode(path, tokenizer):
    encoded = tokenizer.encode_batch(read_documents(path), add_special_tokens=False)
    return [np.array([BOS, *e.ids, EOS], dtype=np.uint64) for e in encoded]


def keys(documents, order):
    """Keys of all n-grams of `order` tokens that lie inside a document."""
    parts = []
    for ids in documents:
        if len(ids) < order:
            continue
        key = np.zeros(len(ids) - order + 1, dtype=np.uint64)
        for i in range(order):
            key = (key << np.uint64(BITS)) | ids[i : len(ids) - order + 1 + i]
        parts.append(key)
    return np.concatenate(parts)


class Level:
    """Adjusted counts of one order: discounted probability mass and interpolation weight of every context."""

    def __init__(self, grams, counts):
        self.grams = grams
        frequency = [float((counts == i).sum()) for i in range(1, 5)]
        y = frequency[0] / (frequency[0] + 2 * frequency[1])
        discount = np.array([0.0] + [i - (i + 1) * y * frequency[i] / frequency[i - 1] for i in range(1, 4)])
        cut = discount[np.minimum(counts, 3)]
        # A context's n-grams are neighbours, because the context is the high part of the key.
        self.contexts, first = np.unique(grams >> np.uint64(BITS), return_index=True)
        total = np.add.reduceat(counts.astype(np.float64), first)
        row = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(grams))))
        self.mass = (counts - cut) / total[row]
        self.rest = np.add.reduceat(cut, first) / total

    def find(self, table, wanted):
        at = np.minimum(np.searchsorted(table, wanted), len(table) - 1)
        return at, table[at] == wanted

    def interpolate(self, grams, lower):
        """p(last token | the others) from the probabilities of the next lower order."""
        at, known = self.find(self.grams, grams)
        mass = np.where(known, self.mass[at], 0.0)
        at, known = self.find(self.contexts, grams >> np.uint64(BITS))
        return mass + np.where(known, self.rest[at], 1.0) * lower


def build(documents, order):
    """Levels 1 … order. Below the highest order a count is the number of different tokens seen to the left."""
    levels, extensions = [None] * order, None
    for n in range(order, 0, -1):
        grams, counts = np.unique(keys(documents, n), return_counts=True)
        if extensions is not None:
            starts = (grams >> np.uint64(BITS * (n - 1))) == BOS  # nothing can stand to the left: keep the plain count
            left, ways = np.unique(extensions & np.uint64((1 << (BITS * n)) - 1), return_counts=True)
            table = dict(zip(grams[starts].tolist(), counts[starts].tolist())) if n > 1 else {}
            table.update(zip(left.tolist(), ways.tolist()))
            extensions = grams
            grams = np.array(sorted(table), dtype=np.uint64)
            counts = np.array([table[key] for key in grams.tolist()])
        else:
            extensions = grams
        levels[n - 1] = Level(grams, counts)
    return levels


def log2_probabilities(levels, ids, vocabulary):
    """log2 p of every token of one document after bos, given all before it within reach."""
    p = np.full(len(ids) - 1, 1 / vocabulary)
    for n, level in enumerate(levels, 1):
        if len(ids) < n:
            break
        grams = keys([ids], n)
        if n == 1:
            grams = grams[1:]
        p[max(n - 2, 0) :] = level.interpolate(grams, p[max(n - 2, 0) :])
    return np.log2(p)


def bits_per_byte(levels, path, tokenizer):
    size = sum(len(text.encode()) for text in read_documents(path))
    return -sum(log2_probabilities(levels, ids, tokenizer.get_vocab_size()).sum() for ids in encode(path, tokenizer)) / size


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that prepare_data.py wrote")
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--orders", type=int, nargs="*", default=[2, 3, 4, 5])
    options = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(options.tokenizer))
    assert tokenizer.get_vocab_size() <= 1 << BITS and max(options.orders) * BITS <= 64
    train = encode(options.data / "train.txt", tokenizer)
    for order in options.orders:
        levels = build(train, order)
        # The probabilities of all tokens after one context sum to 1 (bos, which never follows, has a share too).
        context = train[0][: order - 1]
        grams = np.array([int(token) for token in range(tokenizer.get_vocab_size())], dtype=np.uint64)
        p = np.full(len(grams), 1 / len(grams))
        for n, level in enumerate(levels, 1):
            key = np.uint64(0)
            for token in context[len(context) - n + 1 :] if n > 1 else []:
                key = (key << np.uint64(BITS)) | token
            p = level.interpolate((key << np.uint64(BITS)) | grams, p)
        assert math.isclose(p.sum(), 1, rel_tol=1e-9), p.sum()
        scores = {name: round(float(bits_per_byte(levels, options.data / f"{name}.txt", tokenizer)), 4) for name in ("valid", "held-out")}
        print(json.dumps({"order": order, "ngrams": len(levels[-1].grams), **scores}), flush=True)


if __name__ == "__main__":
    main()
