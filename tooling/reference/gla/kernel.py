"""Golden values of the GLA recurrence. Run: python kernel.py
Writes kernel.safetensors and kernel.json to packages/gla/test/fixtures/.
"""

import math

import torch
import torch.nn.functional as F
from common import TARGET, origin, save, write_index
from on_cpu import recurrent

SEED = 11


def gates(kind: str, generator: torch.Generator, *size: int) -> torch.Tensor:
    """Log gates: logsigmoid(uniform)/divisor, with 5 % of them replaced where the kind says so."""
    uniform = torch.rand(*size, generator=generator)
    lottery = torch.rand(*size, generator=generator)
    if kind == "zero":
        return torch.zeros(*size)
    if kind in ("-80", "-inf"):
        return torch.where(lottery < 0.05, torch.tensor(float(kind)), F.logsigmoid(uniform) / 16)
    if kind == "mixed":  # whole reset rows, single resets, strong and no decay side by side
        g = F.logsigmoid(uniform) / 10 ** (4 * lottery - 1)
        g[lottery < 0.1] = 0
        g[lottery > 0.9] = -math.inf
        g[:, 7 :: 16] = -math.inf
        return g
    return F.logsigmoid(uniform) / float(kind)


# name, (B, T, H, K, V), gates, options
CASES = [
    ("spec", (1, 5, 1, 3, 2), "spec", {}),
    ("spec-with-state", (1, 5, 1, 3, 2), "spec", {"state": True}),
    ("one-chunk", (1, 63, 1, 64, 64), "16", {"state": True}),
    ("heads-60", (2, 37, 3, 60, 20), "1", {"state": True}),
    ("ragged-203", (1, 203, 2, 32, 48), "0.1", {"state": True}),
    ("single", (1, 17, 1, 1, 1), "1", {}),
    ("batch-130", (2, 130, 2, 16, 32), "16", {"scale": 1.0}),
    ("keys-320", (1, 33, 1, 320, 5), "1", {"scale": 0.1}),
    ("one-token", (3, 1, 2, 8, 6), "1", {"state": True}),
    ("gates-80", (1, 67, 2, 12, 20), "-80", {"state": True}),
    ("gates-inf", (1, 67, 2, 12, 20), "-inf", {"state": True}),
    ("gates-mixed", (1, 131, 1, 20, 12), "mixed", {"state": True}),
    ("gates-zero", (1, 33, 2, 9, 7), "zero", {"state": True}),
    ("packed-empty", (1, 16, 2, 8, 12), "1", {"state": True, "cuSeqlens": [0, 0, 16]}),
    ("packed-three", (1, 203, 1, 8, 12), "16", {"state": True, "cuSeqlens": [0, 15, 100, 203], "scale": 0.5}),
    ("packed-no-state", (1, 40, 1, 5, 3), "0.1", {"cuSeqlens": [0, 1, 1, 17, 40, 40]}),
]

SPEC_OUTPUT = {
    "spec": "0.4983907 0.5920326 1.1474053 1.5837234 0.7869573 1.0811524 0.3284061 -0.1236962 0.3165191 -0.0771369",
    "spec-with-state": "0.4823524 0.9343026 1.2919959 1.6662036 0.9897930 0.9155067 0.3723626 -0.2413043 0.3140844 -0.0869762",
}


def spec_inputs():
    t = torch.arange(5, dtype=torch.float64)[:, None]
    d, e = torch.arange(3, dtype=torch.float64), torch.arange(2, dtype=torch.float64)
    q, k, v = torch.sin(0.3 + 0.7 * t + 1.1 * d), torch.cos(0.2 + 0.5 * t - 0.9 * d), torch.sin(1.0 - 0.4 * t + 0.6 * e)
    g = -torch.log1p(torch.exp(-3 * torch.sin(0.9 * t + 0.4 * d)))
    return [x.float()[None, :, None].contiguous() for x in (q, k, v, g)]


def main() -> None:
    tensors, index = {}, []
    for number, (name, (B, T, H, K, V), kind, options) in enumerate(CASES):
        generator = torch.Generator().manual_seed(SEED * 1000 + number)
        cu = options.get("cuSeqlens")
        sequences = len(cu) - 1 if cu else B
        if kind == "spec":
            q, k, v, g = spec_inputs()
            state = torch.tensor([[0.1, -0.2], [0.3, 0.4], [-0.5, 0.6]])[None, None].clone()
        else:
            q, k = (torch.randn(B, T, H, K, generator=generator) for _ in range(2))
            v = torch.randn(B, T, H, V, generator=generator)
            g = gates(kind, generator, B, T, H, K)
            state = torch.randn(sequences, H, K, V, generator=generator)
        initial = state if options.get("state") else None
        scale = options.get("scale")
        o, final = recurrent(q, k, v, g, scale, initial, cu)
        assert o.dtype == final.dtype == torch.float64 and o.isfinite().all() and final.isfinite().all()
        assert o.shape == (B, T, H, V) and final.shape == (sequences, H, K, V)
        if name in SPEC_OUTPUT:
            expected = torch.tensor([float(x) for x in SPEC_OUTPUT[name].split()], dtype=torch.float64)
            assert (o.flatten() - expected).abs().max() < 1e-6
        group = {"q": q, "k": k, "v": v, "g": g, "o": o, "final": final} | ({"initial": initial} if initial is not None else {})
        tensors |= {f"{name}.{key}": value for key, value in group.items()}
        index.append(
            {"name": name, "B": B, "T": T, "H": H, "K": K, "V": V, "gates": kind}
            | {"scale": scale, "cuSeqlens": cu, "hasInitialState": initial is not None}
        )
    save(TARGET / "kernel.safetensors", tensors)
    write_index(TARGET / "kernel.json", origin("kernel.py", "fla.ops.gla.naive.naive_recurrent_gla") | {"seed": SEED, "cases": index})


if __name__ == "__main__":
    main()
