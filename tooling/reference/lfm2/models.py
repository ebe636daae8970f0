"""Small LFM2 models with generated weights, and their logits by Lfm2ForCausalLM in float32.

Run: python models.py
Writes models.json to packages/lfm2/test/fixtures/. See README.md for the format.
"""

from forward import build, expect, origin, tokens, write
from generator import fill

NEW, LAST = 12, 2
C, A = "conv", "full_attention"


def config(layers: list[str] | None, **keys) -> dict:
    """config.json as transformers stores it; `keys` add to it or replace."""
    base = {
        "architectures": ["Lfm2ForCausalLM"],
        "model_type": "lfm2",
        "bos_token_id": 1,
        "eos_token_id": 7,
        "pad_token_id": 0,
        "max_position_embeddings": 128000,
        "norm_eps": 1e-5,
        "conv_bias": False,
        "conv_L_cache": 3,
        "block_auto_adjust_ff_dim": False,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1000000.0},
        "tie_word_embeddings": True,
    }
    if layers is not None:
        base |= {"layer_types": layers, "num_hidden_layers": len(layers)}
    return base | keys


def rope(theta: float) -> dict:
    return {"rope_parameters": {"rope_type": "default", "rope_theta": theta}}


def sizes(vocab: int, hidden: int, heads: int, kv: int, ff: int) -> dict:
    return {
        "vocab_size": vocab,
        "hidden_size": hidden,
        "num_attention_heads": heads,
        "num_key_value_heads": kv,
        "intermediate_size": ff,
    }


# name, first seed, tokens (or how many), config
CASES = [
    ("golden", 1, [1, 6, 23, 42, 7, 63, 12], config([C, C, A, C], **sizes(64, 32, 4, 2, 48))),
    ("attention-only", 100, 12, config([A, A], **sizes(61, 48, 3, 3, 40), **rope(1e4), norm_eps=1e-6)),
    ("conv-only-bias-l4-untied", 200, 11,
     config([C, C, C], **sizes(67, 20, 5, 5, 33), conv_bias=True, conv_L_cache=4, tie_word_embeddings=False)),
    ("one-kv-head-adjusted-ff", 300, 40,
     config([C, A, C], **sizes(130, 64, 2, 1, 100), **rope(1e7), block_auto_adjust_ff_dim=True, block_multiple_of=8,
            block_ffn_dim_multiplier=1.0)),
    ("head-64-larger-ff", 400, 20,
     config([C, C, A], **sizes(99, 256, 4, 4, 300), block_auto_adjust_ff_dim=True, block_multiple_of=32,
            block_ffn_dim_multiplier=1.3)),
    ("four-kv-heads-bias-l4-untied", 500, 9,
     config([A, C, A, C], **sizes(50, 64, 8, 4, 90), **rope(1e4), conv_bias=True, conv_L_cache=4, norm_eps=1e-6,
            tie_word_embeddings=False)),
    # Keys of the first published files.
    ("legacy-keys-odd-sizes", 600, 37,
     {key: value for key, value in config(None, **sizes(77, 40, 5, 1, 0)).items()
      if key not in ("intermediate_size", "tie_word_embeddings", "rope_parameters")}
     | {"block_ff_dim": 27, "tie_embedding": True, "rope_theta": 1000000.0, "full_attn_idxs": [1, 2], "num_hidden_layers": 4}),
    ("six-layers-smaller-ff", 700, 33,
     config([C, A, C, A, C, A], **sizes(257, 32, 2, 1, 120), block_auto_adjust_ff_dim=True, block_multiple_of=16,
            block_ffn_dim_multiplier=0.75)),
    ("one-token", 800, 1, config([C, A], **sizes(37, 24, 3, 1, 31))),
]  # fmt: skip


def main() -> None:
    cases = []
    for name, seed, ids, stored in CASES:
        model = build(stored)
        fill(model, seed)
        c = model.config
        ids = ids if isinstance(ids, list) else tokens(ids, c.vocab_size, seed)
        found = expect(model, ids, NEW, LAST)
        if name == "golden":
            assert found["greedy"] == [25, 12, 42, 24, 32, 43, 43, 60, 60, 60, 60, 60]
            assert abs(found["sums"][-1] + 25.150898) < 1e-4 and abs(found["norms"][-1] - 29.490670) < 1e-4
        assert found["smallestLead"] > 2e-3, (name, found["smallestLead"])
        derived = {
            "layerTypes": c.layer_types,
            "feedForward": model.model.layers[0].feed_forward.w1.out_features,
            "theta": c.rope_parameters["rope_theta"],
            "tied": c.tie_word_embeddings,
            "parameters": sum(p.numel() for p in model.parameters()),
        }
        print(name, derived["parameters"], derived["feedForward"], derived["theta"], "f32", found["errorOfF32"], "lead", found["smallestLead"])
        cases.append({"name": name, "firstSeed": seed, "config": stored, "derived": derived} | found)
    write("models.json", origin("models.py"), cases)


if __name__ == "__main__":
    main()
