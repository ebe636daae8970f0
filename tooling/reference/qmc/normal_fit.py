"""Fits the rational approximations of packages/qmc/crate/src/normal_tables.rs and prints them. Run: python normal_fit.py

Minimax in the error relative to z, by Remez' exchange on 60-digit arithmetic; takes about two minutes.
"""

import mpmath as mp

from normal import quantile

mp.mp.dps = 60
DEGREE = 7


def value(table, t):
    above, below = table
    return mp.polyval(above[::-1], t) / mp.polyval(below[::-1], t)


def solve(points, f, weight, below):
    """The quotient with errors ±e/weight in turn at the points, from the denominator of the step before."""
    rows, right = mp.matrix(len(points), len(points)), mp.matrix(len(points), 1)
    for i, t in enumerate(points):
        for j in range(DEGREE + 1):
            rows[i, j] = t**j
        for j in range(1, DEGREE + 1):
            rows[i, DEGREE + j] = -f(t) * t**j
        rows[i, len(points) - 1] = -((-1) ** i) * mp.polyval(below[::-1], t) / weight(t)
        right[i] = f(t)
    found = list(mp.lu_solve(rows, right))
    return found[: DEGREE + 1], [mp.mpf(1), *found[DEGREE + 1 : -1]]


def exchange(points, error, grid=40):
    """The largest errors of alternating sign, as many as there are points."""
    fine = [a + (b - a) * k / grid for a, b in zip(points, points[1:]) for k in range(grid)] + [points[-1]]
    peaks = []
    for t in fine:
        e = error(t)
        if peaks and (e > 0) == (peaks[-1][1] > 0):
            peaks[-1] = max(peaks[-1], (t, e), key=lambda peak: abs(peak[1]))
        else:
            peaks.append((t, e))
    while len(peaks) > len(points):
        peaks.pop(0 if abs(peaks[0][1]) < abs(peaks[-1][1]) else -1)
    return [t for t, _ in peaks], max(abs(e) for _, e in peaks)


def fit(name, f, weight, points):
    known = {}

    def cached(t):
        if t not in known:
            known[t] = (f(t), weight(t))
        return known[t]

    table = [], [mp.mpf(1)] + [mp.mpf(0)] * DEGREE
    best = None
    for _ in range(12):
        for _ in range(8):
            table = solve(points, lambda t: cached(t)[0], lambda t: cached(t)[1], table[1])
        points, error = exchange(points, lambda t: (value(table, t) - cached(t)[0]) * cached(t)[1])
        if best is None or error < best[0]:
            best = error, table
        if len(points) < 2 * DEGREE + 2:
            break
    print(name, "error", mp.nstr(best[0], 3))
    for side in best[1]:
        print(*(f"    {float(c)!r}," for c in side), sep="\n", end="\n\n")


def spread(low, high):
    """Chebyshev extrema."""
    count = 2 * DEGREE + 1
    return [(low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * i / count) for i in range(count + 1)]


def middle(t):
    q = mp.sqrt(mp.mpf("0.415") ** 2 - t) if t < mp.mpf("0.415") ** 2 else mp.mpf(10) ** -30
    return -quantile(mp.mpf(1) / 2 - q) / q


def tail(r):
    return -quantile(mp.exp(-r * r / 2))


def main():
    fit("MIDDLE", lambda t: middle(t) - 3, lambda t: 1 / middle(t), spread(mp.mpf(0), mp.mpf("0.415") ** 2))
    first, last = mp.sqrt(-2 * mp.log(mp.mpf("0.085"))), mp.mpf(7)
    near = mp.mpf("2.2")
    fit(
        "NEAR_TAIL",
        lambda t: tail(t + near) - (t + near) * 3 / 4,
        lambda t: 1 / tail(t + near),
        spread(first - near, last - near),
    )
    smallest = mp.mpf("38.61")  # √(−2 ln 2^−1074) = 38.6; points even in log r, where the function bends
    points = [mp.exp(x) - last for x in spread(mp.log(last), mp.log(smallest))]
    fit("FAR_TAIL", lambda t: t + last - tail(t + last), lambda t: 1 / tail(t + last), points)


if __name__ == "__main__":
    main()
