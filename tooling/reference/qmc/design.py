"""Scaled and whole-numbered designs. Run: python design.py, which writes packages/qmc/test/fixtures/design.json."""

import json
from importlib.metadata import version
from pathlib import Path

from scipy.stats import qmc

PACKAGE = Path(__file__).parents[3] / "packages" / "qmc"


def main():
    lower, upper = [-0.1, 150.0, 1e-3], [0.7, 200.0, 3.0]
    first, last = [0, -5, 10], [2, 5, 10_000]
    points = qmc.Sobol(3, scramble=False).random(16)
    fixture = {
        "origin": "tooling/reference/qmc/design.py: scipy.stats.qmc.scale and Sobol.integers, of 16 unscrambled points",
        "versions": {"scipy": version("scipy")},
        "lower": lower,
        "upper": upper,
        "scaled": qmc.scale(points, lower, upper).tolist(),
        "first": first,
        "last": last,
        "integers": qmc.Sobol(3, scramble=False).integers(first, u_bounds=last, n=16, endpoint=True).tolist(),
    }
    target = PACKAGE / "test" / "fixtures" / "design.json"
    target.write_text("{\n  " + ",\n  ".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in fixture.items()) + "\n}\n")
    print(target.name, target.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
