"""Files as gguf-py writes them, with every type of value, and split ones; and its table of element types."""

import base64
import importlib.metadata
import json
import pathlib
import tempfile

import numpy
from gguf import GGMLQuantizationType, GGUFEndian, GGUFValueType, GGUFWriter
from gguf.constants import GGML_QUANT_SIZES

TARGET = pathlib.Path(__file__).parents[2] / "kit/test/fixtures/gguf.json"

LIMITS = {
    "UINT8": [0, 1, 255],
    "INT8": [-128, -1, 127],
    "UINT16": [0, 258, 65535],
    "INT16": [-32768, -2, 32767],
    "UINT32": [0, 16909060, 4294967295],
    "INT32": [-2147483648, -3, 2147483647],
    "UINT64": [0, 9007199254740991, 9007199254740992, 18446744073709551615],
    "INT64": [-9223372036854775808, -9007199254740992, -9007199254740991, -1, 9223372036854775807],
    "FLOAT32": [0.0, -1.5, 1e-5, 3.4028234663852886e38],
    "FLOAT64": [0.0, -1e-300, 0.1, 1.7976931348623157e308],
    "BOOL": [True, False],
    "STRING": ["lfm2", "é 🙂 \u0000 \ufeff", " "],
}


def plain(value):
    return str(value) if type(value) is int and abs(value) > 2**31 else value


def write(writer: GGUFWriter, folder: str) -> list[str]:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    files = sorted(pathlib.Path(folder).iterdir())
    return [base64.b64encode(file.read_bytes()).decode() for file in files]


def golden() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        writer = GGUFWriter(f"{folder}/golden.gguf", "lfm2")
        writer.add_uint32("lfm2.shortconv.l_cache", 3)
        writer.add_array("lfm2.attention.head_count_kv", [0, 0, 8])
        writer.add_tensor("a.weight", numpy.arange(6, dtype=numpy.float32).reshape(2, 3))
        writer.add_tensor("b.weight", numpy.ones(5, dtype=numpy.float16))
        return write(writer, folder)


def all_types(endian=GGUFEndian.LITTLE) -> tuple[list, list, list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        writer = GGUFWriter(f"{folder}/types.gguf", "lfm2", endianess=endian)
        writer.add_custom_alignment(64)
        metadata = [["general.architecture", "STRING", "lfm2"], ["general.alignment", "UINT32", 64]]
        for name, values in LIMITS.items():
            kind = GGUFValueType[name]
            for i, value in enumerate(values):
                key = f"test.{name.lower()}.{i}"
                writer.add_key_value(key, value, kind)
                metadata.append([key, name, plain(value)])
            key = f"test.{name.lower()}.all"
            writer.add_key_value(key, values, GGUFValueType.ARRAY, kind)
            metadata.append([key, f"{name}[]", [plain(value) for value in values]])
        tensors = []
        shapes = {"F32": [(3,), (2, 3), (2, 1, 2, 3)], "F16": [(5, 3)], "BF16": [(2, 3)], "Q4_0": [(3, 64)],
                  "Q8_0": [(32,)], "Q4_K": [(2, 256)], "Q6_K": [(1, 512)], "MXFP4": [(2, 2, 32)]}
        for name, all_shapes in shapes.items():
            kind = GGMLQuantizationType[name]
            block, size = GGML_QUANT_SIZES[kind]
            for shape in all_shapes:
                of_bytes = (*shape[:-1], shape[-1] // block * size)
                count = int(numpy.prod(of_bytes))
                data = (numpy.arange(count) * 7 + len(tensors)).astype(numpy.uint8).reshape(of_bytes)
                tensor = f"{len(tensors)}.{name}".ljust(64 if name == "MXFP4" else 1, "x")
                writer.add_tensor(tensor, data, raw_dtype=kind)
                tensors.append([tensor, name, list(shape), count])
        return metadata, tensors, write(writer, folder)


def split() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        writer = GGUFWriter(f"{folder}/model.gguf", "lfm2", split_max_tensors=2, small_first_shard=True)
        writer.add_block_count(1)
        for i in range(5):
            writer.add_tensor(f"{i}.weight", numpy.full((i + 1, 4), i, dtype=numpy.float32))
        return write(writer, folder)


def main() -> None:
    metadata, tensors, (types,) = all_types()
    big = all_types(GGUFEndian.BIG)[2][0]
    fixture = {
        "origin": "tooling/reference/kit/gguf_files.py",
        "versions": {name: importlib.metadata.version(name) for name in ("gguf", "numpy")},
        "golden": golden()[0],
        "types": {"metadata": metadata, "tensors": tensors, "file": types},
        "bigEndian": big[:400],
        "split": split(),
        "elementTypes": [[kind.value, kind.name, *sizes] for kind, sizes in GGML_QUANT_SIZES.items()],
    }
    lines = (f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in fixture.items())
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n")


main()
