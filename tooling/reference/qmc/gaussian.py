"""Normal points with a covariance. Run: python gaussian.py, which writes packages/qmc/test/fixtures/gaussian.json."""

from importlib.metadata import version

import mpmath as mp
import numpy as np
import qmcpy as qp
from common import write_fixture

mp.mp.dps = 40


def factors(covariance):
    """Eigenvalues in descending order, V√Λ with the first entry of each column positive, and Cholesky's factor."""
    sigma = mp.matrix(covariance.tolist())
    values, vectors = mp.eigsy(sigma)
    d = len(covariance)
    order = sorted(range(d), key=lambda k: -values[k])
    pca = [[vectors[i, k] * mp.sqrt(values[k]) * mp.sign(vectors[0, k]) for k in order] for i in range(d)]
    lower = mp.cholesky(sigma)
    return {
        "eigenvalues": [float(values[k]) for k in order],
        "pca": [float(entry) for row in pca for entry in row],
        "cholesky": [float(lower[i, j]) for i in range(d) for j in range(d)],
    }


def covariances():
    index = np.arange(1, 9)
    random = np.random.default_rng(3).standard_normal((5, 7))
    yield "spec", np.array([[9.0, 4.0], [4.0, 5.0]])
    yield "brownian", np.minimum.outer(index, index) / 8
    yield "random", random @ random.T
    yield "graded", np.diag([1e-6, 1.0, 1e4]) + 1e-4 * np.ones((3, 3))


def points():
    """QMCPy's own: what its Gaussian makes of a digital net."""
    for name, d, mean, sigma in [
        ("spec", 2, [1.0, 2.0], [[9.0, 4.0], [4.0, 5.0]]),
        ("diagonal", 3, [0.0, -1.0, 10.0], [4.0, 0.25, 9.0]),
    ]:
        for decomposition in ("PCA", "Cholesky") if name == "spec" else ("Cholesky",):
            net = qp.DigitalNetB2(d, seed=7)
            y = qp.Gaussian(net, mean=mean, covariance=sigma, decomp_type=decomposition).gen_samples(8)
            x = qp.DigitalNetB2(d, seed=7).gen_samples(8)
            case = {"name": name, "decomposition": decomposition.lower(), "mean": mean, "covariance": np.ravel(sigma).tolist()}
            yield case | {"x": x.ravel().tolist(), "y": y.ravel().tolist()}


def main():
    fixture = {
        "origin": "tooling/reference/qmc/gaussian.py: factors by mpmath at 40 digits; points by qmcpy.Gaussian",
        "versions": {name: version(name) for name in ("mpmath", "qmcpy", "numpy")},
        "factors": [{"name": n, "covariance": s.ravel().tolist(), **factors(s)} for n, s in covariances()],
        "points": list(points()),
    }
    write_fixture("gaussian.json", fixture)


if __name__ == "__main__":
    main()
