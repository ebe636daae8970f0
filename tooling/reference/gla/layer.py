"""Golden values of fla.layers.GatedLinearAttention with random weights. Run: python layer.py
Writes layer.safetensors and layer.json to packages/gla/test/fixtures/.
"""

import torch
from common import TARGET, origin, save, write_index
from fla.layers import GatedLinearAttention
from fla.models.utils import Cache
from on_cpu import layer_module

SEED = 23

# name, B, T, prefix (tokens fed before the state is recorded), settings of the layer's constructor
CASES = [
    ("default", 2, 40, 33, {"hidden_size": 32}),
    ("expanded", 1, 21, 9, {"hidden_size": 32, "expand_k": 1, "expand_v": 2, "num_heads": 2}),
    ("groups", 1, 19, 12, {"hidden_size": 48, "num_heads": 6, "num_kv_heads": 2}),
    ("short-conv-4", 2, 23, 10, {"hidden_size": 32, "use_short_conv": True, "conv_size": 4}),
    ("short-conv-3-groups", 1, 17, 1, {"hidden_size": 36, "num_heads": 3, "num_kv_heads": 1, "use_short_conv": True, "conv_size": 3}),
    ("no-output-gate", 1, 18, 7, {"hidden_size": 32, "use_output_gate": False, "feature_map": "relu", "expand_k": 1}),
    ("no-affine", 1, 16, 8, {"hidden_size": 32, "elementwise_affine": False, "num_heads": 2}),
    ("no-affine-no-gate", 1, 9, 4, {"hidden_size": 24, "elementwise_affine": False, "use_output_gate": False, "num_heads": 2}),
    ("clamped", 1, 24, 13, {"hidden_size": 32, "clamp_min": -0.5, "gate_logit_normalizer": 4, "gate_low_rank_dim": 8}),
    ("large-gates", 1, 24, 13, {"hidden_size": 32, "gate_logit_normalizer": 1}),
    ("normalizer-8", 1, 20, 10, {"hidden_size": 32, "gate_logit_normalizer": 8, "norm_eps": 1e-3}),
    ("unfused-norm", 1, 15, 6, {"hidden_size": 32, "fuse_norm": False, "num_heads": 2}),
    ("odd-sizes", 1, 37, 20, {"hidden_size": 30, "num_heads": 3, "expand_k": 0.5, "expand_v": 1.5}),
    *((f"feature-{name}", 1, 12, 5, {"hidden_size": 24, "num_heads": 2, "feature_map": name}) for name in
      ("sigmoid", "logsigmoid", "swish", "sqrelu", "gelu")),
]  # fmt: skip


def randomise(layer: torch.nn.Module, generator: torch.Generator, gate_spread: float) -> None:
    """Weights large enough that every part of the layer shows in the output."""
    with torch.no_grad():
        for name, parameter in layer.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if "norm" in name:
                parameter.copy_(1 + 0.2 * noise)
            elif name == "gk_proj.1.bias":
                parameter.copy_(gate_spread * noise)
            elif "conv1d" in name:
                parameter.copy_(0.6 * noise)
            else:
                parameter.copy_(noise * parameter.shape[-1] ** -0.5)


def state_of(cache: Cache) -> dict[str, torch.Tensor]:
    state = {"recurrent": cache[0]["recurrent_state"].transpose(-1, -2)}  # the layer keeps V first, we K first
    if cache[0]["conv_state"] is not None:
        state |= {f"conv_{part}": tensor for part, tensor in zip("qkv", cache[0]["conv_state"], strict=True)}
    return {key: value.clone() for key, value in state.items()}


def main() -> None:
    tensors, index = {}, []
    for number, (name, B, T, prefix, settings) in enumerate(CASES):
        generator = torch.Generator().manual_seed(SEED * 1000 + number)
        layer = GatedLinearAttention(**settings, layer_idx=0).eval()
        randomise(layer, generator, 6.0 if name in ("clamped", "large-gates") else 1.0)
        weights = {key: value.detach().float().clone() for key, value in layer.state_dict().items()}
        layer.double()
        x = torch.randn(B, T, settings["hidden_size"], generator=generator)

        seen: list[torch.Tensor] = []
        op = layer_module.fused_recurrent_gla
        layer_module.fused_recurrent_gla = lambda gk, **rest: (seen.append(gk), op(gk=gk, **rest))[1]  # noqa: B023
        with torch.no_grad():
            y, _, whole = layer(x.double(), past_key_values=Cache(), use_cache=True)
            first, _, cache = layer(x[:, :prefix].double(), past_key_values=Cache(), use_cache=True)
            middle = state_of(cache)
            steps = [layer(x[:, t : t + 1].double(), past_key_values=cache, use_cache=True)[0] for t in range(prefix, T - 2)]
            steps.append(layer(x[:, T - 2 :].double(), past_key_values=cache, use_cache=True)[0])
        layer_module.fused_recurrent_gla = op

        pieces = torch.cat([first, *steps], 1)
        end, again = state_of(whole), state_of(cache)
        difference = max([(pieces - y).abs().max().item()] + [(end[key] - again[key]).abs().max().item() for key in end])
        assert y.dtype == torch.float64 and y.isfinite().all() and difference < 1e-12, (name, difference)
        gates = seen[0]
        clamped = (gates == layer.clamp_min).double().mean().item() if layer.clamp_min is not None else 0.0
        assert (0.1 < clamped < 0.9) == (name == "clamped"), clamped

        group = {"x": x, "y": y} | {f"prefix.{k}": v for k, v in middle.items()} | {f"final.{k}": v for k, v in end.items()}
        tensors |= {f"{name}.{key}": value for key, value in group.items()}
        tensors |= {f"{name}.weights.{key}": value for key, value in weights.items()}
        defaults = {"expand_k": 0.5, "expand_v": 1.0, "num_heads": 4, "num_kv_heads": None, "feature_map": None, "use_short_conv": False,
                    "conv_size": 4, "use_output_gate": True, "elementwise_affine": True, "norm_eps": 1e-5, "gate_logit_normalizer": 16,
                    "gate_low_rank_dim": 16, "clamp_min": None, "fuse_norm": True}  # fmt: skip
        index.append(
            {"name": name, "B": B, "T": T, "prefix": prefix}
            | {"K": layer.head_k_dim, "V": layer.head_v_dim, "settings": {"hidden_size": 0} | defaults | settings}
            | {"gateRange": [round(gates.min().item(), 4), round(gates.max().item(), 4)], "clampedShare": round(clamped, 3)}
        )
        print(name, gates.min().item(), y.std().item(), difference)
    save(TARGET / "layer.safetensors", tensors)
    write_index(TARGET / "layer.json", origin("layer.py", "fla.layers.GatedLinearAttention") | {"seed": SEED, "cases": index})


if __name__ == "__main__":
    main()
