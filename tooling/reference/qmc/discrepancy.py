"""Discrepancies. Run: python discrepancy.py, which writes packages/qmc/test/fixtures/discrepancy.json."""

from importlib.metadata import version

import mpmath as mp
import numpy as np
from common import write_fixture
from scipy.stats import qmc

KINDS = ["CD", "WD", "MD", "L2-star"]
mp.mp.dps = 40


def weyl(n, d):
    """x_ij = frac((i·d + j + 1)·0.618…), with one rounding, so that JavaScript makes the same doubles."""
    return (np.arange(1, n * d + 1) * 0.6180339887498949 % 1).reshape(n, d)


def exact(x):
    """All four from their definitions, at 40 digits."""
    n, d = x.shape
    points = [[mp.mpf(float(value)) for value in row] for row in x]
    half, one = mp.mpf(1) / 2, mp.mpf(1)

    def centred(u, v):
        return 1 + abs(u - half) / 2 + abs(v - half) / 2 - abs(u - v) / 2

    def around(u, v):
        return 3 * half - abs(u - v) * (1 - abs(u - v))

    def mixed(u, v):
        distance = abs(u - v)
        return one * 15 / 8 - abs(u - half) / 4 - abs(v - half) / 4 - 3 * distance / 4 + distance**2 / 2

    forms = [
        (one * 13 / 12, lambda u: 1 + abs(u - half) / 2 - (u - half) ** 2 / 2, centred, 1),
        (-one * 4 / 3, lambda u: 0, around, -1),
        (one * 19 / 12, lambda u: one * 5 / 3 - abs(u - half) / 4 - (u - half) ** 2 / 4, mixed, 1),
        (one / 3, lambda u: (1 - u * u) / 2, lambda u, v: 1 - max(u, v), 1),
    ]
    values = []
    for base, single, factor, sign in forms:
        singles = sum(mp.fprod(map(single, point)) for point in points)
        pairs = sum(mp.fprod(map(factor, p, q)) for p in points for q in points)
        values.append(sign * abs(base) ** d - 2 * singles / n + pairs / n**2)
    values[3] = mp.sqrt(values[3])
    return values


def main():
    cases = []
    for n, d in [(1, 1), (2, 1), (7, 1), (8, 1), (9, 2), (1, 5), (16, 3), (17, 4), (40, 2), (63, 10), (100, 5), (33, 25)]:
        x = weyl(n, d)
        values = {kind: float(value) for kind, value in zip(KINDS, exact(x))}
        cases.append({"n": n, "d": d, "exact": values, "scipy": {kind: qmc.discrepancy(x, method=kind) for kind in KINDS}})
    for n, d in [(515, 6), (2048, 10)]:
        x = weyl(n, d)
        cases.append({"n": n, "d": d, "scipy": {kind: qmc.discrepancy(x, method=kind) for kind in KINDS}})
    updates = []
    for n, d in [(2, 1), (6, 2), (50, 4)]:
        x = weyl(n, d)
        start = qmc.discrepancy(x[:-1], iterative=True)
        updates.append({"n": n, "d": d, "scipy": qmc.update_discrepancy(x[-1], x[:-1], start)})
    fixture = {
        "origin": "tooling/reference/qmc/discrepancy.py: exact by mpmath at 40 digits; scipy.stats.qmc",
        "versions": {name: version(name) for name in ("mpmath", "scipy", "numpy")},
        "cases": cases,
        "updates": updates,
    }
    write_fixture("discrepancy.json", fixture)


if __name__ == "__main__":
    main()
