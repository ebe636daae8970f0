"""Write an LFM2 folder as GGUF in F16, Q8_0, Q4_0 and the Q4_K_M mix, with the types that llama-quantize gives to each tensor."""

import argparse
import json
from pathlib import Path

import gguf
import numpy as np
from safetensors.torch import load_file

from kquants import q4_k, q6_k

# Type of the matrices, type of the embedding (it is the head too), general.file_type.
FORMATS = {
    "F16": ("F16", "F16", gguf.LlamaFileType.MOSTLY_F16),
    "Q8_0": ("Q8_0", "Q8_0", gguf.LlamaFileType.MOSTLY_Q8_0),
    "Q4_0": ("Q4_0", "Q6_K", gguf.LlamaFileType.MOSTLY_Q4_0),
    "Q4_K_M": ("Q4_K", "Q6_K", gguf.LlamaFileType.MOSTLY_Q4_K_M),
}
OWN = {"Q4_K": q4_k, "Q6_K": q6_k}
NORMAL, CONTROL = 1, 3


def more_bits(i, n):
    """Whether the i-th of n tensors of a kind is one of those that a Q4_K_M file keeps in Q6_K."""
    return i < n // 8 or i >= 7 * n // 8 or (i - n // 8) % 3 == 2


def tensors(folder, layers):
    """Name in GGUF → f32 array, in file order."""
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LFM2, layers)
    stored = load_file(folder / "model.safetensors")

    def order(name):
        parts = name.split(".")
        return (int(parts[1]), name) if parts[0] == "blk" else (-1 if name == "token_embd.weight" else layers, name)

    found = {names.get_name(name, (".weight",)): value.float().numpy() for name, value in stored.items()}
    return {name: np.squeeze(found[name]) for name in sorted(found, key=order)}


def types(found, form):
    base, head, _ = FORMATS[form]
    chosen = {}
    for name, value in found.items():
        plain = value.ndim == 1 or name.endswith("shortconv.conv.weight")
        chosen[name] = "F32" if plain else head if name == "token_embd.weight" else base
    if form == "Q4_K_M":
        for part in ("ffn_down", "attn_v."):
            kind = [name for name in found if part in name]
            chosen |= {name: "Q6_K" for i, name in enumerate(kind) if more_bits(i, len(kind))}
    return chosen


def encode(value, kind):
    value = np.ascontiguousarray(value, dtype=np.float32)
    if kind == "F32":
        return value
    if kind == "F16":
        half = value.astype(np.float16)
        assert (half.astype(np.float32) == value).all()
        return half
    return OWN[kind](value) if kind in OWN else gguf.quants.quantize(value, gguf.GGMLQuantizationType[kind])


def metadata(writer, folder, config, form):
    writer.add_type(gguf.GGUFType.MODEL)
    writer.add_name(folder.name)
    writer.add_license("mit")
    writer.add_file_type(FORMATS[form][2])
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_vocab_size(config["vocab_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv([config["num_key_value_heads"] if kind == "full_attention" else 0 for kind in config["layer_types"]])
    writer.add_layer_norm_rms_eps(config["norm_eps"])
    writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    writer.add_shortconv_l_cache(config["conv_L_cache"])
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    ids = tokenizer["model"]["vocab"]
    special = {token["id"] for token in tokenizer["added_tokens"]}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("lfm2")
    writer.add_token_list(sorted(ids, key=ids.get))
    writer.add_token_types([CONTROL if i in special else NORMAL for i in range(len(ids))])
    writer.add_token_merges([" ".join(pair) for pair in tokenizer["model"]["merges"]])
    writer.add_bos_token_id(config["bos_token_id"])
    writer.add_eos_token_id(config["eos_token_id"])
    writer.add_pad_token_id(config["pad_token_id"])
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)


def write(folder, form, path):
    config = json.loads((folder / "config.json").read_text())
    found = tensors(folder, config["num_hidden_layers"])
    writer = gguf.GGUFWriter(path, "lfm2")
    metadata(writer, folder, config, form)
    for name, kind in types(found, form).items():
        data = encode(found[name], kind)
        if kind in ("F32", "F16"):
            writer.add_tensor(name, data)
        else:
            writer.add_tensor(name, data, raw_dtype=gguf.GGMLQuantizationType[kind])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="folder with config.json, model.safetensors and tokenizer.json")
    parser.add_argument("--out", type=Path, required=True, help="folder for NAME-FORMAT.gguf")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for form in FORMATS:
        path = options.out / f"{options.model.name}-{form}.gguf"
        write(options.model, form, path)
        print(path.name, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
