"""The PyTorch side of the benchmarks.

GLA as flash-linear-attention computes it (paper sections 4.2 and 4.4), in eager PyTorch on the CPU. Two chunkwise
evaluations are offered, and the benchmark takes the faster one:
  factored   one product of Q*exp(l) and K*exp(-l) per chunk; overflows when the gates of a chunk are strong
  secondary  the paper's secondary chunking (section 4.3), safe for every gate
"""

import json
import mmap
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from peer import serve, tasks

CHUNK = 64
SUB_CHUNK = 16
NORMALIZER = 16.0


def tensor(path, shape):
    return torch.from_numpy(np.fromfile(path, dtype="<f4").reshape(shape))


def chunks(x):
    """[T, H, D] -> [H, N, C, D]."""
    t, h, d = x.shape
    return x.reshape(t // CHUNK, CHUNK, h, d).permute(2, 0, 1, 3).contiguous()


def intra_factored(q, k, l):
    return ((q * l.exp()) @ (k * (-l).exp()).transpose(-1, -2)).tril()


def intra_secondary(q, k, l):
    h, n, c, _ = q.shape
    p = q.new_zeros(h, n, c, c)
    for i in range(0, c, SUB_CHUNK):
        rows = slice(i, i + SUB_CHUNK)
        anchor = l[:, :, i : i + 1]
        if i:
            keys = k[:, :, :i] * (anchor - l[:, :, :i]).exp()
            p[:, :, rows, :i] = (q[:, :, rows] * (l[:, :, rows] - anchor).exp()) @ keys.transpose(-1, -2)
        decay = (l[:, :, rows, None] - l[:, :, None, rows]).exp()
        diagonal = torch.einsum("hnid,hnjd,hnijd->hnij", q[:, :, rows], k[:, :, rows], decay)
        p[:, :, rows, rows] = diagonal.tril()
    return p


INTRA = {"factored": intra_factored, "secondary": intra_secondary}


def gla_chunk(q, k, v, g, state, form):
    """q, k, g [T, H, K], v [T, H, V], state [H, K, V] -> o [T, H, V], state. T is a multiple of the chunk."""
    t, h, d = q.shape
    q, k, v, g = chunks(q) * d**-0.5, chunks(k), chunks(v), chunks(g)
    l = g.cumsum(2)
    last = l[:, :, -1:]
    update = (k * (last - l).exp()).transpose(-1, -2) @ v
    decay = last.exp().transpose(-1, -2)
    before = torch.empty_like(update)
    for i in range(update.shape[1]):
        before[:, i] = state
        state = torch.addcmul(update[:, i], decay[:, i], state)
    o = (q * l.exp()) @ before + INTRA[form](q, k, l) @ v
    return o.permute(1, 2, 0, 3).reshape(t, h, -1), state


def gla_step(q, k, v, g, state):
    """One token; q, k, g [1, H, K], v [1, H, V]; updates state in place."""
    state.mul_(g[0].exp().unsqueeze(-1)).addcmul_(k[0].unsqueeze(-1), v[0].unsqueeze(-2))
    return (q[0] * q.shape[-1] ** -0.5).unsqueeze(-2).matmul(state).transpose(0, 1)


def rms_norm(x, weight, eps):
    x = x.float()
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps) * weight


def read_safetensors(path):
    with open(path, "rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    types = {"BF16": torch.bfloat16, "F32": torch.float32}
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = entry["data_offsets"]
        whole = torch.frombuffer(data, dtype=torch.uint8, count=end - start, offset=8 + length + start)
        tensors[name] = whole.view(types[entry["dtype"]]).reshape(entry["shape"])
    return tensors


class Model:
    """A GLA language model with separate gate and up projections; weights and activations of one type, state f32."""

    def __init__(self, folder, dtype):
        self.config = json.loads((Path(folder) / "config.json").read_text())
        self.dtype = getattr(torch, dtype)
        tensors = read_safetensors(Path(folder) / "model.safetensors")
        matrix = lambda name, w: w.dim() == 2 and not name.endswith("norm.weight")
        self.w = {name: w.to(self.dtype if matrix(name, w) else torch.float32, copy=True) for name, w in tensors.items()}
        self.eps = self.config["norm_eps"]
        self.heads = self.config["num_heads"]
        self.reset()

    def reset(self):
        h = self.config["hidden_size"]
        k = int(h * self.config["expand_k"]) // self.heads
        v = int(h * self.config["expand_v"]) // self.heads
        self.states = [torch.zeros(self.heads, k, v) for _ in range(self.config["num_hidden_layers"])]

    def forward(self, ids):
        """Log-probabilities are not formed: the logits [vocab] of the last position are returned."""
        w = self.w
        x = F.embedding(ids, w["model.embeddings.weight"])
        for i in range(self.config["num_hidden_layers"]):
            p = f"model.layers.{i}."
            x = x + self.attention(i, rms_norm(x, w[p + "attn_norm.weight"], self.eps).to(self.dtype))
            n = rms_norm(x, w[p + "mlp_norm.weight"], self.eps).to(self.dtype)
            n = F.silu(F.linear(n, w[p + "mlp.gate_proj.weight"])) * F.linear(n, w[p + "mlp.up_proj.weight"])
            x = x + F.linear(n, w[p + "mlp.down_proj.weight"])
        x = rms_norm(x[-1], w["model.norm.weight"], self.eps).to(self.dtype)
        return F.linear(x, w["model.embeddings.weight"]).float()

    def attention(self, i, x):
        p = f"model.layers.{i}.attn."
        project = lambda name: F.linear(x, self.w[p + name + ".weight"])
        heads = lambda y: y.float().unflatten(-1, (self.heads, -1))
        q, k, v = (heads(project(name)) for name in ("q_proj", "k_proj", "v_proj"))
        up, bias = self.w[p + "gk_proj.1.weight"], self.w[p + "gk_proj.1.bias"]
        g = heads(F.logsigmoid(F.linear(project("gk_proj.0"), up).float() + bias) / NORMALIZER)
        if x.shape[0] == 1:
            o = gla_step(q, k, v, g, self.states[i])
        else:
            o, self.states[i] = gla_chunk(q, k, v, g, self.states[i], "factored")
        o = rms_norm(o, self.w[p + "g_norm_swish_gate.weight"], self.eps)
        o = o.flatten(-2).to(self.dtype) * F.silu(project("g_proj"))
        return F.linear(o, self.w[p + "o_proj.weight"])


def hello():
    return {"torch": torch.__version__, "capability": torch.backends.cpu.get_cpu_capability()}


def prepare_chunk(task, form, q, k, v, g, tokens, heads, key, value):
    q, k, g = (tensor(path, (tokens, heads, key)) for path in (q, k, g))
    v = tensor(v, (tokens, heads, value))
    tasks[task] = lambda: gla_chunk(q, k, v, g, torch.zeros(heads, key, value), form)[0]


def prepare_model(task, folder, dtype, prompt):
    """Two tasks: `<task>/prefill` reads the prompt from scratch, `<task>/decode` one more token at a time."""
    model = Model(folder, dtype)
    ids = torch.tensor(prompt)

    def prefill():
        model.reset()
        return model.forward(ids)

    def decode():
        return model.forward(ids[-1:])

    tasks[task + "/prefill"] = prefill
    tasks[task + "/decode"] = decode


def write(result, path):
    result.contiguous().float().numpy().tofile(path)


torch.set_num_threads(1)
torch.set_num_interop_threads(1)
torch.set_grad_enabled(False)
torch.set_flush_denormal(True)
serve({"hello": hello, "chunk": prepare_chunk, "model": prepare_model}, write)
