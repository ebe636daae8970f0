"""Weights that any language can make again: a hash of index and seed, so that a fixture need not hold them.

    h = (i + 1) · 2654435761 xor seed · 0x9E3779B9, then three rounds of shift, xor and multiply, all mod 2^32
    value = f32((h / 2^32 - 0.5) · 2 · scale + offset)
"""

import numpy
import torch


def hashes(count: int, seed: int) -> numpy.ndarray:
    """h of i = 0 … count - 1, as uint32."""
    low = numpy.uint64(0xFFFFFFFF)
    h = (numpy.arange(1, count + 1, dtype=numpy.uint64) * numpy.uint64(2654435761)) & low
    h ^= numpy.uint64((seed * 0x9E3779B9) & 0xFFFFFFFF)
    h ^= h >> numpy.uint64(15)
    h = (h * numpy.uint64(0x2C1B3C6D)) & low
    h ^= h >> numpy.uint64(12)
    h = (h * numpy.uint64(0x297A2D39)) & low
    h ^= h >> numpy.uint64(15)
    return h.astype(numpy.uint32)


def values(shape: tuple[int, ...], seed: int, scale: float, offset: float = 0.0) -> numpy.ndarray:
    h = hashes(int(numpy.prod(shape)), seed).astype(numpy.float64)
    return ((h / 2**32 - 0.5) * 2 * scale + offset).astype(numpy.float32).reshape(shape)


def order(config) -> list[str]:
    """Names of an Lfm2ForCausalLM's parameters in the order in which seeds are given out."""
    names = ["model.embed_tokens.weight"]
    for number, kind in enumerate(config.layer_types):
        layer = f"model.layers.{number}."
        names.append(layer + "operator_norm.weight")
        if kind == "full_attention":
            parts = ("q_proj", "k_proj", "v_proj", "out_proj", "q_layernorm", "k_layernorm")
            names += [f"{layer}self_attn.{part}.weight" for part in parts]
        else:
            for part in ("in_proj", "conv", "out_proj"):
                names.append(f"{layer}conv.{part}.weight")
                if config.conv_bias:
                    names.append(f"{layer}conv.{part}.bias")
        names.append(layer + "ffn_norm.weight")
        names += [f"{layer}feed_forward.{part}.weight" for part in ("w1", "w3", "w2")]
    names.append("model.embedding_norm.weight")
    if not config.tie_word_embeddings:
        names.append("lm_head.weight")
    return names


def scale_and_offset(name: str, shape: tuple[int, ...]) -> tuple[float, float]:
    if "norm" in name:
        return 0.1, 1.0
    if name in ("model.embed_tokens.weight", "lm_head.weight"):
        return 1.0, 0.0
    if name.endswith("bias"):
        return 0.5, 0.0
    return 1.5 / shape[-1] ** 0.5, 0.0


def fill(model, first_seed: int) -> None:
    """Seeds count up from `first_seed`."""
    names, parameters = order(model.config), dict(model.named_parameters())
    assert set(names) == set(parameters), set(names) ^ set(parameters)
    with torch.no_grad():
        for seed, name in enumerate(names, first_seed):
            shape = tuple(parameters[name].shape)
            parameters[name].copy_(torch.from_numpy(values(shape, seed, *scale_and_offset(name, shape))))


def check() -> None:
    got = values((4,), 1, 1.0)
    assert numpy.allclose(got, [-0.57735837, 0.38702327, -0.1668065, 0.4659093], atol=1e-8), got
    got = values((3,), 4, 1.5 / 3**0.5)
    assert numpy.allclose(got, [0.2609739, 0.29875329, 0.81289351], atol=1e-8), got


check()
