"""Score a trained model on held-out documents and write reference.json, all in float32 from the stored weights."""

import argparse
import hashlib
import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

from models import load
from prepare_data import read_documents
from sample import generate

EOS, PAD = 2, 0


@torch.no_grad()
def log_probabilities(model, ids):
    """log p of ids[1:], each given all before it."""
    padded = F.pad(torch.tensor([ids]), (0, -len(ids) % model.multiple), value=PAD)
    logits = torch.log_softmax(model.head(model.hidden(padded))[0, : len(ids) - 1], -1)
    return logits.gather(1, torch.tensor(ids[1:]).unsqueeze(1)).squeeze(1)


@torch.no_grad()
def stepwise(model, ids):
    """The same by the plain recurrence, token by token."""
    logits = torch.log_softmax(model.step(torch.tensor([ids]), model.new_states())[0, :-1], -1)
    return logits.gather(1, torch.tensor(ids[1:]).unsqueeze(1)).squeeze(1)


def held_out(model, tokenizer, documents):
    """Bits per byte over whole documents and their end of text."""
    per_document, size, ends = [], 0, 0.0
    for text in documents:
        ids = tokenizer.encode(text).ids + [EOS]
        scores = log_probabilities(model, ids).double()
        per_document.append([round(scores.sum().item(), 5), len(ids) - 1])
        ends += scores[-1].item()
        size += len(text.encode())
    total = sum(score for score, _ in per_document)
    return {
        "bitsPerByte": round(-total / math.log(2) / size, 6),
        "bitsPerByteWithoutEnd": round(-(total - ends) / math.log(2) / size, 6),
        "tokens": sum(count for _, count in per_document),
        "bytes": size,
        "documents": len(documents),
        "perDocument": per_document,
    }


@torch.no_grad()
def continuation(model, prompt, count=64):
    """Greedy ids after `prompt`, and the smallest lead of a chosen one over the next best."""
    greedy = generate(model, prompt, count)
    logits = model.step(torch.tensor([prompt + greedy]), model.new_states())[0, len(prompt) - 1 : -1]
    top = logits.topk(2).values
    return greedy, (top[:, 0] - top[:, 1]).min().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="folder with config.json, model.safetensors, tokenizer.json and held-out.txt")
    parser.add_argument("--prompt", default="Once upon a time, there was a little fox")
    parser.add_argument("--document", type=int, default=0, help="the held-out document of the per-token log-probabilities")
    options = parser.parse_args()

    model, tokenizer = load(options.model), Tokenizer.from_file(str(options.model / "tokenizer.json"))
    documents = read_documents(options.model / "held-out.txt")
    scored = held_out(model, tokenizer, documents)

    text = documents[options.document]
    ids = tokenizer.encode(text).ids
    scores = stepwise(model, ids)
    print("chunked against stepwise, largest difference:", (scores - log_probabilities(model, ids)).abs().max().item())
    print("float32 against float64, largest difference:", (scores - stepwise(model.double(), ids)).abs().max().item())
    model.float()
    prompt = tokenizer.encode(options.prompt).ids
    greedy, lead = continuation(model, prompt)
    print("greedy text:", tokenizer.decode(prompt + greedy))
    print("smallest lead of a greedy token:", lead)

    reference = {
        "source": {
            "script": "tooling/train/evaluate.py",
            "torch": torch.__version__.split("+")[0],
            "arithmetic": "float32, weights as stored (bfloat16)",
            "modelSha256": hashlib.sha256((options.model / "model.safetensors").read_bytes()).hexdigest(),
        },
        "prompt": options.prompt,
        "promptIds": prompt,
        "greedy": greedy,
        "text": text,
        "ids": ids,
        "logProbs": [round(score, 6) for score in scores.tolist()],
        "heldOut": scored,
    }
    (options.model / "reference.json").write_text(json.dumps(reference) + "\n")
    print({key: value for key, value in scored.items() if key != "perDocument"})


if __name__ == "__main__":
    main()
