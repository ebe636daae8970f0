"""One LFM2 model in every block type of GGUF: weights of hashed bytes, dequantised by gguf-py, run by Lfm2ForCausalLM in float32.

Run: python block_models.py
Writes block-models.json to packages/lfm2/test/fixtures/. See README.md for the format.
"""

import math

import gguf
import numpy
import torch
from forward import build, expect, origin, tokens, write
from generator import hashes, order, scale_and_offset, values
from models import config

NEW, LAST, LENGTH, SEED = 8, 1, 20, 1
LAYERS = ["conv", "full_attention", "conv", "full_attention"]
CONFIG = config(
    LAYERS, vocab_size=256, hidden_size=256, num_attention_heads=4, num_key_value_heads=2, intermediate_size=512
)
MANTISSAS = 0x10000  # added to a tensor's seed for the scales of its blocks

# The f16 fields of a block: where, how many powers of two above the first, and whether negative.
# The second field of a type keeps the mean of its weights near 0.
FIELDS = {
    "Q4_0": [(0, 0, False)],
    "Q4_1": [(0, 0, False), (2, 3, True)],
    "Q5_0": [(0, 0, False)],
    "Q5_1": [(0, 0, False), (2, 4, True)],
    "Q8_0": [(0, 0, False)],
    "Q2_K": [(80, 0, False), (82, 1, False)],
    "Q3_K": [(108, 0, False)],
    "Q4_K": [(0, 0, False), (2, 3, False)],
    "Q5_K": [(0, 0, False), (2, 4, False)],
    "Q6_K": [(208, 0, False)],
    "IQ4_NL": [(0, 0, False)],
    "IQ4_XS": [(0, 0, False)],
}
PLAIN = {"F32": None, "F16": torch.float16, "BF16": torch.bfloat16}
RENAMED = {
    "operator_norm": "attn_norm",
    "w1": "ffn_gate",
    "w2": "ffn_down",
    "w3": "ffn_up",
    "q_proj": "attn_q",
    "k_proj": "attn_k",
    "v_proj": "attn_v",
    "q_layernorm": "attn_q_norm",
    "k_layernorm": "attn_k_norm",
}


def gguf_name(name: str) -> str:
    if name == "model.embed_tokens.weight":
        return "token_embd.weight"
    if name == "model.embedding_norm.weight":
        return "token_embd_norm.weight"
    _, _, layer, *parts = name.split(".")
    if parts[0] == "conv":
        rest = "shortconv." + parts[1]
    elif parts[-2] == "out_proj":
        rest = "attn_output"
    else:
        rest = RENAMED.get(parts[-2], parts[-2])
    return f"blk.{layer}.{rest}.weight"


def raw_blocks(kind: str, rows: int, columns: int, seed: int, exponent: int) -> numpy.ndarray:
    """Byte i of the tensor is the top byte of hash(i, seed), but for the f16 fields (their mantissa: hash(block, seed + MANTISSAS))."""
    size, stride = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[kind]]
    count = rows * columns // size
    raw = (hashes(count * stride, seed) >> 24).astype(numpy.uint8).reshape(count, stride)
    if kind == "Q8_0":
        raw[raw == 0x80] = 0x81  # -128 becomes -127
    mantissas = (hashes(count, seed + MANTISSAS) >> 22).astype(numpy.uint16)
    for at, above, negative in FIELDS[kind]:
        half = mantissas | numpy.uint16(((exponent + above) << 10) | (0x8000 if negative else 0))
        raw[:, at : at + 2] = half.astype("<u2").view(numpy.uint8).reshape(count, 2)
    return raw.reshape(rows, -1)


def dequantised(kind: str, shape: tuple[int, int], seed: int, exponent: int) -> numpy.ndarray:
    raw = raw_blocks(kind, *shape, seed, exponent)
    return gguf.quants.dequantize(raw, gguf.GGMLQuantizationType[kind]).reshape(shape)


def exponent_for(kind: str, shape: tuple[int, int], seed: int, target: float) -> int:
    """The f16 exponent field that brings the weights' standard deviation nearest to `target`."""
    deviation = dequantised(kind, shape, seed, 15).std()
    return max(0, 15 + round(math.log2(target / deviation)))


def published_types(names: list[str], base: str) -> dict[str, str]:
    """Types as llama-quantize gives them to a file without importance matrix."""
    chosen = {"token_embd.weight": "Q6_K"}
    if base == "Q4_K":
        for part in ("ffn_down", "attn_v"):
            found = [name for name in names if part in name]
            n = len(found)
            chosen |= {name: "Q6_K" for i, name in enumerate(found) if i < n // 8 or i >= 7 * n // 8 or (i - n // 8) % 3 == 2}
    return {name: chosen.get(name, base) for name in names}


def case(name: str, base: str, mixed: bool, ids: list[int]) -> dict:
    model = build(CONFIG)
    parameters = dict(model.named_parameters())
    matrices = [gguf_name(key) for key in order(model.config) if parameters[key].ndim == 2]
    types = published_types(matrices, base) if mixed else dict.fromkeys(matrices, base)
    table = []
    for seed, key in enumerate(order(model.config), SEED):
        parameter, new = parameters[key], gguf_name(key)
        shape, kind = tuple(parameter.shape), types.get(new, "F32")
        scale, offset = scale_and_offset(key, shape)
        if new == "token_embd.weight":
            scale = 0.5
        if kind in PLAIN:
            weights = torch.from_numpy(values(shape, seed, scale, offset))
            weights = weights if PLAIN[kind] is None else weights.to(PLAIN[kind]).float()
            table.append([new, kind, seed, list(shape), {"scale": scale, "offset": offset}])
        else:
            exponent = exponent_for(kind, shape, seed, scale / 3**0.5)
            weights = torch.from_numpy(dequantised(kind, shape, seed, exponent))
            table.append([new, kind, seed, list(shape), {"exponent": exponent}])
        assert weights.isfinite().all()
        with torch.no_grad():
            parameter.copy_(weights)
    found = expect(model, ids, NEW, LAST)
    print(name, "f32", found["errorOfF32"], "lead", found["smallestLead"], "largest", max(found["norms"]))
    return {"name": name, "tensors": table} | found


def main() -> None:
    ids = tokens(LENGTH, CONFIG["vocab_size"], 3)
    cases = [case(kind, kind, False, ids) for kind in [*PLAIN, *FIELDS]]
    cases += [case("Q4_0-published", "Q4_0", True, ids), case("Q4_K_M", "Q4_K", True, ids)]
    write("block-models.json", origin("block_models.py") | {"config": CONFIG, "fields": FIELDS, "mantissas": MANTISSAS}, cases)


if __name__ == "__main__":
    main()
