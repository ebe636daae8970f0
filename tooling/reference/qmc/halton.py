"""Writes packages/qmc/test/fixtures/halton.json. Run: python halton.py

QMCPy sums the digits of a point in doubles. Here its digits are taken just before that, and the fixture holds the doubles nearest
to their exact sums; its own sums must lie within its rounding errors of them.
"""

import json
import math
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path

import numpy as np
import qmcpy
import qmctoolscl
import scipy.stats

FIXTURE = Path(__file__).resolve().parents[3] / "packages/qmc/test/fixtures/halton.json"
NAMES = {
    "lms+permutation": "LMS DP",
    "lms+shift": "LMS DS",
    "lms": "LMS",
    "permutation": "DP",
    "shift": "DS",
    "owen-tree": "NUS",
    "none": "FALSE",
}
FAR = [0, 1, 2, 3, 4, 31, 1000, 65535, 123456789, 2**31, 2**32 - 1]
digits = None
to_float = qmctoolscl.gdn_integer_to_float


def keep_digits(r, n, d, r_b, t, bases, xdig, x, **options):
    global digits
    digits = xdig.copy()
    return to_float(r, n, d, r_b, t, bases, xdig, x, **options)


qmctoolscl.gdn_integer_to_float = keep_digits


def exact(base, row):
    value = Fraction(0)
    for digit in reversed(row):
        value = (value + int(digit)) / base
    return value


def check(x, value, base):
    """|x - value| <= what QMCPy's sum can lose: power l has l roundings, a product one, a sum one unless it changes nothing."""
    terms = math.ceil(53 / math.log2(base))
    assert abs(Fraction(float(x)) - value) <= value * (terms + 6) / 2**53, (x, float(value), base)


def rows(points, indices):
    """The nearest doubles of QMCPy's points, replication by replication, one list per point."""
    result = []
    for index in indices:
        x = points(n_min=index, n_max=index + 1, warn=False).reshape(-1, 1, points.d)
        kept = digits if len(digits) == len(x) else np.repeat(digits, len(x), axis=0)
        bases = [int(base) for base in points.bases[0]]
        values = [[exact(base, kept[r, 0, j]) for j, base in enumerate(bases)] for r in range(len(x))]
        for r in range(len(x)):
            for j, base in enumerate(bases):
                check(x[r, 0, j], values[r][j], base)
        result.append([[float(value) for value in replication] for replication in values])
    return [list(replication) for replication in zip(*result)]


def case(randomize, dimension, seed, replications, indices, keep=slice(None)):
    name = NAMES[randomize]
    points = qmcpy.Halton(dimension, replications=replications, randomize=name, seed=seed, warn=False)
    kept = [[row[keep] for row in replication] for replication in rows(points, indices)]
    columns = list(range(dimension))[keep]
    return dict(
        randomize=randomize, dimension=dimension, seed=seed, replications=replications, indices=indices,
        columns=columns, points=kept,
    )


cases = [case("none", 6, 7, 1, FAR)]
for randomize in ["lms+permutation", "lms+shift", "lms", "permutation", "shift"]:
    cases.append(case(randomize, 1, 11, 1, FAR))
    cases.append(case(randomize, 2, 7, 2, FAR))
    cases.append(case(randomize, 5, 0, 3, FAR[:6]))
    cases.append(case(randomize, 16, 2**53 - 1, 2, FAR[5:]))
    cases.append(case(randomize, 120, 5, 1, FAR, slice(60, None, 19)))
for randomize in ["lms+shift", "lms", "shift"]:
    cases.append(case(randomize, 1000, 3, 1, FAR[4:], slice(333, None, 333)))
cases.append(case("owen-tree", 2, 7, 2, list(range(40))))
cases.append(case("owen-tree", 6, 1, 1, list(range(130))))
cases[-1]["points"] = [replication[::7] for replication in cases[-1]["points"]]
cases[-1]["indices"] = cases[-1]["indices"][::7]

children = qmcpy.Halton(3, seed=7, warn=False).spawn(2)
sequence = scipy.stats.qmc.Halton(40, scramble=False)
plain = sequence.random(300)[::23]
fixture = {
    "origin": "QMCPy Halton (digits, summed exactly) and scipy.stats.qmc.Halton(40, scramble=False)",
    "versions": {name: version(name) for name in ["qmcpy", "qmctoolscl", "scipy", "numpy"]},
    "cases": cases,
    "spawned": [rows(child, [1])[0][0] for child in children],
    "scipy": {"dimension": 40, "step": 23, "points": plain.tolist()},
}
FIXTURE.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
print(FIXTURE.stat().st_size)
