"""The QMCPy and SciPy side of the benchmarks."""

import numpy as np
import qmcpy
import qmctoolscl
import scipy
import scipy.fft
import scipy.linalg
import scipy.special
from peer import serve, tasks
from scipy.stats import qmc


def hello():
    return {"qmcpy": qmcpy.__version__, "scipy": scipy.__version__}


def scipy_engine(engine, n):
    def work():
        engine.reset()
        return engine.random(n)

    return work


SEQUENCES = {
    "scipy-sobol": lambda d, n: scipy_engine(qmc.Sobol(d, scramble=False), n),
    "scipy-sobol-scrambled": lambda d, n: scipy_engine(qmc.Sobol(d, scramble=True, rng=7), n),
    "scipy-halton": lambda d, n: scipy_engine(qmc.Halton(d, scramble=False), n),
    "scipy-halton-scrambled": lambda d, n: scipy_engine(qmc.Halton(d, scramble=True, rng=7), n),
    "qmcpy-net": lambda d, n: lambda net=qmcpy.DigitalNetB2(d, seed=7): net(n),
    "qmcpy-lattice": lambda d, n: lambda lattice=qmcpy.Lattice(d, seed=7): lattice(n),
    "qmcpy-lattice-linear": lambda d, n: lambda lattice=qmcpy.Lattice(d, seed=7, order="linear"): lattice(n),
    "qmcpy-halton": lambda d, n: lambda halton=qmcpy.Halton(d, seed=7): halton(n),
    # its trees remember every point they saw: a fresh one each time
    "qmcpy-owen": lambda d, n: lambda: qmcpy.DigitalNetB2(d, seed=7, randomize="NUS")(n),
}


def prepare_points(task, sequence, dimension, n):
    tasks[task] = SEQUENCES[sequence](dimension, n)


def prepare_lattice_vector(task, dimension):
    """The generating vector of QMCPy's default lattice, as doubles."""
    tasks[task] = lambda: qmcpy.Lattice(dimension, randomize="FALSE").gen_vec[0][:dimension]


def prepare_fwht(task, x):
    x = np.fromfile(x)
    scratch = np.empty((1, 1, len(x)))

    def in_place():
        scratch[0, 0] = x
        qmctoolscl.fwht_1d_radix2(1, 1, len(x) // 2, scratch)
        return scratch

    tasks[task + "/c"] = in_place
    tasks[task + "/qmcpy"] = lambda: qmcpy.fwht(x)


def prepare_fftbr(task, re, im):
    x = np.fromfile(re) + 1j * np.fromfile(im)
    tasks[task + "/qmcpy"] = lambda: qmcpy.fftbr(x)
    tasks[task + "/scipy"] = lambda: scipy.fft.fft(x, norm="ortho")


def prepare_ndtri(task, p):
    p = np.fromfile(p)
    tasks[task] = lambda: scipy.special.ndtri(p)


def prepare_cholesky(task, n, column, y):
    """Solves K a = y with the dense matrix K of a first column: K[i, j] = column[i xor j]."""
    column, y = np.fromfile(column), np.fromfile(y)
    i = np.arange(n)
    matrix = column[i[:, None] ^ i[None, :]]
    tasks[task] = lambda: scipy.linalg.cho_solve(scipy.linalg.cho_factor(matrix, check_finite=False), y)


def prepare_discrepancy(task, method, x, dimension):
    x = np.fromfile(x).reshape(-1, dimension)
    tasks[task] = lambda: np.array(qmc.discrepancy(x, method=method, workers=1))


def prepare_keister(task, dimension, tolerance):
    def work():
        net = qmcpy.DigitalNetB2(dimension, seed=7, replications=16)
        return np.array(qmcpy.CubQMCRepStudentT(qmcpy.Keister(net), abs_tol=tolerance).integrate()[0])

    tasks[task] = work


def write(result, path):
    result = np.ascontiguousarray(result)
    (result.view("<f8") if result.dtype == np.complex128 else result.astype("<f8")).tofile(path)


methods = {
    "hello": hello,
    "points": prepare_points,
    "lattice-vector": prepare_lattice_vector,
    "fwht": prepare_fwht,
    "fftbr": prepare_fftbr,
    "ndtri": prepare_ndtri,
    "cholesky": prepare_cholesky,
    "discrepancy": prepare_discrepancy,
    "keister": prepare_keister,
}
serve(methods, write)
