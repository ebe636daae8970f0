"""Digital nets by QMCPy and unscrambled Sobol' points by SciPy. Run: python net.py
Writes packages/qmc/test/fixtures/net.json.
"""

import json
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
from qmcpy import DigitalNetB2
from scipy.stats import qmc

TARGET = Path(__file__).parents[3] / "packages" / "qmc" / "test" / "fixtures" / "net.json"
RANDOMIZE = {"none": "FALSE", "ds": "DS", "lms": "LMS", "lms+ds": "LMS DS"}

# seed, dimension, alpha, randomize, order, replications, start, end
SEEDED = [
    (7, 3, 1, "lms+ds", "natural", 1, 0, 16),
    (0, 1, 1, "lms+ds", "natural", 1, 0, 16),
    (5, 2, 1, "lms+ds", "natural", 3, 4, 8),
    (5, 3, 1, "lms", "natural", 2, 8, 16),
    (5, 3, 1, "ds", "natural", 2, 8, 16),
    (123456789, 3, 1, "lms+ds", "gray", 2, 1000, 1004),
    (2**53 - 1, 3, 1, "lms", "gray", 1, 65530, 65534),
    (2**100 + 3, 3, 1, "ds", "gray", 1, 2**31 - 2, 2**31 + 2),
    (7, 3, 2, "none", "natural", 1, 0, 16),
    (7, 3, 2, "lms+ds", "natural", 2, 0, 8),
    (7, 3, 2, "lms", "natural", 2, 4, 8),
    (7, 3, 2, "ds", "natural", 2, 4, 8),
    (8, 2, 3, "none", "gray", 1, 100, 108),
    (8, 2, 3, "ds", "natural", 1, 0, 8),
    (8, 2, 3, "lms", "natural", 1, 0, 8),
    (8, 2, 3, "lms+ds", "gray", 2, 10, 14),
    (9, 1, 5, "lms+ds", "natural", 1, 0, 8),
    (3, 40, 1, "lms+ds", "natural", 1, 2, 4),
]


def net(seed, dimension, alpha=1, randomize="lms+ds", order="natural", replications=1, **matrices) -> DigitalNetB2:
    return DigitalNetB2(
        dimension, replications=replications, seed=seed, randomize=RANDOMIZE[randomize], order=order, alpha=alpha, **matrices
    )


def points(sequence: DigitalNetB2, start: int, end: int) -> dict:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the origin, and Gray code order in ranges that are no power of 2
        integers = sequence(n_min=start, n_max=end, return_binary=True)
        doubles = sequence(n_min=start, n_max=end)
    return {
        "start": start,
        "end": end,
        "digits": int(sequence.t),
        "integers": [str(x) for x in integers.ravel()],
        "points": doubles.ravel().tolist(),
    }


def case(seed, dimension, alpha, randomize, order, replications) -> dict:
    keys = ("seed", "dimension", "alpha", "randomize", "order", "replications")
    return dict(zip(keys, (str(seed), dimension, alpha, randomize, order, replications)))


# Matrices of their own: bits, columns, alpha, randomize, seed; the largest column has all the bits, or QMCPy would take fewer
def matrices(bits: int, rows: int, size: int) -> np.ndarray:
    numbers = np.random.default_rng(bits).integers(0, 2**bits, (rows, size), dtype=np.uint64, endpoint=False)
    numbers[0, 0] |= np.uint64(1 << (bits - 1))
    return numbers


def own(bits, dimension, size, alpha, randomize, seed, t=63) -> dict:
    columns = matrices(bits, dimension * alpha, size)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # interlacing matrices that are not square
        sequence = net(seed, dimension, alpha, randomize, generating_matrices=columns, msb=True, t=t)
    return {
        **case(seed, dimension, alpha, randomize, "natural", 1),
        "bits": bits,
        "columns": [str(x) for x in columns.ravel()],
        **points(sequence, 0, 2**size),
    }


OWN = [
    own(5, 2, 4, 1, "none", 1),
    own(5, 2, 4, 1, "ds", 2),
    own(5, 3, 4, 1, "lms+ds", 3),
    own(17, 2, 3, 2, "none", 4),
    own(17, 2, 3, 2, "lms+ds", 5),
    own(40, 2, 3, 1, "lms+ds", 6),
    own(40, 1, 3, 2, "ds", 7),
    own(63, 2, 3, 1, "lms", 8),
    own(52, 2, 3, 1, "none", 9),
]

TEXT = "# dnet\n# a comment\n2 # base\n3 # dimensions\n8 # points\n4 # rows\n8 4 2\n8 12 10\n8 12 6\n"
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "example.txt"
    path.write_text(TEXT)
    read = points(net(7, 3, randomize="none", generating_matrices=str(path)), 0, 8)


def scipy_rows(dimension: int, indices: list, coordinates: list) -> dict:
    rows = []
    for i in indices:
        sequence = qmc.Sobol(dimension, scramble=False, bits=32)
        if i:
            sequence.fast_forward(i)
        row = sequence.random(1)[0] * 2**32
        rows.append([int(row[j]) for j in coordinates])
    return {"dimension": dimension, "coordinates": coordinates, "indices": indices, "integers": rows}


INDICES = [0, 1, 2, 3, 1000, 4095, 4096]  # SciPy walks there point by point
EDGES = [0, 1, 2, 511, 1023, 1024, 1025, 2047, 2048, 4095, 4096, 8191, 8192, 16383, 16384, 18000, 21199, 21200]
TARGET.write_text(
    json.dumps(
        {
            "origin": f"QMCPy {version('qmcpy')}, DigitalNetB2(seed=…), its integers and doubles; SciPy {version('scipy')}, "
            "scipy.stats.qmc.Sobol(scramble=False, bits=32), coordinates as integers of 32 digits. Made by "
            "tooling/reference/qmc/net.py; only numbers are kept.",
            "seeded": [{**case(*c[:6]), **points(net(*c[:6]), *c[6:])} for c in SEEDED],
            "spawned": [points(child, 0, 4) for child in net(7, 2).spawn(2, [2, 3])],
            "own": OWN,
            "file": {"text": TEXT, **read},
            "scipy": [
                scipy_rows(1, [*INDICES, 2**20 + 5], [0]),
                scipy_rows(1111, INDICES, list(range(0, 1111, 101))),
                scipy_rows(21201, INDICES, EDGES),
            ],
        }
    )
    + "\n"
)
