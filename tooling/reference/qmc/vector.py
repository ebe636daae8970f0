"""The default generating vector, by fast embedded component-by-component construction. Run: python vector.py kuo.npy
Writes packages/qmc/src/default-vector.ts, packages/qmc/test/fixtures/vector.json and vector.md. Minutes, on one core. `kuo.npy`
is the vector of F. Y. Kuo to compare with, lattice/generating_vectors/kuo.lattice-33002-1024-1048576.9125.npy of QMCPy 2.4.

Merit: the squared worst-case error P_2 in a space of periodic functions with a weight g_u for each set u of coordinates,
    e2(z) = sum_u g_u 1/n sum_k prod_(j in u) w(k z_j / n),  w(x) = 2 pi^2 B_2(x),
where g_u is the product of 1/j^2 over u, plus PAIR when u has two coordinates: products alone let two late coordinates agree.

The lattices of n = 2^10 ... 2^20 points at once: z_s minimises max_m e2_m(z) / e2*_m, where e2*_m is what the construction for
2^m points alone reaches (Cools, Kuo, Nuyens, SIAM J. Sci. Comput. 28(6), 2006, https://doi.org/10.1137/06065074X).

The points k/2^m, but for 0 and 1/2, are u/2^l for l = 2 ... m and odd u. Up to the sign, odd u are powers of 5 modulo 2^l, so that
the sum over the points of one l is a cyclic correlation of length 2^(l-2), for all candidates at once. A vector has the same
products on u/2^l at every level.
"""

import json
import sys
from pathlib import Path

import numpy as np

QMC = Path(__file__).resolve().parents[3] / "packages/qmc"
DIMENSION = 2000
LEVELS = range(10, 21)
PAIR = 0.01
COMPARED = (10, 50, 250)  # dimensions
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
ENDS = np.array([0, 0.5])


def omega(x):
    return 2 * np.pi**2 * (x * x - x + 1 / 6)


def powers_of_five(level):
    """5^i modulo 2^level up to the sign, i < 2^(level-2): the smaller of the two residues."""
    power, modulus, step = np.ones(1, dtype=np.int64), 1 << level, 5
    while power.size < modulus // 4:
        power = np.concatenate([power, power * step % modulus])
        step = step * step % modulus
    return np.minimum(power, modulus - power)


def lowest_of(merits, slack, candidates):
    """Which candidate is the lowest of the best ones, so that rounding does not decide between equals."""
    best = np.flatnonzero(merits <= merits.min() + slack)
    return best[np.argmin(candidates[best])]


class Vector:
    """A growing vector, and what the sums over the points of its lattices need: products and sums of w, on u/2^l and u = 5^a."""

    def __init__(self, level, pair):
        self.level, self.pair = level, pair
        self.candidates = powers_of_five(level)
        odd = {l: self.candidates[: 1 << (l - 2)] & ((1 << l) - 1) for l in range(2, level + 1)}
        self.kernel = {l: omega(u / 2**l) for l, u in odd.items()} | {"ends": omega(ENDS)}
        self.spectrum = {l: np.fft.rfft(self.kernel[l]) for l in odd}
        self.products = {l: np.ones(w.size) for l, w in self.kernel.items()}
        self.sums = {l: np.zeros(w.size) for l, w in self.kernel.items()}
        self.entries = []

    def increments(self, lowest):
        """For each level m from `lowest` on: what each candidate 5^i, i < 2^(m-2), would add to e2_m."""
        weight = (len(self.entries) + 1) ** -2.0
        sides = {l: weight * product + self.pair * self.sums[l] for l, product in self.products.items()}
        total = sides["ends"] @ self.kernel["ends"]
        for l, spectrum in self.spectrum.items():
            block = np.fft.irfft(np.conj(np.fft.rfft(sides[l])) * spectrum, 1 << (l - 2))
            total = np.tile(total, 2 if l > 2 else 1) + 2 * block
            if l >= lowest:
                yield total / (1 << l)

    def rounding(self):
        """A generous bound on the rounding of an increment: the transforms of numbers of this size, divided by their length."""
        return 4e-15 * ((len(self.entries) + 1) ** -2.0 + self.pair * len(self.entries))

    def append(self, power):
        self.entries.append(int(self.candidates[power]))
        weight = len(self.entries) ** -2.0
        for l, w in self.kernel.items():
            turned = w if l == "ends" else np.roll(w, -(power % w.size))
            self.products[l] *= 1 + weight * turned
            self.sums[l] += turned


class Single:
    """The construction for 2^level points alone. The first component is fixed: no test could see its rounding noise."""

    def __init__(self, level, pair=PAIR):
        self.vector = Vector(level, pair)
        self.e2 = 0.0

    def grow(self):
        vector, choice, merits = self.vector, 0, [first_e2(self.vector.level)]
        if vector.entries:
            (added,) = vector.increments(vector.level)
            merits = self.e2 + added
            choice = lowest_of(merits, 1e-12 * merits.min() + vector.rounding(), vector.candidates)
        self.e2 = merits[choice]
        vector.append(choice)
        return self.e2


def first_e2(level):
    return np.pi**2 / 3 / 4**level


def embedded(dimension, report):
    singles = [Single(level) for level in LEVELS]
    vector, e2 = Vector(LEVELS[-1], PAIR), np.array([first_e2(level) for level in LEVELS])
    for s in range(1, dimension + 1):
        best = np.array([single.grow() for single in singles])
        choice = 0
        if s > 1:
            ratio, added = np.zeros(vector.candidates.size), list(vector.increments(LEVELS[0]))
            for k, increments in enumerate(added):
                tiles = ratio.reshape(-1, increments.size)
                np.maximum(tiles, (e2[k] + increments) / best[k], out=tiles)
            choice = lowest_of(ratio, 1e-12 + (vector.rounding() / best).max(), vector.candidates)
            e2 = e2 + [increments[choice % increments.size] for increments in added]
        vector.append(choice)
        report(s, e2, best)
    return vector.entries


def merits(vector, n, dimensions, pair=0):
    """e2 of the first d components for each d, by the definition."""
    k = np.arange(n, dtype=np.int64)
    rest, pairs, total = np.zeros(n), np.zeros(n), np.zeros(n)  # product - 1, sum over pairs, sum
    for j, z in enumerate(vector[: max(dimensions)], 1):
        w = omega(k * z % n / n)
        rest += w / j**2 + rest * w / j**2
        pairs += total * w
        total += w
        if j in dimensions:
            yield float(np.mean((rest + pair * pairs).astype(np.longdouble)))


def brute(n, dimension):
    """Component by component with product weights, by the definition."""
    candidates = np.array([z for z in range(1, n // 2 + 1) if np.gcd(z, n) == 1])
    kernel = omega(np.outer(candidates, np.arange(n)) % n / n)
    products, e2, chosen = np.ones(n), 0.0, []
    for j in range(1, dimension + 1):
        found = e2 + kernel @ products / n / j**2
        choice = 0 if j == 1 else lowest_of(found, 1e-12 * found.min() + 4e-15 / j**2, candidates)
        e2 = found[choice]
        chosen.append((int(candidates[choice]), e2))
        products *= 1 + kernel[choice] / j**2
    return chosen


def self_test():
    """The golden values of the specification, §13, and the merit of a pair weight by hand."""
    want = [(1, 3.15592741806e-6), (374, 5.09558540185e-5), (428, 2.48078545106e-4), (453, 5.71228116427e-4)]
    want += [(240, 9.40365420362e-4), (251, 1.30551115176e-3), (311, 1.64437642365e-3), (183, 1.95780507697e-3)]
    np.testing.assert_allclose(brute(1021, 8), want, rtol=1e-9)
    single = Single(10, pair=0)
    for _ in range(8):
        single.grow()
    vector = [z for z, _ in brute(1024, 8)]
    assert single.vector.entries == vector == [1, 275, 167, 403, 317, 181, 103, 297], single.vector.entries
    np.testing.assert_allclose([single.e2, *merits(vector, 1024, [8])], 1.97560542015e-3, rtol=1e-10)
    kuo = [1, 182667, 213731, 255351, 96013, 116671, 479315, 424089]
    np.testing.assert_allclose(list(merits(kuo, 1024, [8])), 2.71264647228e-3, rtol=1e-10)
    single = Single(10)
    for _ in range(8):
        single.grow()
    np.testing.assert_allclose(list(merits(single.vector.entries, 1024, [8], PAIR)), single.e2, rtol=1e-10)


def compare(vector, kuo):
    """Per level and dimension: e2 of our vector, of the construction for this level alone, and of Kuo's vector."""
    rows = []
    for level in LEVELS:
        singles = [Single(level), Single(level, pair=0)]
        bests = {d: [] for d in COMPARED}
        for d in range(1, max(COMPARED) + 1):
            for single in singles:
                single.grow()
                if d in bests:
                    bests[d].append(single.e2)
        ours, product = (list(merits(vector, 1 << level, COMPARED, pair)) for pair in (PAIR, 0))
        theirs = list(merits(kuo, 1 << level, COMPARED))
        for k, d in enumerate(COMPARED):
            best, best_product = bests[d]
            row = {"m": level, "d": d, "e2": ours[k], "best": best}
            rows.append(row | {"product": {"e2": product[k], "best": best_product, "kuo": theirs[k]}})
    return rows


def pairs(vector, level, dimension):
    """Root mean square and largest sqrt(P_2) of the projections to two coordinates, unweighted."""
    n = 1 << level
    w = omega(np.outer(np.arange(n), vector[:dimension]) % n / n)
    e2 = (w.T @ w / n)[np.triu_indices(dimension, 1)]
    return np.sqrt([e2.mean(), e2.max()])


def card(vector, kuo, rows, worst):
    lines = ["# The default generating vector", ""]
    lines += [f"{DIMENSION} entries, made by `vector.py` for 2^{LEVELS[0]} to 2^{LEVELS[-1]} points; how and by which merit stands there."]
    lines += [f"NumPy {np.__version__}; no data of others went in. At every level up to {DIMENSION} coordinates the squared merit is at most"]
    lines += [f"{worst:.3f} times what the same construction reaches for this level alone.", ""]
    lines += ["Squared worst-case error with product weights 1/j² alone: ours; the construction with these weights, for one level alone;"]
    lines += ["F. Y. Kuo's vector lattice-33002-1024-1048576.9125, which QMCPy uses, and which was made for equal weights of small sets.", ""]
    lines += ["| points | d | ours | one level | Kuo's |", "| --- | --- | --- | --- | --- |"]
    for row in rows:
        e2 = row["product"]
        lines += [f"| 2^{row['m']} | {row['d']} | {e2['e2']:.3e} | {e2['best']:.3e} | {e2['kuo']:.3e} |"]
    lines += ["", "√P₂ of the projections to two of the first 50 coordinates, unweighted: root mean square and largest.", ""]
    lines += ["| points | ours | Kuo's |", "| --- | --- | --- |"]
    for level in (10, 12, 14, 16):
        ours, theirs = pairs(vector, level, 50), pairs(kuo, level, 50)
        lines += [f"| 2^{level} | {ours[0]:.2e}, {ours[1]:.2e} | {theirs[0]:.2e}, {theirs[1]:.2e} |"]
    return "\n".join(lines) + "\n"


def encode(z):
    """An odd z below 2^19 as three digits of 6 bits."""
    half = z >> 1
    return DIGITS[half >> 12] + DIGITS[half >> 6 & 63] + DIGITS[half & 63]


SOURCE = """// Made by tooling/reference/qmc/vector.py. Its card, with the merits, is vector.md there.

const DIGITS = '{digits}';
/** Each odd entry below 2^19, without its last bit, in three digits of 6 bits, the highest first. */
const ENTRIES =
  '{entries}';

/** How many entries the default vector has. */
export const DEFAULT_DIMENSION: number = ENTRIES.length / 3;

/** The first entries of the default vector, made for 2^10 to 2^20 points. */
export function defaultVector(dimension: number): Uint32Array {{
  const digit = (at: number): number => DIGITS.indexOf(ENTRIES.charAt(at));
  return Uint32Array.from(
    {{ length: dimension }},
    (_, j) => 2 * (4096 * digit(3 * j) + 64 * digit(3 * j + 1) + digit(3 * j + 2)) + 1,
  );
}}
"""


def main():
    kuo = np.load(sys.argv[1]).astype(np.int64).tolist()
    self_test()
    worst = []

    def report(s, e2, best):
        worst.append((e2 / best).max())
        if s <= 20 or s % 100 == 0:
            print(s, worst[-1], e2[[0, -1]], flush=True)

    vector = embedded(DIMENSION, report)
    rows = compare(vector, kuo)
    (QMC / "src/default-vector.ts").write_text(SOURCE.format(digits=DIGITS, entries="".join(map(encode, vector))))
    text = ",\n".join(json.dumps(row) for row in rows)
    origin = f"tooling/reference/qmc/vector.py, NumPy {np.__version__}: squared merits of the default vector (e2), of the construction for one level (best), with product weights alone, and of F. Y. Kuo's vector 33002 of QMCPy 2.4"
    head = f'{{ "origin": {json.dumps(origin)},\n"pair": {PAIR}, "worst": {max(worst)}, "sum": {sum(vector)},\n"rows": [\n'
    (QMC / "test/fixtures/vector.json").write_text(head + text + "\n] }\n")
    Path(__file__).with_name("vector.md").write_text(card(vector, kuo, rows, max(worst)))


if __name__ == "__main__":
    main()
