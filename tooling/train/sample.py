"""Continue a prompt with a trained model, on the CPU in float32."""

import argparse
from pathlib import Path

import torch
from tokenizers import Tokenizer

from models import load

EOS = 2


@torch.no_grad()
def generate(model, ids, count, temperature=0.0, top_p=1.0, generator=None):
    """Up to `count` ids after `ids`, ending with the end of text; greedy at temperature 0."""
    states, out = model.new_states(), []
    logits = model.step(torch.tensor([ids]), states)[0, -1]
    while len(out) < count:
        if temperature == 0:
            chosen = logits.argmax().item()
        else:
            p, order = torch.softmax(logits / temperature, -1).sort(descending=True)
            p[p.cumsum(-1) - p > top_p] = 0
            chosen = order[torch.multinomial(p, 1, generator=generator)].item()
        out.append(chosen)
        if chosen == EOS:
            break
        logits = model.step(torch.tensor([[chosen]]), states)[0, -1]
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="folder with config.json, model.safetensors and tokenizer.json")
    parser.add_argument("prompt")
    parser.add_argument("--tokens", type=int, default=400)
    parser.add_argument("--temperature", type=float, default=0.7)
    parser.add_argument("--top-p", type=float, default=0.95)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    model, tokenizer = load(options.model), Tokenizer.from_file(str(options.model / "tokenizer.json"))
    ids = tokenizer.encode(options.prompt).ids
    generator = torch.Generator().manual_seed(options.seed)
    ids += generate(model, ids, options.tokens, options.temperature, options.top_p, generator)
    print(tokenizer.decode(ids))


if __name__ == "__main__":
    main()
