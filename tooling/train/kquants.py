"""Quantisers of GGUF's types Q4_K and Q6_K: scales by search for the least squared error."""

import numpy as np

BLOCK = 256


def fit_offset(x, q):
    """a, b ≥ 0 that minimise Σ (a·q - b - x)² over the last axis."""
    n, sq, sx = x.shape[-1], q.sum(-1), x.sum(-1)
    sqq, sqx = (q * q).sum(-1), (q * x).sum(-1)
    det = n * sqq - sq * sq
    safe = np.where(det > 0, det, 1)
    a = np.where(det > 0, (n * sqx - sq * sx) / safe, 0)
    b = np.where(det > 0, (sq * sqx - sqq * sx) / safe, 0)
    without = np.where(sqq > 0, sqx / np.where(sqq > 0, sqq, 1), 0)
    return np.maximum(np.where(b < 0, without, a), 0), np.maximum(b, 0)


def inverse(x):
    return np.where(x == 0, 0, 1 / np.where(x == 0, 1, x))


def keep_best(best, error, *values):
    """Where `error` is below the best one so far, it and `values` take their places."""
    if best is None:
        return [error, *values]
    better = error < best[0]
    best[0] = np.where(better, error, best[0])
    for index, value in enumerate(values, 1):
        best[index] = np.where(better.reshape(better.shape + (1,) * (value.ndim - better.ndim)), value, best[index])
    return best


def q4_k(rows):
    """Blocks of 256 as 8 parts of 32: x ≈ d·s·q - m·t with 6-bit s, t and 4-bit q.   (rows, k) f32 → (rows, k / 256 · 144) bytes"""
    x = rows.reshape(-1, 8, 32).astype(np.float64)
    low = np.minimum(x.min(-1), 0)
    span = x.max(-1) - low
    best = None
    for levels in np.linspace(13, 17, 21):
        q = np.clip(np.rint((x - low[..., None]) * (levels * inverse(span))[..., None]), 0, 15)
        for _ in range(2):
            a, b = fit_offset(x, q)
            q = np.clip(np.rint((x + b[..., None]) * inverse(a)[..., None]), 0, 15)
        error = ((a[..., None] * q - b[..., None] - x) ** 2).sum(-1)
        best = keep_best(best, error, a, b)
    _, a, b = best
    d = (a.max(-1) / 63).astype(np.float16)
    m = (b.max(-1) / 63).astype(np.float16)
    wide_d, wide_m = d.astype(np.float64)[:, None], m.astype(np.float64)[:, None]
    s0, t0 = np.rint(a * inverse(wide_d)), np.rint(b * inverse(wide_m))
    best = None
    for ds in (0, -1, 1):
        for dt in (0, -1, 1):
            s, t = np.clip(s0 + ds, 0, 63), np.clip(t0 + dt, 0, 63)
            scale, offset = (wide_d * s)[..., None], (wide_m * t)[..., None]
            q = np.clip(np.rint((x + offset) * inverse(scale)), 0, 15)
            best = keep_best(best, ((scale * q - offset - x) ** 2).sum(-1), s, t, q)
    _, s, t, q = best
    s, t, q = s.astype(np.uint8), t.astype(np.uint8), q.astype(np.uint8)
    packed = [s[:, :4] | (s[:, 4:] >> 4) << 6, t[:, :4] | (t[:, 4:] >> 4) << 6, (s[:, 4:] & 15) | (t[:, 4:] & 15) << 4]
    nibbles = (q[:, 0::2] | q[:, 1::2] << 4).reshape(len(q), 128)
    halves = np.stack([d, m], 1).view(np.uint8)
    return np.concatenate([halves, *packed, nibbles], 1).reshape(len(rows), -1)


def q6_k(rows):
    """Blocks of 256 as 16 parts of 16: x ≈ d·s·(q - 32) with 8-bit s and 6-bit q.   (rows, k) f32 → (rows, k / 256 · 210) bytes"""
    x = rows.reshape(-1, 16, 16).astype(np.float64)
    top = np.take_along_axis(x, np.abs(x).argmax(-1)[..., None], -1)[..., 0]
    best = None
    for levels in (*np.linspace(-33, -30, 13), *np.linspace(30, 32, 9)):
        a = top / levels
        q = np.clip(np.rint(x * inverse(a)[..., None]), -32, 31)
        a = (q * x).sum(-1) * inverse((q * q).sum(-1))
        best = keep_best(best, ((a[..., None] * q - x) ** 2).sum(-1), a)
    a = best[1]
    largest = np.take_along_axis(a, np.abs(a).argmax(-1)[:, None], -1)[:, 0]
    d = (largest / -128).astype(np.float16)
    wide = d.astype(np.float64)[:, None]
    s0, best = np.rint(a * inverse(wide)), None
    for ds in (0, -1, 1):
        s = np.clip(s0 + ds, -128, 127)
        scale = (wide * s)[..., None]
        q = np.clip(np.rint(x * inverse(scale)), -32, 31)
        best = keep_best(best, ((scale * q - x) ** 2).sum(-1), s, q)
    _, s, q = best
    v = (q + 32).astype(np.uint8).reshape(-1, 2, 4, 32)  # half, quarter, column
    low = np.stack([v[:, :, 0] & 15 | (v[:, :, 2] & 15) << 4, v[:, :, 1] & 15 | (v[:, :, 3] & 15) << 4], 2).reshape(-1, 128)
    high = (v[:, :, 0] >> 4 | (v[:, :, 1] >> 4) << 2 | (v[:, :, 2] >> 4) << 4 | (v[:, :, 3] >> 4) << 6).reshape(-1, 64)
    return np.concatenate([low, high, s.astype(np.int8).view(np.uint8), d[:, None].view(np.uint8)], 1).reshape(len(rows), -1)
