"""Nested uniform scrambles of Sobol' points by QMCPy, as 63-bit integers. Run: python owen.py
Writes packages/qmc/test/fixtures/owen.json.
"""

import json
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
from qmcpy import DigitalNetB2

TARGET = Path(__file__).parents[3] / "packages" / "qmc" / "test" / "fixtures" / "owen.json"

# seed, dimension, alpha, order, replications, ranges in the order of the calls, rows that are kept of the last range
CASES = [
    (7, 3, 1, "natural", 1, [(0, 32)], 32),
    (0, 1, 1, "natural", 1, [(0, 64)], 64),
    (123456789, 2, 1, "natural", 3, [(0, 1), (1, 2), (2, 4), (4, 8)], 4),
    (2**100 + 3, 2, 1, "gray", 2, [(0, 5), (5, 17)], 12),
    (11, 2, 1, "natural", 1, [(0, 4096)], 8),
    (12, 2, 1, "gray", 1, [(0, 5000)], 8),
    (5, 20, 1, "natural", 1, [(0, 16), (16, 32)], 2),
    (7, 3, 2, "natural", 2, [(0, 8)], 8),
    (8, 2, 3, "gray", 1, [(0, 50)], 8),
    (9, 2, 5, "natural", 1, [(0, 1024)], 4),
]


def integers(net: DigitalNetB2, ranges: list, rows: int) -> list:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Gray code order in ranges that are no power of 2
        for start, end in ranges:
            points = net(n_min=start, n_max=end, return_binary=True)
    return [str(x) for x in points[:, -rows:].ravel()]


def net(seed, dimension, alpha=1, order="natural", replications=1) -> DigitalNetB2:
    return DigitalNetB2(dimension, replications=replications, seed=seed, randomize="NUS", order=order, alpha=alpha)


cases = [
    {
        "seed": str(seed),
        "dimension": dimension,
        "alpha": alpha,
        "order": order,
        "replications": replications,
        "start": ranges[-1][1] - rows,
        "end": ranges[-1][1],
        "integers": integers(net(seed, dimension, alpha, order, replications), ranges, rows),
    }
    for seed, dimension, alpha, order, replications, ranges, rows in CASES
]

# Matrices without any structure: dimension, columns, bits of a column, alpha. Points share many digits, or all.
MATRICES = [(2, 6, 64, 1), (3, 5, 40, 1), (2, 8, 5, 1), (1, 7, 33, 2)]


def other_matrices(dimension: int, columns: int, bits: int, alpha: int) -> dict:
    rng = np.random.default_rng(bits)
    drawn = rng.integers(0, 2**64, (alpha * dimension, columns), dtype=np.uint64) >> np.uint64(64 - bits)
    drawn[:, 0] |= np.uint64(1 << (bits - 1))  # QMCPy counts the bits of the largest one
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # interlacing matrices that are not square
        net = DigitalNetB2(
            dimension,
            seed=bits,
            randomize="NUS",
            generating_matrices=drawn,
            msb=True,
            t=max(63, bits),
            alpha=alpha,
        )
    return {
        "dimension": dimension,
        "bits": bits,
        "alpha": alpha,
        "columns": [str(x) for x in drawn.ravel()],
        "integers": [str(x) for x in net(2**columns, return_binary=True)[-8:].ravel()],
    }


spawned = net(7, 2).spawn(2)[1]
used = np.random.SeedSequence(7)
used.spawn(3)
TARGET.write_text(
    json.dumps(
        {
            "origin": "tooling/reference/qmc/owen.py: DigitalNetB2(randomize='NUS') with return_binary",
            "versions": {name: version(name) for name in ("qmcpy", "qmctoolscl", "numpy")},
            "cases": cases,
            "otherMatrices": [other_matrices(*case) for case in MATRICES],
            "secondChildAfterScrambling": integers(spawned, [(0, 4)], 4),
            "seedOfWhichThreeChildrenWereSpawned": integers(net(used, 2), [(0, 4)], 4),
        },
        indent=1,
    )
    + "\n"
)
