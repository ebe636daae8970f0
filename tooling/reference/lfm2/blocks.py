"""Blocks of GGUF's types with random bytes and chosen f16 scales, and the f32 values that gguf-py gives them.

Run: python blocks.py
Writes blocks.json to tooling/as-kit/test/fixtures/. See README.md for the format.
"""

import base64
import importlib.metadata
import json
import pathlib

import gguf
import numpy

SEED = 20261125
TARGET = pathlib.Path(__file__).parents[2] / "as-kit/test/fixtures/blocks.json"
# Ordinary, negative, ±0, the smallest and the largest subnormal, the smallest normal, the largest.
SCALES = numpy.array([0.013, -0.021, 0.0, -0.0, 2**-24, -1023 * 2**-24, 2**-14, 65504.0, -1.5], dtype=numpy.float16)
# The offsets of the f16 fields in a block.
TYPES = {"Q4_0": [0], "Q4_K": [0, 2], "Q6_K": [208], "Q8_0": [0]}
ROWS = 9


def main() -> None:
    random = numpy.random.default_rng(SEED)
    cases = []
    for name, fields in TYPES.items():
        kind = gguf.GGMLQuantizationType[name]
        size, stride = gguf.GGML_QUANT_SIZES[kind]
        columns = 2 * max(size, 64)
        blocks = random.integers(0, 256, (ROWS, columns // size, stride), dtype=numpy.uint8)
        for r in range(ROWS):
            for b in range(columns // size):
                for i, at in enumerate(fields):
                    blocks[r, b, at : at + 2] = SCALES[(r + 4 * b + 2 * i) % len(SCALES)].reshape(1).view(numpy.uint8)
        rows = blocks.reshape(ROWS, -1)
        values = gguf.quants.dequantize(rows, kind).astype("<f4")
        assert values.shape == (ROWS, columns) and numpy.isfinite(values).all()
        cases.append(
            {
                "type": name,
                "rows": ROWS,
                "columns": columns,
                "blocks": base64.b64encode(rows.tobytes()).decode(),
                "values": base64.b64encode(values.tobytes()).decode(),
            }
        )
    head = {"origin": "tooling/reference/lfm2/blocks.py", "gguf": importlib.metadata.version("gguf"), "seed": SEED}
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(head | {"cases": cases}, indent=1) + "\n")
    print(len(cases), "cases,", TARGET.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
