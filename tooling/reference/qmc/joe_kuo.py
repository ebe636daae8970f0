"""Packs the Joe–Kuo direction numbers (new-joe-kuo-6.21201) of SciPy into the two binaries that @gossamer/qmc ships.

Per dimension from the second on: the inner coefficients a of the primitive polynomial of degree s (s − 1 bits), then
m_1 … m_s, of which each is odd and below 2^i, without their lowest bit (i − 1 bits). Bits are packed lowest first; the
degrees follow from how many primitive polynomials there are. Dimensions 1,024, 2,048, 4,096, … (counted from 0) begin a
chunk, on a fresh byte.
"""

import hashlib
import zlib
from pathlib import Path

import numpy as np
import scipy.stats

PACKAGE = Path(__file__).parents[3] / "packages" / "qmc"
COUNTS = [1, 1, 1, 2, 2, 6, 6, 18, 16, 48, 60, 176, 144, 630, 756, 1800, 2048, 7710, 7776]


def columns(poly, m, count=32):
    """C_c = m_c·2^(32 − c), straight from the recurrence."""
    s = poly.bit_length() - 1
    if s == 0:
        m = [1] * count
    for k in range(s, count) if s else ():
        value = m[k - s] ^ (m[k - s] << s)
        for i in range(1, s):
            if poly >> (s - i) & 1:
                value ^= m[k - i] << i
        m = [*m, value]
    return [mc << (count - 1 - c) for c, mc in enumerate(m)]


def pack(rows):
    bits = length = 0
    for poly, m in rows:
        s = poly.bit_length() - 1
        fields = [(poly >> 1 & (1 << max(s - 1, 0)) - 1, s - 1), *((mi >> 1, i) for i, mi in enumerate(m))]
        for value, width in fields if s else ():
            bits |= value << length
            length += width
    return bits.to_bytes((length + 7) // 8, "little")


def main():
    table = np.load(Path(scipy.stats.__file__).parent / "_sobol_direction_numbers.npz")
    poly, vinit = table["poly"].tolist(), table["vinit"].tolist()
    degrees = [p.bit_length() - 1 for p in poly]
    rows = [(p, v[:s]) for p, v, s in zip(poly, vinit, degrees)]

    assert len(rows) == 21201 and sum(degrees) == 354613
    assert [degrees.count(s) for s in range(19)] == COUNTS and degrees == sorted(degrees)
    # SciPy stores 1 for the polynomial and for m_1 of the first dimension
    assert sum(poly) == 4892454559 and sum(sum(v) for v in vinit) == 3277747004 and np.max(vinit) == 262127
    assert all(mi % 2 == 1 and mi < 2 ** (i + 1) for _, m in rows for i, mi in enumerate(m))
    assert rows[1023] == (15269, [1, 1, 5, 11, 11, 33, 37, 29, 263, 1019, 657, 1453, 7807])
    assert rows[-1][0] == 524263 and rows[-1][1][-2:] == [114603, 86317]
    matrix = np.array([columns(*row) for row in rows[:1024]], dtype="<u4").tobytes()
    assert zlib.crc32(matrix) == 0xE196FE92
    assert hashlib.sha256(matrix).hexdigest() == "e9f8c7de7b80c13fce58dd4f8fed873a0c11205fd4d70609faf5f9468945d9ab"
    every = np.array([columns(*row) for row in rows], dtype="<u4").tobytes()
    print("21201 × 32 columns: crc32", hex(zlib.crc32(every)), "sha256", hashlib.sha256(every).hexdigest())

    starts = [1024, 2048, 4096, 8192, 16384, 21201]
    chunks = [pack(rows[a:b]) for a, b in zip(starts, starts[1:])]
    print("chunks of", [len(chunk) for chunk in chunks], "bytes")
    write(PACKAGE / "crate/data/joe-kuo-1024.bin", pack(rows[:1024]))
    write(PACKAGE / "data/joe-kuo-21201.bin", b"".join(chunks))


def write(path, data):
    path.write_bytes(data)
    print(path.name, len(data), "bytes, sha256", hashlib.sha256(data).hexdigest())


main()
