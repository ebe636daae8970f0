"""What both model fixtures share: a forward pass of transformers in float32, and how rows of logits are stored."""

import base64
import copy
import importlib.metadata
import json
import pathlib

import numpy
import torch
from transformers import Lfm2Config, Lfm2ForCausalLM

TARGET = pathlib.Path(__file__).parents[3] / "packages/lfm2/test/fixtures"
WHOLE = 12  # sequences up to this length keep all their rows of logits


def origin(script: str) -> dict:
    versions = {name: importlib.metadata.version(name) for name in ("gguf", "numpy", "torch", "transformers")}
    return {"origin": f"tooling/reference/lfm2/{script}", "versions": versions}


def build(config: dict) -> Lfm2ForCausalLM:
    return Lfm2ForCausalLM(Lfm2Config(**config, attn_implementation="eager")).eval()


def floats(array: torch.Tensor) -> str:
    return base64.b64encode(array.detach().numpy().astype("<f4").tobytes()).decode()


@torch.no_grad()
def expect(model: Lfm2ForCausalLM, ids: list[int], new: int, last: int) -> dict:
    """Logits of `ids`, and what greedy decoding appends to them, with the model's own cache where it has one."""
    tokens = torch.tensor([ids])
    logits = model(tokens, use_cache=False).logits[0]
    assert logits.dtype == torch.float32 and logits.isfinite().all()
    exact = copy.deepcopy(model).double()(tokens, use_cache=False).logits[0]
    first = 0 if len(ids) <= WHOLE else len(ids) - last
    cached = "full_attention" in model.config.layer_types  # transformers has no cache of convolutions alone
    chosen, lead, cache, step = [], float("inf"), None, tokens
    for _ in range(new):
        answer = model(step if cached else torch.tensor([ids + chosen]), past_key_values=cache, use_cache=cached)
        cache, best = answer.past_key_values, answer.logits[0, -1].topk(2)
        lead = min(lead, (best.values[0] - best.values[1]).item())
        chosen.append(best.indices[0].item())
        step = torch.tensor([[chosen[-1]]])
    whole = model(torch.tensor([ids + chosen]), use_cache=False).logits[0, len(ids) - 1 : -1].argmax(-1)
    assert whole.tolist() == chosen, "the cache of the reference disagrees with its whole pass"
    return {
        "ids": ids,
        "firstRow": first,
        "logits": floats(logits[first:]),
        "argmax": logits.argmax(-1).tolist(),
        "sums": [round(x, 6) for x in logits.double().sum(-1).tolist()],
        "norms": [round(x, 6) for x in logits.double().norm(dim=-1).tolist()],
        "errorOfF32": float(f"{(logits - exact).abs().max().item():.2g}"),
        "greedy": chosen,
        "smallestLead": round(lead, 5),
    }


def write(name: str, head: dict, cases: list[dict]) -> None:
    TARGET.mkdir(exist_ok=True)
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    lines.append('"cases": [\n  ' + ",\n  ".join(map(json.dumps, cases)) + "\n ]")
    (TARGET / name).write_text("{\n " + ",\n ".join(lines) + "\n}\n")
    json.loads((TARGET / name).read_text())
    print(name, len(cases), "cases,", (TARGET / name).stat().st_size, "bytes")


def tokens(count: int, vocabulary: int, seed: int) -> list[int]:
    return numpy.random.default_rng(seed).integers(0, vocabulary, count).tolist()
