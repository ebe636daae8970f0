"""Filtered logits from the logits processors of `transformers`, in the order in which its generate() applies them.

Run: python sampling.py
Writes tooling/kit/test/fixtures/sampling.json. See README.md for the format.
"""

import json
import math
import pathlib

import torch
import transformers
from transformers import (
    LogitsProcessorList,
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

TARGET = pathlib.Path(__file__).parents[2] / "kit" / "test" / "fixtures" / "sampling.json"
SEED, VOCAB = 5, 50

SETTINGS = [
    {},
    *({"temperature": t} for t in (0.1, 0.7, 1.0, 2.5)),
    *({"topK": k} for k in (1, 2, 5, 49, 50, 100)),
    *({"topP": p} for p in (0.0, 0.1, 0.5, 0.9, 0.95, 0.999, 1.0)),
    *({"minP": p} for p in (0.0, 0.01, 0.05, 0.2, 0.9, 1.0)),
    *({"repetitionPenalty": r} for r in (0.8, 1.0, 1.1, 1.5)),
    {"temperature": 0.7, "topK": 20, "topP": 0.9},
    {"temperature": 1.3, "topK": 40, "topP": 0.95, "minP": 0.05},
    {"temperature": 0.3, "minP": 0.15, "repetitionPenalty": 1.05},
    {"temperature": 1.5, "topP": 0.8, "minP": 0.1, "repetitionPenalty": 1.3},
    {"temperature": 0.9, "topK": 3, "topP": 0.5, "repetitionPenalty": 2.0},
    {"topK": 7, "minP": 0.3},
    {"temperature": 2.0, "topK": 10, "topP": 0.6, "minP": 0.25, "repetitionPenalty": 1.2},
]


def processors(settings: dict) -> list:
    """generate(): the penalty, then temperature, top-k, top-p, min-p."""
    steps = []
    if "repetitionPenalty" in settings:
        steps.append(RepetitionPenaltyLogitsProcessor(settings["repetitionPenalty"]))
    if "temperature" in settings:
        steps.append(TemperatureLogitsWarper(settings["temperature"]))
    if "topK" in settings:
        steps.append(TopKLogitsWarper(settings["topK"]))
    if "topP" in settings:
        steps.append(TopPLogitsWarper(settings["topP"]))
    if "minP" in settings:
        steps.append(MinPLogitsWarper(settings["minP"]))
    return LogitsProcessorList(steps)


def decided(settings: dict, ids: torch.Tensor, logits: torch.Tensor) -> bool:
    """No token so near to a threshold that rounding would decide about it, unless the threshold is 0 or 1."""
    scores = logits[None].double()
    for step in processors(settings):
        if isinstance(step, TopPLogitsWarper) and 0 < step.top_p < 1:
            cumulative = scores.sort(descending=False).values.softmax(-1).cumsum(-1)
            if (cumulative - (1 - step.top_p)).abs().min() < 1e-5:
                return False
        if isinstance(step, MinPLogitsWarper) and 0 < step.min_p < 1:
            p = scores.softmax(-1)
            if (p / p.max() - step.min_p).abs().min() < 1e-5:
                return False
        scores = step(ids[None], scores)
    return True


def numbers(row: torch.Tensor) -> list:
    """float32 as the shortest decimal that rounds to it; null for -inf."""
    return [None if math.isinf(x) else float(str(x)) for x in row.numpy()]


def main() -> None:
    generator = torch.Generator().manual_seed(SEED)
    rows = []
    for spread in (1.0, 3.0, 8.0):
        row = (torch.randn(VOCAB, generator=generator) * spread * 4096).round() / 4096  # short decimals, exact in float32
        assert row.unique().numel() == VOCAB
        rows.append({"name": f"spread-{spread:g}", "logits": row})
    masked = rows[1]["logits"].clone()
    masked[::3] = -math.inf
    rows.append({"name": "with-minus-infinity", "logits": masked})
    # Equal logits at every rank. top-k keeps all that equal the k-th; not used with top-p, whose choice among equals is the sort's.
    rows.append({"name": "ties", "logits": (torch.randn(VOCAB, generator=generator) * 2).round()})
    cases = []
    for number, row in enumerate(rows):
        ids = torch.randint(0, VOCAB, (16,), generator=generator)
        ids[-1] = row["logits"].argmax()
        for settings in SETTINGS:
            if row["name"] == "ties" and 0 <= settings.get("topP", 2) < 1:
                continue
            if row["name"] == "with-minus-infinity" and settings.get("topK", 0) in (49, 50):
                continue
            if not decided(settings, ids, row["logits"]):
                print("left out:", row["name"], settings)
                continue
            want = processors(settings)(ids[None], row["logits"][None].clone())[0]
            assert want.dtype == torch.float32 and want.isfinite().any() and not want.isnan().any()
            cases.append({"row": number, "settings": settings, "kept": int(want.isfinite().sum()), "filtered": numbers(want)})
        row["ids"] = ids.tolist()
        row["logits"] = numbers(row["logits"])
    head = {
        "origin": "tooling/reference/kit/sampling.py",
        "versions": {"transformers": transformers.__version__, "torch": torch.__version__.split("+")[0]},
        "seed": SEED,
        "order": ["repetitionPenalty", "temperature", "topK", "topP", "minP"],
    }
    body = [f"{json.dumps(k)}: {json.dumps(v)}" for k, v in head.items()]
    body += [f'"{name}": [\n    ' + ",\n    ".join(map(json.dumps, items)) + "\n  ]" for name, items in (("rows", rows), ("cases", cases))]
    TARGET.write_text("{\n  " + ",\n  ".join(body) + "\n}\n")
    print(len(rows), "rows,", len(cases), "cases,", TARGET.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
