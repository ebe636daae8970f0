"""Transforms of QMCPy 2.4 and SciPy. Run: python transform.py
Writes packages/qmc/test/fixtures/transform.json.
"""

import json
from pathlib import Path

import numpy as np
import qmcpy
import scipy
from scipy.fft import fft

TARGET = Path(__file__).resolve().parents[3] / "packages/qmc/test/fixtures/transform.json"


def mirrored(n):
    bits = n.bit_length() - 1
    return [int(format(i, f"0{bits}b")[::-1], 2) for i in range(n)]


def parts(z):
    return {"re": z.real.ravel().tolist(), "im": z.imag.ravel().tolist()}


def cases(random):
    for rows, size in [(1, 2), (1, 4), (3, 8), (1, 16), (2, 32), (1, 64)]:
        x, y = random.integers(-2**9, 2**9, (2, rows, size)) / 2**9  # few digits, so that the file stays short
        z = x + 1j * y
        yield {
            "size": size,
            "x": parts(z),
            "fftbr": parts(qmcpy.fftbr(z)),
            "ifftbr": parts(qmcpy.ifftbr(z)),
            "fwht": qmcpy.fwht(x).ravel().tolist(),
            "scipy": parts(fft(z[:, mirrored(size)], norm="ortho")),
        }


def main():
    out = {
        "origin": f"tooling/reference/qmc/transform.py, QMCPy {qmcpy.__version__}, SciPy {scipy.__version__}, NumPy {np.__version__}",
        "cases": list(cases(np.random.default_rng(7))),
    }
    TARGET.write_text(json.dumps(out) + "\n")


if __name__ == "__main__":
    main()
