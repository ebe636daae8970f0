"""LFM2 language model in plain PyTorch: gated short convolutions, some attention layers.

Parameter names, shapes and arithmetic are those of Lfm2ForCausalLM in transformers, so that a checkpoint of one loads into the
other. Dropout exists in training only.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

from layers import RMSNorm


def rotate(x, theta, first=0):
    """Rotary positions first, first + 1, …; x [B, H, T, D], the pair of element j is j + D/2."""
    length, size = x.shape[-2:]
    frequency = theta ** (-torch.arange(0, size, 2, device=x.device, dtype=torch.float32) / size)
    angle = torch.arange(first, first + length, device=x.device, dtype=torch.float32)[:, None] * frequency
    cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


class Attention(nn.Module):
    def __init__(self, config):
        super().__init__()
        hidden, self.heads, self.kv = config["hidden_size"], config["num_attention_heads"], config["num_key_value_heads"]
        self.theta = config["rope_parameters"]["rope_theta"]
        size = hidden // self.heads
        self.q_proj = nn.Linear(hidden, self.heads * size, bias=False)
        self.k_proj = nn.Linear(hidden, self.kv * size, bias=False)
        self.v_proj = nn.Linear(hidden, self.kv * size, bias=False)
        self.out_proj = nn.Linear(self.heads * size, hidden, bias=False)
        self.q_layernorm = RMSNorm(size, config["norm_eps"])
        self.k_layernorm = RMSNorm(size, config["norm_eps"])

    def forward(self, x, same=None, state=None):
        """`state`: keys and values so far. Returns the new one."""

        def heads(y, count):
            return y.view(*y.shape[:2], count, -1).transpose(1, 2)

        first = 0 if state is None else state[0].shape[2]
        q = rotate(self.q_layernorm(heads(self.q_proj(x), self.heads)), self.theta, first)
        k = rotate(self.k_layernorm(heads(self.k_proj(x), self.kv)), self.theta, first)
        v = heads(self.v_proj(x), self.kv)
        if state is not None:
            k, v = torch.cat([state[0], k], 2), torch.cat([state[1], v], 2)
        if same is None:
            mask = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool, device=x.device).tril(first)
        else:
            mask = same
        groups = self.heads // self.kv
        o = F.scaled_dot_product_attention(q, k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1), attn_mask=mask)
        return self.out_proj(o.transpose(1, 2).flatten(2)), (k, v)


class ShortConv(nn.Module):
    def __init__(self, config):
        super().__init__()
        hidden, self.taps = config["hidden_size"], config["conv_L_cache"]
        self.in_proj = nn.Linear(hidden, 3 * hidden, bias=False)
        self.conv = nn.Conv1d(hidden, hidden, self.taps, groups=hidden, bias=False)
        self.out_proj = nn.Linear(hidden, hidden, bias=False)

    def forward(self, x, same=None, state=None):
        """`same` [B, 1, T, T]: which earlier tokens are of a token's document. `state`: the last taps - 1 gated inputs."""
        b, c, x = self.in_proj(x).chunk(3, -1)
        u = b * x
        length = u.shape[1]
        past = u.new_zeros(u.shape[0], self.taps - 1, u.shape[2]) if state is None else state
        padded = torch.cat([past, u], 1)
        y = 0
        for tap in range(self.taps):
            back = self.taps - 1 - tap
            term = self.conv.weight[:, 0, tap] * padded[:, tap : tap + length]
            if same is not None and back:
                term = term * F.pad(same[:, 0].diagonal(-back, 1, 2), (back, 0)).unsqueeze(-1)
            y = y + term
        return self.out_proj(c * y), padded[:, length:]


class FeedForward(nn.Module):
    def __init__(self, config):
        super().__init__()
        hidden, inner = config["hidden_size"], config["intermediate_size"]
        self.w1 = nn.Linear(hidden, inner, bias=False)
        self.w3 = nn.Linear(hidden, inner, bias=False)
        self.w2 = nn.Linear(inner, hidden, bias=False)

    def forward(self, x):
        return self.w2(F.silu(self.w1(x)) * self.w3(x))


class Block(nn.Module):
    def __init__(self, config, kind, dropout):
        super().__init__()
        self.operator_norm = RMSNorm(config["hidden_size"], config["norm_eps"])
        if kind == "full_attention":
            self.self_attn = Attention(config)
        else:
            self.conv = ShortConv(config)
        self.ffn_norm = RMSNorm(config["hidden_size"], config["norm_eps"])
        self.feed_forward = FeedForward(config)
        self.kind, self.dropout = kind, dropout

    def forward(self, x, same=None, state=None):
        operator = self.self_attn if self.kind == "full_attention" else self.conv
        y, state = operator(self.operator_norm(x), same, state)
        x = x + F.dropout(y, self.dropout, self.training)
        y = self.feed_forward(self.ffn_norm(x))
        return x + F.dropout(y, self.dropout, self.training), state


class Body(nn.Module):
    def __init__(self, config, dropout):
        super().__init__()
        self.embed_tokens = nn.Embedding(config["vocab_size"], config["hidden_size"])
        self.layers = nn.ModuleList(Block(config, kind, dropout) for kind in config["layer_types"])
        self.embedding_norm = RMSNorm(config["hidden_size"], config["norm_eps"])


class LFM2(nn.Module):
    multiple = 1  # of which hidden() takes lengths

    def __init__(self, config, dropout=0.0):
        super().__init__()
        assert config["tie_word_embeddings"] and not config["conv_bias"] and not config["block_auto_adjust_ff_dim"]
        self.config, self.dropout = config, dropout
        self.model = Body(config, dropout)
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, std=0.02)
        for layer in self.model.layers:
            operator = layer.self_attn if layer.kind == "full_attention" else layer.conv
            for projection in (operator.out_proj, layer.feed_forward.w2):
                nn.init.normal_(projection.weight, std=0.02 / math.sqrt(2 * len(self.model.layers)))

    def head(self, x):
        return F.linear(x, self.model.embed_tokens.weight)

    def hidden(self, ids, starts=None):
        """Final hidden states [B, T, h]. `starts` [B, T] marks first tokens of packed documents."""
        same = None
        if starts is not None:
            document = starts.cumsum(1)
            same = (document[:, :, None] == document[:, None, :]).tril().unsqueeze(1)
        x = F.dropout(self.model.embed_tokens(ids), self.dropout, self.training)
        for layer in self.model.layers:
            x, _ = layer(x, same)
        return self.model.embedding_norm(x)

    def step(self, ids, states):
        """Logits [B, T, vocab] after feeding ids [B, T]; `states` (one per layer) is updated."""
        x = self.model.embed_tokens(ids)
        for index, layer in enumerate(self.model.layers):
            x, states[index] = layer(x, state=states[index])
        return self.head(self.model.embedding_norm(x))

    def new_states(self):
        return [None] * len(self.model.layers)
