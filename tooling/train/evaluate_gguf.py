"""Score an LFM2 model in each of its GGUF files and write reference.json: float32 arithmetic with the weights as gguf-py dequantises them."""

import argparse
import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import gguf
import torch
from tokenizers import Tokenizer

from evaluate import continuation, held_out, log_probabilities
from export_gguf import FORMATS
from models import build, load
from prepare_data import read_documents

HEAD = 32  # logits kept of the last position
GREEDY = 40


def load_gguf(path, config):
    model = build(config)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LFM2, config["num_hidden_layers"])
    stored = {tensor.name: tensor for tensor in gguf.GGUFReader(path).tensors}
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            tensor = stored.pop(names.get_name(name, (".weight",)))
            values = torch.from_numpy(gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype("float32"))
            parameter.copy_(values.view(parameter.shape))
    assert not stored
    return model.eval().requires_grad_(False)


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="folder with config.json, model.safetensors and tokenizer.json; gets reference.json")
    parser.add_argument("--gguf", type=Path, required=True, help="folder that export_gguf.py wrote")
    parser.add_argument("--held-out", type=Path, required=True)
    parser.add_argument("--prompt", default="Once upon a time, there was a little girl named Lily")
    parser.add_argument("--document", type=int, default=0, help="the held-out document of the per-token log-probabilities")
    options = parser.parse_args()

    config = json.loads((options.model / "config.json").read_text())
    tokenizer = Tokenizer.from_file(str(options.model / "tokenizer.json"))
    documents = read_documents(options.held_out)
    text = documents[options.document]
    ids, prompt = tokenizer.encode(text).ids, tokenizer.encode(options.prompt).ids
    stored, formats = load(options.model), {}
    for form in FORMATS:
        path = options.gguf / f"{options.model.name}-{form}.gguf"
        model = load_gguf(path, config)
        if form == "F16":
            same = zip(model.parameters(), stored.parameters())
            assert all(torch.equal(a, b) for a, b in same), "F16 holds the stored weights"
        scores = log_probabilities(model, ids)
        logits = model.head(model.hidden(torch.tensor([ids])))[0, -1]
        precise = log_probabilities(model.double(), ids)
        error = (scores - precise).abs().max().item()
        model.float()
        greedy, lead = continuation(model, prompt, GREEDY)
        formats[form] = {
            "file": path.name,
            "shipped": (options.model / path.name).exists(),
            "bytes": path.stat().st_size,
            "sha256": sha256(path),
            "greedy": greedy,
            "smallestLead": round(lead, 5),
            "logProbs": [round(score, 6) for score in scores.tolist()],
            "lastLogits": [round(value, 6) for value in logits[:HEAD].tolist()],
            "errorOfF32": float(f"{error:.2g}"),
            "heldOut": held_out(model, tokenizer, documents),
        }
        print(form, formats[form]["heldOut"]["bitsPerByte"], "lead", lead, "f32", error, tokenizer.decode(prompt + greedy))
    reference = {
        "source": {
            "script": "tooling/train/evaluate_gguf.py",
            "torch": torch.__version__.split("+")[0],
            "gguf": version("gguf"),
            "arithmetic": "float32, weights as gguf-py dequantises them; F16 has the values of model.safetensors",
            "modelSha256": sha256(options.model / "model.safetensors"),
            "heldOutSha256": sha256(options.held_out),
        },
        "prompt": options.prompt,
        "promptIds": prompt,
        "text": text,
        "ids": ids,
        "formats": formats,
    }
    (options.model / "reference.json").write_text(json.dumps(reference) + "\n")


if __name__ == "__main__":
    main()
