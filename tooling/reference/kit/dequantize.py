"""Random blocks of every GGUF type and what gguf-py makes of them.

Run: python dequantize.py
Writes tooling/as-kit/test/fixtures/dequantize.json.
"""

import base64
import json
import pathlib

import gguf
import numpy
from gguf.quants import dequantize

OUT = pathlib.Path(__file__).parents[2] / "as-kit/test/fixtures/dequantize.json"
# Where the f16 fields of a block are; block b has its scales from SCALES, in turn.
FIELDS = {
    "Q4_0": [0],
    "Q4_1": [0, 2],
    "Q5_0": [0],
    "Q5_1": [0, 2],
    "Q8_0": [0],
    "Q2_K": [80, 82],
    "Q3_K": [108],
    "Q4_K": [0, 2],
    "Q5_K": [0, 2],
    "Q6_K": [208],
    "IQ4_NL": [0],
    "IQ4_XS": [0],
    "F16": [],
    "BF16": [],
}
SCALES = numpy.array([0.0625, -0.5, 0.0, 6e-8, -3e-5, 1000.0, 0.0337, -0.0021], dtype=numpy.float16)


def main() -> None:
    cases = []
    rng = numpy.random.default_rng(20261125)
    for name, fields in FIELDS.items():
        kind = gguf.GGMLQuantizationType[name]
        block, stride = gguf.GGML_QUANT_SIZES[kind]
        count = 1024 // block if block < 256 else 8
        raw = rng.integers(0, 256, (count, stride), dtype=numpy.uint8)
        for number, at in enumerate(fields):
            scales = SCALES[(numpy.arange(count) + 3 * number) % len(SCALES)]
            raw[:, at : at + 2] = scales.view(numpy.uint8).reshape(count, 2)
        if not fields:
            raw[:, 1] &= 0xBF  # no infinity, no NaN
        values = dequantize(raw.reshape(1, -1), kind).astype("<f4")
        cases.append(
            {
                "type": int(kind),
                "name": name,
                "blocks": base64.b64encode(raw.tobytes()).decode(),
                "values": base64.b64encode(values.tobytes()).decode(),
            }
        )
    versions = {"gguf": "0.19.0", "numpy": numpy.__version__}
    OUT.write_text(json.dumps({"origin": "tooling/reference/kit/dequantize.py", "versions": versions, "cases": cases}))


main()
