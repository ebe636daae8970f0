"""Normal quantiles. Run: python normal.py, which writes packages/qmc/test/fixtures/normal.json, or, after a build of the
package, python normal.py --measure, which compares 200,000 of its quantiles with mpmath and prints the largest errors.
"""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import mpmath as mp
import numpy as np
from scipy.special import ndtri

PACKAGE = Path(__file__).parents[3] / "packages" / "qmc"
EVALUATE = """
import { inverseNormal } from './dist/index.js';
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const bytes = new Uint8Array(Buffer.concat(chunks)); // a copy of its own, so aligned
process.stdout.write(new Uint8Array(inverseNormal(new Float64Array(bytes.buffer)).buffer));
"""


def quantile(p, start=None):
    """z with Φ(z) = p at the working precision, by Halley's steps on the tail that is not near 1."""
    p = mp.mpf(p)
    if p > mp.mpf(1) / 2:
        return -quantile(1 - p, None if start is None else -start)
    z = mp.mpf(float(ndtri(float(p))) if start is None else start)
    if not mp.isfinite(z):
        z = -mp.sqrt(-2 * mp.log(p))
    for _ in range(60):
        cdf, pdf = mp.erfc(-z / mp.sqrt(2)) / 2, mp.npdf(z)
        step = (cdf - p) / pdf
        step /= 1 + z * step / 2
        z -= step
        if abs(step) <= abs(z) * mp.eps**0.4:  # the next error is its cube
            return z
    raise ArithmeticError(p)


def samples(count, rng):
    """Uniform numbers, both tails at every order of magnitude, and the seams of the approximations."""
    parts = [
        rng.random(count // 4),
        10 ** (-308 * rng.random(count // 4)),
        0.5 * 2 ** (-40 * rng.random(count // 8)),
        1 - 2 ** (-53 * rng.random(count // 8)),
        0.085 * (1 + 1e-3 * (rng.random(count // 8) - 0.5)),
        0.915 * (1 + 1e-4 * (rng.random(count // 16) - 0.5)),
        2.29e-11 * (1 + 1e-3 * (rng.random(count // 16) - 0.5)),
    ]
    p = np.concatenate(parts)
    return p[(p > 0) & (p < 1)]


def measure(count=200_000):
    mp.mp.dps = 36
    p = samples(count, np.random.default_rng(7))
    done = subprocess.run(
        ["node", "--input-type=module", "-e", EVALUATE], input=p.tobytes(), stdout=subprocess.PIPE, cwd=PACKAGE, check=True
    )
    ours, theirs = np.frombuffer(done.stdout), ndtri(p)
    worst = {}
    for x, z, other in zip(p.tolist(), ours.tolist(), theirs.tolist()):
        exact = quantile(x, z)
        ulp = float(np.spacing(abs(float(exact)))) or 1.0
        part = "middle" if abs(x - 0.5) <= 0.415 else "near tail" if abs(x - 0.5) <= 0.5 - 2.29e-11 else "far tail"
        errors = [float(abs(mp.mpf(value) - exact)) / ulp for value in (z, other)]
        worst[part] = [max(pair) for pair in zip(worst.get(part, [0, 0]), errors)]
    for part, (mine, scipy) in worst.items():
        print(f"{part}: ours {mine:.3f} ulp, SciPy {scipy:.3f} ulp")


def fixtures():
    mp.mp.dps = 50
    edges = [5e-324, 1e-323, 2.2250738585072014e-308, 1e-300, 1e-100, 1e-20, 2**-64, 2**-53, 1e-10, 1e-6, 0.025, 0.25]
    edges += [0.49999999999999994, 0.5000000000000001, 0.6, 0.75, 0.9, 0.975, 0.999, 1 - 2**-53]
    # where the error is large, or would be without the compensations
    edges += [0.15962289797810528, 0.16052724767415186, 0.1624196830325019, 0.1594776875048585, 0.15973244521647648]
    edges += [3.293491429320233e-05, 0.917955316920646, 0.079202002342121, 0.08129324347602748, 0.07484875028866213]
    for seam in (0.085, 0.915, 2.29e-11, 1 - 2.29e-11):
        edges += [np.nextafter(seam, 0), seam, np.nextafter(seam, 1)]
    p = np.concatenate([edges, samples(400, np.random.default_rng(1))])
    exact = [quantile(x) for x in p.tolist()]
    high = [float(z) for z in exact]
    return {
        "origin": "tooling/reference/qmc/normal.py: z = high + low by mpmath at 50 digits; scipy.special.ndtri",
        "versions": {name: version(name) for name in ("mpmath", "scipy", "numpy")},
        "p": p.tolist(),
        "high": high,
        "low": [float(z - h) for z, h in zip(exact, high)],
        "scipy": ndtri(p).tolist(),
    }


if __name__ == "__main__":
    if "--measure" in sys.argv:
        measure()
    else:
        target = PACKAGE / "test" / "fixtures" / "normal.json"
        parts = (f"{json.dumps(key)}: {json.dumps(entry)}" for key, entry in fixtures().items())
        target.write_text("{\n  " + ",\n  ".join(parts) + "\n}\n")
        print(target.name, target.stat().st_size, "bytes")
