"""Where the fixtures go, and how their index files look."""

import json
import pathlib
from importlib.metadata import version

from safetensors.torch import save_file

TARGET = pathlib.Path(__file__).parents[3] / "packages" / "gla" / "test" / "fixtures"
TARGET.mkdir(parents=True, exist_ok=True)


def origin(script: str, what: str) -> dict:
    return {
        "origin": f"tooling/reference/gla/{script}: {what}, evaluated in float64",
        "versions": {name: version(name) for name in ("fla-core", "flash-linear-attention", "torch", "transformers")},
    }


def save(path: pathlib.Path, tensors: dict) -> None:
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path, metadata={"format": "pt"})
    path.chmod(0o644)


def write_index(path: pathlib.Path, index: dict) -> None:
    """One line per case, so that a change shows as a small diff."""
    parts = []
    for key, value in index.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            parts.append(f"{json.dumps(key)}: [\n    " + ",\n    ".join(map(json.dumps, value)) + "\n  ]")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value)}")
    path.write_text("{\n  " + ",\n  ".join(parts) + "\n}\n")
    data = path.with_suffix(".safetensors")
    print(path.name, len(next(v for v in index.values() if isinstance(v, list))), "cases", data.stat().st_size if data.exists() else 0, "bytes")
