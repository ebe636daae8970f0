"""Gated linear attention language model in plain PyTorch.

Parameter names, shapes and arithmetic are those of GLAForCausalLM in flash-linear-attention, so that a checkpoint of one
loads into the other. Dropout exists in training only.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

from layers import RMSNorm

GATE_NORMALIZER = 16
GATE_RANK = 16
CHUNK = 64
RESET = -20.0  # log gate that stands for an empty state at the first token of a packed document


def gla_recurrent(q, k, v, g, state=None):
    """o_t = K^-1/2 · S_t^T q_t with S_t = diag(exp g_t) S_{t-1} + k_t v_t^T.   All [B, T, H, D]; state [B, H, K, V]."""
    batch, length, heads, size = q.shape
    if state is None:
        state = q.new_zeros(batch, heads, size, v.shape[-1])
    out = torch.empty_like(v)
    for t in range(length):
        state = g[:, t].exp().unsqueeze(-1) * state + k[:, t].unsqueeze(-1) * v[:, t].unsqueeze(-2)
        out[:, t] = torch.einsum("bhk,bhkv->bhv", q[:, t] * size**-0.5, state)
    return out, state


def gla_chunked(q, k, v, g):
    """The same sum by chunks of CHUNK steps, from a zero state; the length must be a multiple of CHUNK."""
    batch, length, heads, size = q.shape
    chunks = length // CHUNK

    def split(x):
        return x.float().view(batch, chunks, CHUNK, heads, -1).permute(1, 0, 3, 2, 4)

    q, k, v, g = split(q) * size**-0.5, split(k), split(v), split(g)
    decay = g.cumsum(-2)
    last = decay[..., -1:, :]
    # The middle row as origin keeps both factors of exp(decay_i - decay_j) inside the range of float32.
    from_origin = decay - decay[..., CHUNK // 2 : CHUNK // 2 + 1, :]
    inner = (q * from_origin.clamp(max=80).exp()) @ (k * (-from_origin).clamp(max=80).exp()).transpose(-1, -2)
    out = inner.tril() @ v
    update = (k * (last - decay).exp()).transpose(-1, -2) @ v
    read, keep = q * decay.exp(), last.exp().transpose(-1, -2)
    state = torch.zeros_like(update[0])
    states = []
    for c in range(chunks):
        states.append(state)
        state = torch.addcmul(update[c], keep[c], state)
    out = out + read @ torch.stack(states)
    return out.permute(1, 0, 3, 2, 4).reshape(batch, length, heads, -1)


class Attention(nn.Module):
    def __init__(self, config):
        super().__init__()
        hidden, self.heads = config["hidden_size"], config["num_heads"]
        key, value = int(hidden * config["expand_k"]), int(hidden * config["expand_v"])
        self.q_proj = nn.Linear(hidden, key, bias=False)
        self.k_proj = nn.Linear(hidden, key, bias=False)
        self.v_proj = nn.Linear(hidden, value, bias=False)
        self.g_proj = nn.Linear(hidden, value, bias=False)
        self.gk_proj = nn.Sequential(nn.Linear(hidden, GATE_RANK, bias=False), nn.Linear(GATE_RANK, key))
        self.g_norm_swish_gate = RMSNorm(value // self.heads, config["norm_eps"])
        self.o_proj = nn.Linear(value, hidden, bias=False)

    def forward(self, x, starts=None, state=None, step=False):
        def heads(y):
            return y.view(*y.shape[:2], self.heads, -1)

        q, k, v = heads(self.q_proj(x)), heads(self.k_proj(x)), heads(self.v_proj(x))
        g = heads(F.logsigmoid(self.gk_proj(x).float()) / GATE_NORMALIZER)
        if starts is not None:
            g = g.masked_fill(starts[..., None, None], RESET)
        if step:
            o, state = gla_recurrent(q, k, v, g, state)
        else:
            o = gla_chunked(q, k, v, g)
        o = self.g_norm_swish_gate(o.to(x.dtype)) * F.silu(heads(self.g_proj(x)))
        return self.o_proj(o.flatten(2)), state


class MLP(nn.Module):
    def __init__(self, config):
        super().__init__()
        hidden, inner = config["hidden_size"], config["intermediate_size"]
        self.gate_proj = nn.Linear(hidden, inner, bias=False)
        self.up_proj = nn.Linear(hidden, inner, bias=False)
        self.down_proj = nn.Linear(inner, hidden, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Block(nn.Module):
    def __init__(self, config, dropout):
        super().__init__()
        self.attn_norm = RMSNorm(config["hidden_size"], config["norm_eps"])
        self.attn = Attention(config)
        self.mlp_norm = RMSNorm(config["hidden_size"], config["norm_eps"])
        self.mlp = MLP(config)
        self.dropout = dropout

    def forward(self, x, starts=None, state=None, step=False):
        y, state = self.attn(self.attn_norm(x), starts, state, step)
        x = x + F.dropout(y, self.dropout, self.training)
        y = self.mlp(self.mlp_norm(x))
        return x + F.dropout(y, self.dropout, self.training), state


class Body(nn.Module):
    def __init__(self, config, dropout):
        super().__init__()
        self.embeddings = nn.Embedding(config["vocab_size"], config["hidden_size"])
        self.layers = nn.ModuleList(Block(config, dropout) for _ in range(config["num_hidden_layers"]))
        self.norm = RMSNorm(config["hidden_size"], config["norm_eps"])


class GLA(nn.Module):
    multiple = CHUNK  # of which hidden() takes lengths

    def __init__(self, config, dropout=0.0):
        super().__init__()
        self.config, self.dropout = config, dropout
        self.model = Body(config, dropout)
        self.apply(self.initialise)
        for layer in self.model.layers:
            for projection in (layer.attn.o_proj, layer.mlp.down_proj):
                nn.init.normal_(projection.weight, std=0.02 / math.sqrt(2 * config["num_hidden_layers"]))

    @staticmethod
    def initialise(module):
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, std=0.02)
        if isinstance(module, nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)

    def head(self, x):
        return F.linear(x, self.model.embeddings.weight)

    def hidden(self, ids, starts=None):
        """Final hidden states [B, T, h] from zero states. `starts` [B, T] marks first tokens of packed documents."""
        x = F.dropout(self.model.embeddings(ids), self.dropout, self.training)
        for layer in self.model.layers:
            x, _ = layer(x, starts)
        return self.model.norm(x)

    def step(self, ids, states):
        """Logits [B, T, vocab] after feeding ids [B, T] token by token; `states` (one per layer) is updated."""
        x = self.model.embeddings(ids)
        for index, layer in enumerate(self.model.layers):
            x, states[index] = layer(x, state=states[index], step=True)
        return self.head(self.model.norm(x))

    def new_states(self):
        return [None] * len(self.model.layers)
