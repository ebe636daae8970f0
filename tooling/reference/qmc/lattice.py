"""Points of QMCPy 2.4's lattices, Korobov lattices, Latin hypercubes and uniform points. Run: python lattice.py
Writes packages/qmc/test/fixtures/qmcpy-lattice.json.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import qmcpy
from qmcpy.discrete_distribution.korobov import KorobovLattice, load_korobov_table

TARGET = Path(__file__).resolve().parents[3] / "packages/qmc/test/fixtures/qmcpy-lattice.json"
ORDERS = {"radical-inverse": "RADICAL INVERSE", "gray": "GRAY", "linear": "LINEAR"}
warnings.simplefilter("ignore")


def points(sampler, end, start=0):
    return sampler(n_min=start, n_max=end).ravel().tolist()


def lattices():
    for order, theirs in ORDERS.items():
        for dimension, replications, seed in [(1, 1, 0), (3, 2, 7), (5, 3, 2**70 + 5), (12, 1, 11)]:
            for random in (None, 2, 25):
                if order == "linear" and random and replications > 1:
                    continue  # QMCPy refuses it
                vector = {"generating_vector": random} if random else {}
                sampler = qmcpy.Lattice(dimension, replications=replications, seed=seed, order=theirs, **vector)
                case = {"order": order, "dimension": dimension, "replications": replications, "seed": str(seed)}
                yield case | {"random": random, "vector": sampler.gen_vec.ravel().tolist(), "points": points(sampler, 4 if random == 2 else 8)}


def spawned():
    parent = qmcpy.Lattice(3, seed=7, generating_vector=20)
    children = [*parent.spawn(2), *parent.spawn(1, dimensions=[2])]
    return [{"dimension": child.d, "points": points(child, 4)} for child in children]


def korobov():
    _, table = load_korobov_table()
    sizes, dimensions = table["n_values"].tolist(), table["d_values"].tolist()
    for size in (1, 2, 7, 8, 64, 101, 256, 1021, 1024):
        for dimension in (1, 2, 3, 5, 16, 50):
            at = sizes.index(size), dimensions.index(dimension)
            yield {"size": size, "dimension": dimension, "a": int(table["a"][at]), "p2": float(table["p2"][at])}


def main():
    iid = qmcpy.IIDStdUniform
    lhs = qmcpy.LatinHypercube
    out = {
        "origin": f"tooling/reference/qmc/lattice.py, QMCPy {qmcpy.__version__}, NumPy {np.__version__}; the generating vector of F. Y. Kuo in its first 20 entries",
        "lattices": list(lattices()),
        "spawned": spawned(),
        "korobov": list(korobov()),
        "korobovPoints": {"dimension": 3, "size": 8, "replications": 2, "seed": 7, "points": points(KorobovLattice(3, seed=7, replications=2), 8)},
        "hypercubes": [
            {"dimension": d, "size": n, "replications": r, "seed": seed, "centered": centred,
             "points": points(lhs(d, replications=r, seed=seed, randomize="FALSE" if centred else "TRUE"), n)}
            for d, n, r, seed in [(2, 4, 1, 7), (3, 4, 2, 7), (1, 1, 1, 0), (5, 33, 2, 12)]
            for centred in (False, True)
        ],
        "iid": [
            {"dimension": d, "seed": seed, "points": points(iid(d, seed=seed), n)} for d, n, seed in [(2, 4, 7), (3, 33, 0)]
        ],
    }
    TARGET.write_text(json.dumps(out) + "\n")


if __name__ == "__main__":
    main()
