"""Writes packages/qmc/test/fixtures/kernels.json. Run: python kernels.py

Kernel matrices of QMCPy where it is right, one of mpmath where it is not (KernelShiftInvarCombined takes B_1 … B_4 in place of
B_2, B_4, B_6, B_8), and Gaussian processes fitted by scipy.optimize to dense matrices.
"""

import json
from importlib.metadata import version
from pathlib import Path

import mpmath as mp
import numpy as np
import qmcpy as qp
import scipy.linalg
import scipy.optimize

FIXTURE = Path(__file__).resolve().parents[3] / "packages/qmc/test/fixtures/kernels.json"
N, D, SEED, SCALE = 8, 4, 11, 10.0
GAMMA = [1 / j**2 for j in range(1, D + 1)]
MIX = [0.5, 0.25, 2.0, 1.5]


def matrix(kernel, x, z):
    return kernel(x[:, None, :], z[None, :, :])


def integers(x, bits=63):
    """64-bit fractions, as text."""
    return [str(int(v) << 64 - bits) for v in np.ravel(x)]


def bernoulli(alpha, delta):
    return (-1) ** (alpha + 1) * (2 * mp.pi) ** (2 * alpha) / mp.factorial(2 * alpha) * mp.bernpoly(2 * alpha, delta)


def case(name, kernel, x, z, k, **more):
    return {"name": name, "dimension": D, "kernel": kernel, "x": x, "z": z, "k": np.ravel(k).tolist(), **more}


def shift_invariant():
    x = qp.Lattice(D, seed=SEED)(N)
    z = np.random.default_rng(5).random((3, D))
    common = {"type": "shift-invariant", "weights": GAMMA, "scale": SCALE}
    points = {"x": x.ravel().tolist(), "z": z.ravel().tolist()}
    yield case(
        "KernelShiftInvar",
        {**common, "alpha": [1, 2, 3, 4]},
        **points,
        k=matrix(qp.KernelShiftInvar(D, alpha=[1, 2, 3, 4], scale=SCALE, lengthscales=GAMMA), x, z),
    )
    x0, x1 = [1, 0, 2, 0], [0, 3, 1, 0]
    kernel = qp.KernelShiftInvar(D, alpha=[3, 3, 4, 2], scale=SCALE, lengthscales=GAMMA)
    k = kernel(x[:, None, :], z[None, :, :], np.array([x0]), np.array([x1]), np.array([1.0]))
    yield case(
        "KernelShiftInvar, derivatives", {**common, "alpha": [3, 3, 4, 2]}, **points, k=k, derivatives={"x": x0, "z": x1}
    )
    mp.mp.dps = 40
    k = [
        float(
            SCALE
            * mp.fprod(
                1 + mp.mpf(g) * sum(a * bernoulli(p + 1, (mp.mpf(u) - mp.mpf(v)) % 1) for p, a in enumerate(MIX))
                for g, u, v in zip(GAMMA, xi, zi)
            )
        )
        for xi in x
        for zi in z
    ]
    yield case("mpmath, combined", {**common, "combine": MIX}, **points, k=k)


def digital():
    x = qp.DigitalNetB2(D, seed=SEED)(N, return_binary=True)
    z = qp.DigitalNetB2(D, seed=3)(2, return_binary=True)
    common = {"weights": GAMMA, "scale": SCALE}
    points = {"x": integers(x), "z": integers(z)}
    options = {"t": 63, "scale": SCALE, "lengthscales": GAMMA}
    alpha = [1, 2, 3, 4]
    yield case(
        "KernelDigShiftInvar",
        {"type": "digital", **common, "alpha": alpha},
        **points,
        k=matrix(qp.KernelDigShiftInvar(D, alpha=alpha, **options), x, z),
    )
    x0, x1, alpha = [1, 0, 1, 0], [0, 1, 1, 0], [3, 3, 4, 1]
    k = qp.KernelDigShiftInvar(D, alpha=alpha, **options)(
        x[:, None, :], z[None, :, :], np.array([x0]), np.array([x1]), np.array([1.0])
    )
    kernel = {"type": "digital", **common, "alpha": alpha}
    yield case("KernelDigShiftInvar, derivatives", kernel, **points, k=k, derivatives={"x": x0, "z": x1})
    alpha = [0.5, 1.0, 1.7, 3.0]
    yield case(
        "KernelDigShiftInvarAdaptiveAlpha",
        {"type": "digital-adaptive", **common, "alpha": alpha},
        **points,
        k=matrix(qp.KernelDigShiftInvarAdaptiveAlpha(D, alpha=alpha, **options), x, z),
    )
    combined = qp.KernelDigShiftInvarCombined(D, alpha=np.repeat(np.array(MIX)[:, None], D, 1), **options)
    yield case(
        "KernelDigShiftInvarCombined", {"type": "digital", **common, "combine": MIX}, **points, k=matrix(combined, x, z)
    )


def process(name, kind, alpha, x, y, parts, test_parts, test, start, fit):
    """Maximises the marginal likelihood of dense matrices. parts: (d, n, n), the K̃_j; test_parts: (d, m, n)."""
    d, n = parts.shape[:2]
    centred = y - y.mean()

    def fitted(theta):
        gamma, ratio = np.exp(theta[:d]), np.exp(theta[d]) if fit else 0.0
        k = np.prod(1 + gamma[:, None, None] * parts, axis=0) + ratio * np.eye(n)
        factor = scipy.linalg.cho_factor(k, lower=True)
        solved = scipy.linalg.cho_solve(factor, centred)
        scale = centred @ solved / n
        log_det = 2 * np.log(np.diag(factor[0])).sum() + n * np.log(scale)
        return -0.5 * (n * np.log(2 * np.pi) + log_det + n), gamma, ratio, scale, factor, solved

    best = scipy.optimize.minimize(
        lambda theta: -fitted(theta)[0] / n,
        start,
        method="L-BFGS-B",
        bounds=[(np.log(1e-6), np.log(1e4))] * d + [(np.log(1e-10), np.log(1e4))] * fit,
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 500},
    )
    value, gamma, ratio, scale, factor, solved = fitted(best.x)
    cross = np.prod(1 + gamma[:, None, None] * test_parts, axis=0)
    mean = y.mean() + cross @ solved
    prior = np.prod(1 + gamma * parts[:, 0, 0])
    variance = scale * (prior - np.einsum("ij,ij->i", cross, scipy.linalg.cho_solve(factor, cross.T).T))
    ones = scipy.linalg.cho_solve(factor, np.ones(n))
    return {
        "name": name,
        "kernel": {"type": kind, "alpha": alpha},
        "points": x,
        "n": n,
        "y": y.tolist(),
        "fitNoise": fit,
        "weights": gamma.tolist(),
        "scale": scale,
        "noise": ratio * scale,
        "logMarginalLikelihood": value,
        "test": test.ravel().tolist(),
        "mean": mean.tolist(),
        "variance": variance.tolist(),
        "integral": {"mean": y.mean() + solved.sum(), "variance": scale * (1 - ones.sum())},
    }


def processes():
    rng = np.random.default_rng(17)
    n, vector = 64, [1, 182667]
    test = rng.random((5, 2))
    f = lambda x: np.exp(np.cos(2 * np.pi * x[:, 0])) * (1 + 0.5 * np.sin(2 * np.pi * x[:, 1]))
    reverse = np.array([int(f"{i:06b}"[::-1], 2) for i in range(n)])
    x = reverse[:, None] * np.array(vector) % n / n
    parts = lambda a, b, alpha: np.stack(
        [
            qp.KernelShiftInvar(1, alpha=[alpha], lengthscales=[1.0])(a[:, None, j, None], b[None, :, j, None]) - 1
            for j in range(2)
        ]
    )
    for alpha, fit in [(1, True), (2, False)]:
        y = f(x) + 0.7 * fit * rng.standard_normal(n)
        start = [np.log(2**0.5 - 1)] * 2 + [np.log(0.01)] * fit
        set_ = {"sequence": "lattice", "vector": vector}
        yield process(
            f"lattice, alpha {alpha}", "shift-invariant", alpha, set_, y, parts(x, x, alpha), parts(test, x, alpha), test, start, fit
        )
    net = qp.DigitalNetB2(2, randomize=False, order="RADICAL INVERSE")(n)
    g = lambda x: np.abs(x[:, 0] - 0.3) + x[:, 1] ** 2 * x[:, 0]
    t = 52  # test points of so many digits, so that all of QMCPy's arithmetic is exact
    test = np.floor(test * 2**t) / 2**t
    walsh = lambda a, b, alpha: np.stack(
        [
            qp.KernelDigShiftInvar(1, t=t, alpha=[alpha], lengthscales=[1.0])(a[:, None, j, None], b[None, :, j, None]) - 1
            for j in range(2)
        ]
    )
    for alpha, fit in [(2, True), (1, False)]:
        y = g(net) + 0.3 * fit * rng.standard_normal(n)
        start = [np.log(2**0.5 - 1)] * 2 + [np.log(0.01)] * fit
        set_ = {"sequence": "sobol"}
        yield process(
            f"net, alpha {alpha}", "digital", alpha, set_, y, walsh(net, net, alpha), walsh(test, net, alpha), test, start, fit
        )


def main():
    fixture = {
        "origin": "tooling/reference/qmc/kernels.py: QMCPy's kernels, mpmath, and dense Gaussian processes by scipy.optimize",
        "versions": {name: version(name) for name in ("qmcpy", "mpmath", "scipy", "numpy")},
        "kernels": [*shift_invariant(), *digital()],
        "processes": [*processes()],
    }
    FIXTURE.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
    FIXTURE.chmod(0o644)
    for process in fixture["processes"]:
        print(process["name"], process["weights"], process["scale"], process["noise"], process["logMarginalLikelihood"])


main()
