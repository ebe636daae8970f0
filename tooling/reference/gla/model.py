"""Tiny GLAForCausalLM checkpoints with random weights, and their logits. Run: python model.py
Writes models/<name>/ (as published checkpoints are laid out), models/<name>.expected.safetensors and models/models.json
to packages/gla/test/fixtures/.
"""

import json
import shutil

import torch
from common import TARGET, origin, save, write_index
from fla.models import GLAConfig, GLAForCausalLM
from fla.models.utils import Cache
from on_cpu import layer_module

SEED = 37
T, PROMPT, NEW = 50, 12, 20
HOME = TARGET / "models"

# name, stored type, shards, fused MLP, config as stored, keys that only the reference gets
CASES = [
    ("f32-tied", torch.float32, 1, False,
     {"vocab_size": 96, "hidden_size": 32, "num_hidden_layers": 2, "num_heads": 4, "expand_k": 0.5, "expand_v": 1.0, "hidden_ratio": 4,
      "intermediate_size": None, "tie_word_embeddings": True, "norm_eps": 1e-6, "attn_mode": "chunk", "clamp_min": None}, {}),
    ("bf16-fused-sharded", torch.bfloat16, 2, True,
     {"vocab_size": 128, "hidden_size": 48, "num_hidden_layers": 3, "num_heads": 2, "expand_k": 0.5, "expand_v": 1, "hidden_ratio": 4,
      "intermediate_size": 72, "tie_word_embeddings": False, "rms_norm_eps": 1e-3, "attn_mode": "fused_chunk", "share_conv_kernel": True,
      "use_gk": True, "use_gv": False}, {"norm_eps": 1e-3}),
    ("f16-conv-groups", torch.float16, 1, False,
     {"vocab_size": 64, "hidden_size": 48, "num_hidden_layers": 2, "num_heads": 4, "num_kv_heads": 2, "expand_k": 1, "expand_v": 1,
      "intermediate_size": 64, "tie_word_embeddings": False, "norm_eps": 1e-5, "use_short_conv": True, "conv_size": 4,
      "feature_map": "relu", "use_output_gate": False, "clamp_min": -0.1}, {}),
    ("bf16-odd-sizes", torch.bfloat16, 1, False,
     {"vocab_size": 101, "hidden_size": 36, "num_hidden_layers": 2, "num_heads": 3, "expand_k": 0.5, "expand_v": 1.0, "hidden_ratio": None,
      "intermediate_size": 50, "tie_word_embeddings": False, "norm_eps": 1e-6, "elementwise_affine": False}, {}),
]  # fmt: skip


def randomise(model: torch.nn.Module, dtype: torch.dtype, generator: torch.Generator) -> None:
    """Lively weights, already rounded to the type they are stored in."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if "norm" in name:
                value = 1 + 0.2 * noise
            elif name.endswith("bias"):
                value = 2 * noise
            elif "embeddings" in name:
                value = 0.3 * noise
            else:
                value = 1.5 * noise * parameter.shape[-1] ** -0.5
            parameter.copy_(value.to(dtype).to(parameter.dtype))


def stored(model: GLAForCausalLM, dtype: torch.dtype, fused: bool) -> dict[str, torch.Tensor]:
    tensors = {}
    for name, parameter in model.named_parameters():  # a tied lm_head is not named a second time
        assert torch.equal(parameter, parameter.to(dtype).to(parameter.dtype))
        tensors[name] = parameter.detach().to(dtype).clone()
    if fused:  # the layout before February 2025: gate rows first, then up rows
        for layer in range(model.config.num_hidden_layers):
            up = tensors.pop(f"model.layers.{layer}.mlp.up_proj.weight")
            gate = f"model.layers.{layer}.mlp.gate_proj.weight"
            tensors[gate] = torch.cat([tensors[gate], up])
    return tensors


def write_checkpoint(name: str, tensors: dict[str, torch.Tensor], shards: int, config: dict, dtype: torch.dtype) -> None:
    folder = HOME / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    head = {"architectures": ["GLAForCausalLM"], "model_type": "gla", "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "swish"}
    head |= config | {"torch_dtype": str(dtype).removeprefix("torch."), "use_cache": True, "max_position_embeddings": 2048}
    (folder / "config.json").write_text(json.dumps(head, indent=2, sort_keys=True) + "\n")
    if shards == 1:
        save(folder / "model.safetensors", tensors)
        return
    names = list(tensors)
    weight_map = {key: f"model-{i * shards // len(names) + 1:05d}-of-{shards:05d}.safetensors" for i, key in enumerate(names)}
    for file in sorted(set(weight_map.values())):
        save(folder / file, {key: tensors[key] for key in names if weight_map[key] == file})
    total = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
    index = {"metadata": {"total_size": total}, "weight_map": dict(sorted(weight_map.items()))}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=2) + "\n")


def greedy(model: GLAForCausalLM, prompt: torch.Tensor) -> tuple[list[int], float]:
    """Prefill, then one token at a time. Also the smallest lead of a chosen token over the next best."""
    cache, ids, lead = Cache(), [], float("inf")
    logits = model(prompt[None], past_key_values=cache, use_cache=True).logits[0, -1]
    for _ in range(NEW):
        best = logits.topk(2)
        lead = min(lead, (best.values[0] - best.values[1]).item())
        ids.append(best.indices[0].item())
        logits = model(torch.tensor([[ids[-1]]]), past_key_values=cache, use_cache=True).logits[0, -1]
    return ids, lead


def main() -> None:
    HOME.mkdir(exist_ok=True)
    index = []
    for number, (name, dtype, shards, fused, config, only_reference) in enumerate(CASES):
        generator = torch.Generator().manual_seed(SEED * 1000 + number)
        reference_config = GLAConfig(**(config | only_reference))
        model = GLAForCausalLM(reference_config).eval()
        randomise(model, dtype, generator)
        tensors = stored(model, dtype, fused)
        write_checkpoint(name, tensors, shards, config, dtype)
        model.double()
        ids = torch.randint(3, config["vocab_size"], (T,), generator=generator)
        lowest: list[float] = []
        op = layer_module.fused_recurrent_gla
        layer_module.fused_recurrent_gla = lambda gk, **rest: (lowest.append(gk.min().item()), op(gk=gk, **rest))[1]  # noqa: B023
        with torch.no_grad():
            logits = model(ids[None]).logits[0]
            chosen, lead = greedy(model, ids[:PROMPT])
            # The cached path of the reference must agree with the whole pass.
            whole = model(torch.cat([ids[:PROMPT], torch.tensor(chosen)])[None]).logits[0, PROMPT - 1 : -1].argmax(-1)
        layer_module.fused_recurrent_gla = op
        assert logits.dtype == torch.float64 and logits.isfinite().all() and whole.tolist() == chosen and lead > 1e-3, (name, lead)
        save(HOME / f"{name}.expected.safetensors", {"ids": ids.int(), "logits": logits.float()})
        parameters = sum(p.numel() for p in model.parameters())
        index.append(
            {"name": name, "T": T, "vocab": config["vocab_size"], "parameters": parameters, "tensors": len(tensors)}
            | {"dtype": str(dtype).removeprefix("torch."), "shards": shards, "fusedMlp": fused, "intermediate": model.model.layers[0].mlp.intermediate_size}
            | {"K": model.model.layers[0].attn.head_k_dim, "V": model.model.layers[0].attn.head_v_dim, "normEps": reference_config.norm_eps}
            | {"greedy": {"prompt": PROMPT, "ids": chosen, "smallestLead": round(lead, 4)}}
        )
        print(name, parameters, "gate min", min(lowest), "logit std", logits.std().item(), "lead", lead, chosen)
    source = "fla.models.GLAForCausalLM, weights rounded to the stored type first"
    write_index(HOME / "models.json", origin("model.py", source) | {"seed": SEED, "cases": index})


if __name__ == "__main__":
    main()
