"""Student-t quantiles to 40 digits, and QMCPy's CubQMCRepStudentT on point sets that @gossamer/qmc has too."""

import json
import sys
import warnings
from pathlib import Path

import mpmath
import numpy as np
import qmcpy
import scipy.stats
from mpmath import mp, mpf
from qmcpy import BoxIntegral, CubQMCRepStudentT, DigitalNetB2, Genz, Ishigami, Keister, Lattice

OUT = Path(__file__).parents[3] / "packages" / "qmc" / "test" / "fixtures" / "integrate.json"
mp.dps = 40


def quantile(alpha, df):
    def log_tail(u):
        t = mp.exp(u)
        return mp.log(mpmath.betainc(mpf(df) / 2, mpf(1) / 2, 0, df / (df + t * t), regularized=True) / 2)

    start = scipy.stats.t.isf(float(alpha) / 2, df)
    if not np.isfinite(start) or start > 1e100:
        start = float(mpf(alpha) ** (-mpf(1) / df))
    return float(mp.exp(mp.findroot(lambda u: log_tail(u) - mp.log(mpf(alpha) / 2), float(mp.log(start)), tol=1e-25)))


DF = [1, 2, 3, 4, 7, 9, 15, 24, 31, 100, 499, 1000, 100000]
ALPHA = ["0.5", "0.3", "0.05", "0.01", "0.001", "1e-6", "1e-10", "1e-100"]

POINTS = {"lattice": Lattice, "sobol": DigitalNetB2}
INTEGRANDS = {
    "genz-oscillatory": lambda points: Genz(points, "oscillatory", 1),
    "genz-corner-peak": lambda points: Genz(points, "corner peak", 2),
    "ishigami": Ishigami,
    "box-minus-1": lambda points: BoxIntegral(points, s=[-1]),
    "box-1": lambda points: BoxIntegral(points, s=[1]),
    "keister": Keister,
}
RUNS = [
    ("genz-oscillatory", 3, 16, 7, 1e-4),
    ("genz-corner-peak", 5, 8, 11, 1e-5),
    ("ishigami", 3, 25, 3, 1e-2),
    ("box-minus-1", 3, 25, 7, 1e-3),
    ("box-1", 3, 25, 7, 1e-3),
    ("keister", 1, 25, 7, 1e-3),
    ("keister", 3, 16, 7, 1e-3),
    ("keister", 5, 2, 5, 1e-1),
]


def run(name, sequence, dimension, replications, seed, tolerance, limit=2**30):
    points = POINTS[sequence](dimension, replications=replications, seed=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mean, data = CubQMCRepStudentT(INTEGRANDS[name](points), abs_tol=tolerance, n_limit=limit).integrate()
    bound = float(np.squeeze(data.comb_bound_high - data.comb_bound_low)) / 2
    n = int(np.squeeze(data.n_rep))
    return {"n": n, "mean": float(np.squeeze(mean)), "bound": bound}


def main():
    runs = []
    for sequence in POINTS:
        for name, dimension, replications, seed, tolerance in RUNS:
            last = run(name, sequence, dimension, replications, seed, tolerance)
            ns = [2**m for m in range(8, int(np.log2(last["n"])))]
            # a limit in place of a tolerance: what was known after each doubling
            history = [run(name, sequence, dimension, replications, seed, 1e-30, 2 ** int(np.ceil(np.log2(n * replications)))) for n in ns]
            assert [entry["n"] for entry in history] == ns, (ns, history)
            runs.append(
                {
                    "integrand": name,
                    "sequence": sequence,
                    "dimension": dimension,
                    "replications": replications,
                    "seed": seed,
                    "absTol": tolerance,
                    "history": [*history, last],
                }
            )
    versions = f"QMCPy {qmcpy.__version__}, mpmath {mpmath.__version__}, NumPy {np.__version__}, Python {sys.version.split()[0]}"
    quantiles = [{"alpha": alpha, "df": df, "t": quantile(alpha, df)} for df in DF for alpha in ALPHA]
    data = {"origin": f"tooling/reference/qmc/integrate.py: {versions}", "quantiles": quantiles, "runs": runs}
    text = json.dumps(data)
    for part in ('{"alpha"', '{"integrand"', '"quantiles"', '"runs"'):
        text = text.replace(part, "\n" + part)
    OUT.write_text(text + "\n")


main()
